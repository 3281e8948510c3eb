"""Providers that fell silent: nothing came for longer than usual, though nobody was told that they stop.

A batch without lines counts: who has nothing to tell may say so. A channel that never had a batch is not silent yet.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Max, Q

from resonanz.duties.alarms import SILENT, Due
from resonanz.networks.models import ChannelState
from resonanz.pipeline.models import Batch

LEAST = timedelta(days=3)
"""Nothing shorter is silence: many bring nothing at weekends."""
_MANY = 2
_OF_ACTIVE = Q(channel__state=ChannelState.ACTIVE)


def silent(*, at: datetime) -> list[Batch]:
    """The last batches of channels from which nothing has come since for twice as long as ever in what we know."""
    newest = Batch.objects.filter(_OF_ACTIVE).order_by().values("channel").annotate(last=Max("received_at"))
    quiet = newest.filter(last__lt=at - LEAST).values_list("channel", flat=True)
    last = Batch.objects.filter(channel__in=quiet).order_by("channel", "-received_at", "-number").distinct("channel")
    return [one for one in last.select_related("channel") if at - one.received_at > _usual(one.channel_id) * _MANY]


def due(now: datetime) -> list[Due]:
    """What has to be told of by now; each silence once. Call within the transaction that tells."""
    found = [batch.pk for batch in silent(at=now) if batch.silence_told_at is None]
    rows = Batch.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).select_related("channel")
    untold = rows.filter(pk__in=found, silence_told_at__isnull=True).order_by("id") if found else []
    return [_due(batch, now) for batch in untold]


def _due(batch: Batch, now: datetime) -> Due:
    def note() -> None:
        Batch.objects.filter(pk=batch.pk).update(silence_told_at=now)

    return Due(batch.channel, SILENT, {"since": batch.received_at.isoformat()}, note)


def _usual(channel_id: int) -> timedelta:
    """The longest pause between two batches of the days for which they are noted."""
    moments = Batch.objects.filter(channel=channel_id).order_by("received_at").values_list("received_at", flat=True)
    return max((later - earlier for earlier, later in pairwise(moments)), default=timedelta())
