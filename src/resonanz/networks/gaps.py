"""Gaps: times in which a channel could not be read, kept where people see them, and whether they were filled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.contract import Capability, Missed, able
from resonanz.networks.models import Channel, Gap

MOST_KEPT = 20
_LEAST = timedelta(seconds=30)
"""Shorter ones are a hiccup: the next poll would have come about then."""


def note_if_any(*, channel: Channel) -> None:
    """Call once a whole poll went well, with the channel as it was before: was it silent for longer than usual?

    It counts from the last time that it was read: also where nobody listened, because the machine was off.
    """
    now = clock.now()
    if channel.read_at is None or now - channel.read_at <= _usual(channel) + _LEAST:
        return
    is_filled = registry.connector(channel.network).limits.fills_gaps
    note(channel_id=channel.pk, missed=[Missed(channel.read_at, now, is_filled)])


def note(*, channel_id: int, missed: Sequence[Missed]) -> None:
    """Write down what was not heard in its time; only the newest gaps of a channel are kept."""
    with transaction.atomic():
        for one in missed:
            Gap.objects.create(
                channel_id=channel_id, began_at=one.began_at, ended_at=one.ended_at, is_filled=one.is_filled
            )
        older = Gap.objects.filter(channel_id=channel_id).order_by("-began_at", "-id")[MOST_KEPT:]
        Gap.objects.filter(pk__in=[gap.pk for gap in older]).delete()


def _usual(channel: Channel) -> timedelta:
    connector = registry.connector(channel.network)
    limits = connector.limits
    slowest = limits.poll_beside_stream_seconds if able(connector, Capability.STREAM) else 0
    return timedelta(seconds=max(limits.poll_seconds, slowest))
