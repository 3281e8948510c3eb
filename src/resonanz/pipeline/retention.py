"""Deliveries that were put aside and files of rejected lines, when their day has come."""

from __future__ import annotations

from datetime import date

from resonanz.pipeline import rejected_files
from resonanz.pipeline.models import PutAside, RejectedFile


def delete_due_deliveries(day: date, limit: int) -> int:
    """Delete up to `limit` deliveries that were put aside."""
    due = PutAside.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")
    return PutAside.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_due_files(day: date, limit: int) -> int:
    """Delete up to `limit` files of rejected lines."""
    due = list(RejectedFile.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")[:limit])
    for file in due:
        rejected_files.delete(file)
    return len(due)
