"""What of learning is due: who checked something, typed examples that grew old, and runs that ended long ago."""

from __future__ import annotations

from datetime import date, timedelta

from resonanz.core import clock
from resonanz.privacy.models import Purpose
from resonanz.privacy.retention import PURPOSE_DAYS
from resonanz.triage.models import UNDER_WAY, LabelExample, LearningRun

EXAMPLE_DAYS = PURPOSE_DAYS[Purpose.SERVICE]
"""They may quote somebody, and nobody can tell whom: so none is kept longer than a post would be."""
RUN_DAYS = 90


def delete_old_examples(_day: date, limit: int) -> int:
    """Delete up to `limit` typed examples whose days are over; the heads learn anew the same night."""
    old = LabelExample.objects.filter(added_at__lte=clock.now() - timedelta(days=EXAMPLE_DAYS)).order_by("pk")
    return LabelExample.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_old_runs(_day: date, limit: int) -> int:
    """Delete up to `limit` runs that ended long ago."""
    before = clock.now() - timedelta(days=RUN_DAYS)
    old = LearningRun.objects.filter(moved_at__lt=before).exclude(state__in=UNDER_WAY).order_by("pk")
    return LearningRun.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]
