from __future__ import annotations

from django.db import models

from resonanz.listening.models import Post
from resonanz.service.models.cases import Case


class Outcome(models.TextChoices):
    """What somebody did after our answer."""

    THANKED = "THANKED"
    TURNED = "TURNED"
    SILENT = "SILENT"
    LEFT = "LEFT"


class Aftermath(models.Model):
    """How a case ended, as far as it shows in what the same person said after our answer (`service.aftermath`).

    `post` is what decided, and null where nothing was said; it takes what was concluded from it along. `at` is when it
    was said, or since when it is silent.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="aftermath")
    outcome = models.CharField(max_length=8, choices=Outcome)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome="SILENT", post__isnull=True)
                | (~models.Q(outcome="SILENT") & models.Q(post__isnull=False)),
                name="service_aftermath_decided_by",
            )
        ]
        indexes = [models.Index(fields=["at", "outcome"], name="service_aftermath_when")]

    def __str__(self) -> str:
        return f"{self.outcome} after case {self.case_id}"
