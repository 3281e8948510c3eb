from __future__ import annotations

from django.db import models

from resonanz.networks.models import Channel


class PutAside(models.Model):
    """A delivery that could not be taken in, as it came, so that nothing is lost while somebody looks."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    raw = models.TextField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    delete_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["delete_on"], name="pipeline_put_aside_due")]

    def __str__(self) -> str:
        return f"put aside {self.pk}: {self.reason}"


class RejectedFile(models.Model):
    """A file of rejected lines that an import wrote, so that retention finds and deletes it."""

    path = models.CharField(max_length=4000, unique=True)
    delete_on = models.DateField()

    def __str__(self) -> str:
        return f"rejected lines {self.pk}"
