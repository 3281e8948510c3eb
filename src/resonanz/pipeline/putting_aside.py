"""Bad events, put aside as they came, for a person to look at, and gone after a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta

from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.networks.contract import BadEvent
from resonanz.networks.models import Channel
from resonanz.pipeline.models import PutAside

KEEP_DAYS = 30
_RAW, _REASON = 10_000, 200


def bounded(one: BadEvent) -> BadEvent:
    """As it is kept: what came may be of any size, and no text at all."""
    return BadEvent(raw=clean(one.raw, most=_RAW), reason=clean(one.reason, most=_REASON))


def keep(channel: Channel, bad: Sequence[BadEvent]) -> None:
    """Put deliveries aside; call within the batch's transaction."""
    now = clock.now()
    PutAside.objects.bulk_create(
        [
            PutAside(
                channel=channel,
                raw=one.raw,
                reason=one.reason,
                at=now,
                delete_on=(now.astimezone(UTC) + timedelta(days=KEEP_DAYS)).date(),
            )
            for one in map(bounded, bad)
        ]
    )
