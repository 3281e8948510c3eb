"""Leases: of networks that bring for a time only, and are asked again when a third of it is left.

    asked ──► granted (until) ──► asked again, and so on
          ├─► refused, with words ─┐
          └─► silence ─────────────┴─► asked again after a pause, each twice as long as the one before, up to 12 hours

The row is there for as long as it is wanted. Whoever is not brought to is polled, so nothing is lost meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from resonanz.core import clock, text
from resonanz.networks.models import Channel, ChannelState, Lease
from resonanz.networks.webhooks import Proof, WebhookHealth

LONGEST = timedelta(days=30)
"""What says to last longer is asked about again all the same."""
_SHARE_LEFT = 3
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=12)
_MOST_DOUBLED = 8
_MOST_TRIES = 30_000
_MOST_WORDS = 300


class Standing(StrEnum):
    """Where a lease stands. OVER: its time is over, and nobody agreed to another one."""

    BRINGS = "BRINGS"
    AWAITED = "AWAITED"
    REFUSED = "REFUSED"
    OVER = "OVER"


def begin(*, channel_id: int) -> None:
    """It is asked now, because somebody wants it to bring; whoever fails to answer is left alone for a while."""
    with transaction.atomic():
        Channel.objects.select_for_update().get(pk=channel_id)
        _note_asked(Lease.objects.filter(channel_id=channel_id).first() or Lease(channel_id=channel_id))


def claim(*, channel_id: int) -> bool:
    """Whether it is to be asked again, by whoever calls this and nobody else."""
    with transaction.atomic():
        lease = Lease.objects.select_for_update().filter(channel_id=channel_id).first()
        if lease is None or not _is_due(lease, clock.now()):
            return False
        _note_asked(lease)
    return True


def _note_asked(lease: Lease) -> None:
    lease.asked_at, lease.tries = clock.now(), min(lease.tries + 1, _MOST_TRIES)
    lease.save()


def note_said(*, channel_id: int, proof: Proof) -> None:
    """What the network said with its question. Nothing, where nobody wants it to bring any more."""
    if proof.leased is None and proof.refused is None:
        return
    with transaction.atomic():
        lease = Lease.objects.select_for_update().filter(channel_id=channel_id).first()
        if lease is None:
            return
        if proof.refused is not None:
            lease.asked_at = lease.refused_at = clock.now()
            lease.refused_words, lease.began_at, lease.until = text.clean(proof.refused, most=_MOST_WORDS), None, None
        elif proof.leased is not None:
            lease.began_at, lease.until = clock.now(), clock.now() + min(proof.leased, LONGEST)
            lease.tries, lease.refused_at, lease.refused_words = 0, None, ""
        lease.save()


def note_refused(*, channel_id: int, words: str) -> None:
    """It was asked and says no at once. What it agreed to before goes on until its time is over."""
    kept = text.clean(words, most=_MOST_WORDS)
    Lease.objects.filter(channel_id=channel_id).update(refused_at=clock.now(), refused_words=kept)


def end(*, channel_id: int) -> None:
    """Nobody wants it to bring any more."""
    Lease.objects.filter(channel_id=channel_id).delete()


def due() -> list[int]:
    """The channels whose network is to be asked again."""
    now, rows = clock.now(), Lease.objects.filter(channel__state=ChannelState.ACTIVE).order_by("asked_at")
    return [lease.channel_id for lease in rows if _is_due(lease, now)]


def health(channel: Channel, found: WebhookHealth) -> WebhookHealth:
    """The same, with what is known of the lease: a network that brings for a time cannot be asked how it does."""
    lease = Lease.objects.filter(channel=channel).first()
    if lease is None:
        return replace(found, address="")
    match standing(lease, clock.now()):
        case Standing.BRINGS:
            return replace(found, until=lease.until)
        case Standing.REFUSED:
            return replace(found, address="", failed_at=lease.refused_at, words=lease.refused_words)
        case other:
            return replace(found, address="", is_awaited=other is Standing.AWAITED)


def standing(lease: Lease, now: datetime) -> Standing:
    """Where it stands at a moment."""
    if lease.until is not None and lease.until > now:
        return Standing.BRINGS
    if lease.refused_at is not None:
        return Standing.REFUSED
    return Standing.AWAITED if lease.until is None else Standing.OVER


def of(channels: Collection[Channel]) -> Mapping[int, Lease]:
    """Those of several channels, by the channel."""
    return {lease.channel_id: lease for lease in Lease.objects.filter(channel__in=channels)}


def _is_due(lease: Lease, now: datetime) -> bool:
    if now < lease.asked_at + _pause(lease.tries):
        return False
    if lease.began_at is None or lease.until is None:
        return True
    return now >= lease.until - (lease.until - lease.began_at) / _SHARE_LEFT


def _pause(tries: int) -> timedelta:
    doubled: int = 2 ** min(max(tries - 1, 0), _MOST_DOUBLED)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)
