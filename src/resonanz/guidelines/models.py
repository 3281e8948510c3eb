from __future__ import annotations

from django.db import models


class Guideline(models.Model):
    """One version of the company's guideline. The version in force is the newest whose day has come."""

    version = models.PositiveIntegerField(unique=True)
    rules = models.JSONField()
    effective_at = models.DateTimeField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"guideline {self.version}"
