"""Leases: of networks that bring for a time only, and are asked again when a third of it is left.

    asked ──► granted (until) ──► asked again, and so on
          ├─► refused, with words ─┐
          └─► silence ─────────────┴─► asked again after a pause, each twice as long as the one before, up to 12 hours

The row is there for as long as it is wanted. Whoever is not brought to is polled, so nothing is lost meanwhile.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

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


def end(*, channel_id: int) -> None:
    """Nobody wants it to bring any more."""
    Lease.objects.filter(channel_id=channel_id).delete()


def due() -> list[int]:
    """The channels whose network is to be asked again."""
    now, rows = clock.now(), Lease.objects.filter(channel__state=ChannelState.ACTIVE).order_by("asked_at")
    return [lease.channel_id for lease in rows if _is_due(lease, now)]


def health(channel: Channel, found: WebhookHealth) -> WebhookHealth:
    """The same, with what is known of the lease: a network that brings for a time cannot be asked how it does."""
    lease, now = Lease.objects.filter(channel=channel).first(), clock.now()
    if lease is None:
        return replace(found, address="")
    if lease.until is not None and lease.until > now:
        return replace(found, until=lease.until)
    is_awaited = lease.refused_at is None and lease.until is None
    return replace(found, address="", is_awaited=is_awaited, failed_at=lease.refused_at, words=lease.refused_words)


def _is_due(lease: Lease, now: datetime) -> bool:
    if now < lease.asked_at + _pause(lease.tries):
        return False
    if lease.began_at is None or lease.until is None:
        return True
    return now >= lease.until - (lease.until - lease.began_at) / _SHARE_LEFT


def _pause(tries: int) -> timedelta:
    doubled: int = 2 ** min(max(tries - 1, 0), _MOST_DOUBLED)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)
