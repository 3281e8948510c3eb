from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from resonanz.accounts.models import Team, User
from resonanz.service.models.cases import Case


class TagColour(models.TextChoices):
    """The colours a tag may have: those of the pages' own tokens, each with its meaning."""

    PLAIN = "PLAIN"
    ACCENT = "ACCENT"
    GOOD = "GOOD"
    SOON = "SOON"
    LATE = "LATE"


class Tag(models.Model):
    """A word under which colleagues file cases; what topics cannot know."""

    name = models.CharField(max_length=40)
    colour = models.CharField(max_length=6, choices=TagColour, default=TagColour.PLAIN)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="service_tag_name_once")]

    def __str__(self) -> str:
        return self.name


class CaseTag(models.Model):
    """That a case bears a tag."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="case_tags", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "case"], name="service_case_tag_once")]

    def __str__(self) -> str:
        return f"tag {self.tag_id} on case {self.case_id}"


class CaseLink(models.Model):
    """That two cases belong together; each stays what it is. The smaller id comes first, so a pair stands once."""

    one = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="service_case_link_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="service_case_link_in_order"),
        ]

    def __str__(self) -> str:
        return f"cases {self.one_id} and {self.other_id}"


class Audience(models.TextChoices):
    """Who sees a saved view."""

    OWN = "OWN"
    TEAM = "TEAM"
    EVERYBODY = "EVERYBODY"


class SavedView(models.Model):
    """The address of a list with a name: which list, what was typed (`asked`), what else narrows it (`narrowed`).

    Its owner may change it; one that is shared outlives its owner.
    """

    name = models.CharField(max_length=60)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="saved_views")
    audience = models.CharField(max_length=9, choices=Audience, default=Audience.OWN)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="saved_views")
    listed = models.CharField(max_length=16)
    asked = models.CharField(max_length=200, blank=True, default="")
    narrowed = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(audience="TEAM") & Q(team__isnull=False)) | (~Q(audience="TEAM") & Q(team__isnull=True)),
                name="service_saved_view_team",
            ),
        ]

    def __str__(self) -> str:
        return self.name
