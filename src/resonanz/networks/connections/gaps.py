"""Gaps: times in which a channel could not be read, kept where people see them, and whether they were filled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.contract import Capability, Missed, able
from resonanz.networks.models import Channel, Gap

MOST_KEPT = 20
_LEAST = timedelta(seconds=30)
"""Shorter ones are a hiccup: the next poll would have come about then."""


def note_if_any(*, channel: Channel) -> None:
    """Call once a whole poll went well, with the channel as it was before: was it silent for longer than usual?

    It counts from the last time that it was read: also where nobody listened, because the machine was off. Where it
    never was read to the end, it counts from when reading failed.
    """
    now, began = clock.now(), channel.read_at or channel.failing_since
    if began is None or now - began <= _usual(channel) + _LEAST:
        return
    note(channel_id=channel.pk, missed=_parts(channel.network, began, now))


def note(*, channel_id: int, missed: Sequence[Missed]) -> None:
    """Write down what was not heard in its time; only the newest gaps of a channel are kept."""
    with transaction.atomic():
        for one in missed:
            keep(channel_id=channel_id, missed=one)
        older = Gap.objects.filter(channel_id=channel_id).order_by("-began_at", "-id")[MOST_KEPT:]
        Gap.objects.filter(pk__in=[gap.pk for gap in older]).delete()


def keep(*, channel_id: int, missed: Missed) -> Gap:
    """Write down one of them."""
    return Gap.objects.create(
        channel_id=channel_id, began_at=missed.began_at, ended_at=missed.ended_at, is_filled=missed.is_filled
    )


def fill(*, gap_id: int) -> None:
    """What was missing came after all; what was only late by moments was no gap."""
    Gap.objects.filter(pk=gap_id).update(is_filled=True)
    Gap.objects.filter(pk=gap_id, ended_at__lte=F("began_at") + _LEAST).delete()


def _parts(network: str, began: datetime, ended: datetime) -> list[Missed]:
    """What the poll brought of that time, and before it what lies further back than the network shows."""
    days = registry.connector(network).limits.fills_gap_days
    if not days:
        return [Missed(began, ended, is_filled=days is None)]
    shown_since = ended - timedelta(days=days)
    if began >= shown_since:
        return [Missed(began, ended, is_filled=True)]
    return [Missed(began, shown_since, is_filled=False), Missed(shown_since, ended, is_filled=True)]


def _usual(channel: Channel) -> timedelta:
    connector = registry.connector(channel.network)
    limits = connector.limits
    slowest = limits.poll_beside_stream_seconds if able(connector, Capability.STREAM) else 0
    return timedelta(seconds=max(limits.poll_seconds, slowest))
