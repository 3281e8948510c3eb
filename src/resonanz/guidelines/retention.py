"""Readings whose day has come, links long ended, and acknowledgements of versions long replaced."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from resonanz.core import clock
from resonanz.guidelines.in_force import published
from resonanz.guidelines.models import Acknowledgement, ReaderLink, Reading

KEPT = timedelta(days=3 * 365)
"""Claims are barred after three years (§ 195 BGB); until then it may matter who knew the rules."""
LINKS_KEPT = timedelta(days=365)


def delete_due_readings(day: date, limit: int) -> int:
    """Delete up to `limit` readings that are due."""
    due = Reading.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")
    return Reading.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_ended_links(_day: date, limit: int) -> int:
    """Delete up to `limit` links that ended a year ago; readings through them stay."""
    ended = ReaderLink.objects.filter(expires_at__lte=clock.now() - LINKS_KEPT).order_by("pk")
    return ReaderLink.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_old_acknowledgements(_day: date, limit: int) -> int:
    """Delete up to `limit` acknowledgements of versions that another one replaced three years ago."""
    replaced = published().filter(
        series=OuterRef("guideline__series"),
        part=OuterRef("guideline__part"),
        effective_at__gt=OuterRef("guideline__effective_at"),
        effective_at__lte=clock.now() - KEPT,
    )
    old = Acknowledgement.objects.filter(Exists(replaced)).order_by("pk")
    return Acknowledgement.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]
