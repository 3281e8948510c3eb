from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from resonanz.accounts.models import Brand, User


class Part(models.TextChoices):
    """Whom a guideline speaks to: whoever speaks for the company, or all employees about their own accounts."""

    OFFICIAL = "OFFICIAL"
    EMPLOYEES = "EMPLOYEES"


class GuidelineState(models.TextChoices):
    """DRAFT is being written, SIGNED waits to be published, PUBLISHED never changes again."""

    DRAFT = "DRAFT"
    SIGNED = "SIGNED"
    PUBLISHED = "PUBLISHED"


class Council(models.TextChoices):
    """What the works council said about the clauses on conduct (§ 87(1) no. 1 BetrVG). NOT_YET is shown as open."""

    NOT_CONCERNED = "NOT_CONCERNED"
    CONSENTED = "CONSENTED"
    NO_COUNCIL = "NO_COUNCIL"
    NOT_YET = "NOT_YET"


class Guideline(models.Model):
    """One version of a guideline. In force is, of its series, the published one whose day came last.

    `series` is the brand's id, 0 for the company itself. It stays when a brand is removed: the words of its versions
    can still be read beside old answers, and never pass for the company's. A draft keeps the last few wordings in
    `earlier`, so that two who write at once can be brought together. `is_starter`: the product put it there.
    """

    series = models.PositiveBigIntegerField(default=0)
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.SET_NULL, related_name="guidelines")
    part = models.CharField(max_length=9, choices=Part, default=Part.OFFICIAL)
    state = models.CharField(max_length=9, choices=GuidelineState, default=GuidelineState.PUBLISHED)
    version = models.PositiveIntegerField(null=True, blank=True)
    document = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    earlier = models.JSONField(default=list, blank=True)
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    effective_at = models.DateTimeField(null=True, blank=True)
    is_emergency = models.BooleanField(default=False)
    is_starter = models.BooleanField(default=False)
    council = models.CharField(max_length=13, choices=Council, default=Council.NOT_CONCERNED)
    council_date = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "part", "version"], name="guidelines_version_once"),
            models.UniqueConstraint(
                fields=["series", "part"], condition=~Q(state="PUBLISHED"), name="guidelines_one_at_work"
            ),
            models.CheckConstraint(
                condition=Q(state="PUBLISHED", version__gte=1, effective_at__isnull=False, published_at__isnull=False)
                | Q(
                    ~Q(state="PUBLISHED"),
                    version__isnull=True,
                    effective_at__isnull=True,
                    published_at__isnull=True,
                ),
                name="guidelines_published_in_full",
            ),
            models.CheckConstraint(
                condition=Q(council="CONSENTED", council_date__isnull=False)
                | Q(~Q(council="CONSENTED"), council_date__isnull=True),
                name="guidelines_consent_has_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["part", "series", "-effective_at", "-version"],
                condition=Q(state="PUBLISHED"),
                name="guidelines_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"guideline {self.part} {self.series}/{self.version or 'draft'}"

    @property
    def council_is_open(self) -> bool:
        """Whether it holds clauses on conduct that the works council has not agreed to yet."""
        return self.council == Council.NOT_YET


class Acknowledgement(models.Model):
    """That a colleague has read a version and will go by it; without it there is no right to send."""

    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="acknowledgements")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guideline", "user"], name="guidelines_acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.user_id} has read {self.guideline_id}"


class ReaderLink(models.Model):
    """A link to the part for all employees, for whoever has an address at `domain`. Only the token's hash is stored.

    `tried` attempts within the hour since `tried_since` bound how often somebody can try.
    """

    series = models.PositiveBigIntegerField(default=0)
    name = models.CharField(max_length=120)
    domain = models.CharField(max_length=253)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    tried = models.PositiveIntegerField(default=0)
    tried_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} until {self.expires_at:%Y-%m-%d}"


class Reading(models.Model):
    """That an employee without an account has read the part for all employees."""

    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="readings")
    link = models.ForeignKey(ReaderLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="readings")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    at = models.DateTimeField()
    delete_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint("guideline", Lower("email"), name="guidelines_read_once"),
        ]
        indexes = [models.Index(fields=["delete_on"], name="guidelines_reading_due")]

    def __str__(self) -> str:
        return f"reading {self.pk} of {self.guideline_id}"
