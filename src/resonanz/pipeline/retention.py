"""What webhooks brought, deliveries put aside and files of rejected lines, when their day has come."""

from __future__ import annotations

import logging
from datetime import date

from django.db.models import Exists, OuterRef

from resonanz.pipeline import rejected_files
from resonanz.pipeline.models import Batch, Delivery, PutAside, RejectedFile, UnknownEvent

logger = logging.getLogger(__name__)


def delete_due_deliveries(day: date, limit: int) -> int:
    """Delete up to `limit` deliveries that were put aside."""
    due = PutAside.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")
    return PutAside.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_due_arrivals(day: date, limit: int) -> int:
    """Delete up to `limit` deliveries of webhooks, taken in or not."""
    due = Delivery.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")
    return Delivery.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_due_batches(day: date, limit: int) -> int:
    """Delete up to `limit` notes of batches; a channel's newest stays, so that what is missing behind it shows."""
    newer = Batch.objects.filter(channel=OuterRef("channel"), number__gt=OuterRef("number"))
    due = Batch.objects.filter(Exists(newer), delete_on__lte=day).order_by("delete_on", "pk")
    return Batch.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_due_shapes(day: date, limit: int) -> int:
    """Delete up to `limit` shapes of unknown events that no longer come."""
    due = UnknownEvent.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")
    return UnknownEvent.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_due_files(day: date, limit: int) -> int:
    """Delete up to `limit` files of rejected lines."""
    deleted = 0
    for file in RejectedFile.objects.filter(delete_on__lte=day).order_by("delete_on", "pk")[:limit]:
        try:
            rejected_files.delete(file)
        except OSError:  # tried again tomorrow; the others must not wait for it
            logger.error("a file of rejected lines could not be deleted: rejected file %s", file.pk)
        else:
            deleted += 1
    return deleted
