"""Numbered batches: each once, and what is missing between them is a gap on record until it comes after all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from resonanz.core import clock
from resonanz.networks.connections import gaps
from resonanz.networks.connections.channels import note_read
from resonanz.networks.contract import Missed
from resonanz.networks.models import Channel
from resonanz.pipeline.models import Batch, Delivery

KEEP_DAYS = 90
MOST_RANGES = 20
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Lines:
    """How many lines a batch held, and how many of them were refused."""

    read: int
    refused: int


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers that never came, both ends among them."""

    first: int
    last: int


def note_received(*, channel: Channel, number: int, digest: bytes, at: datetime) -> bool | None:
    """Whether it is new; None where another batch has its number. Call within the transaction that stores it."""
    delete_on = (at.astimezone(UTC) + timedelta(days=KEEP_DAYS)).date()
    kept, is_new = Batch.objects.get_or_create(
        channel=channel, number=number, defaults={"digest": digest, "received_at": at, "delete_on": delete_on}
    )
    if bytes(kept.digest) != digest:
        return None
    # What waited in vain for a week, or held words of somebody who was erased, is gone, and may be brought again.
    return is_new or not (kept.taken_at or Delivery.objects.filter(channel=channel, digest=digest).exists())


def note_taken(*, channel: Channel, read: Mapping[bytes, Lines]) -> None:
    """These deliveries are taken in. Of other networks', which bear no numbers, there is nothing to note."""
    found = list(Batch.objects.filter(channel=channel, digest__in=read, taken_at__isnull=True).order_by("number"))
    for batch in found:
        lines = read[bytes(batch.digest)]
        batch.taken_at, batch.lines, batch.refused = clock.now(), lines.read, lines.refused
        _look_before(channel, batch)
        batch.save(update_fields=["taken_at", "lines", "refused", "missing_from", "gap"])
    if found:
        _fill(channel)
        note_read(channel_id=channel.pk)


def missing(*, channel: Channel) -> list[Range]:
    """Which numbers have not come, the newest first."""
    found: list[Range] = []
    for batch in _holed(channel):
        found += _holes(batch)
    return sorted(found, key=lambda one: one.first, reverse=True)[:MOST_RANGES]


def lately(*, channel: Channel, most: int = 10) -> Sequence[Batch]:
    """The batches that came last, the newest first."""
    return list(Batch.objects.filter(channel=channel).order_by("-received_at", "-number")[:most])


def _look_before(channel: Channel, batch: Batch) -> None:
    """Whether numbers are missing before the highest one that was taken in so far."""
    others = Batch.objects.filter(channel=channel).exclude(pk=batch.pk)
    if others.filter(number__gt=batch.number, taken_at__isnull=False).exists():
        return
    before = others.filter(number__lt=batch.number).order_by("-number").first()
    first = (before.number if before else 0) + 1
    if first == batch.number:
        return
    began = before.received_at if before else channel.created_at
    ended = max(batch.received_at, began + _MOMENT)
    batch.missing_from = first
    batch.gap = gaps.keep(channel_id=channel.pk, missed=Missed(began, ended, is_filled=False))


def _fill(channel: Channel) -> None:
    for batch in _holed(channel):
        if not _holes(batch):
            if batch.gap_id is not None:
                gaps.fill(gap_id=batch.gap_id)
            batch.missing_from = None
            batch.save(update_fields=["missing_from"])


def _holed(channel: Channel) -> list[Batch]:
    return list(Batch.objects.filter(channel=channel, missing_from__isnull=False).order_by("number"))


def _holes(batch: Batch) -> list[Range]:
    """What is still missing before this batch."""
    assert batch.missing_from is not None  # noqa: S101 - asked only of those
    known = Batch.objects.filter(channel=batch.channel_id, number__gte=batch.missing_from, number__lte=batch.number)
    found, expected = [], batch.missing_from
    for number in known.order_by("number").values_list("number", flat=True):
        if number > expected:
            found.append(Range(expected, number - 1))
        expected = number + 1
    return found
