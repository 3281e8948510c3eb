"""Arrivals: what webhooks brought and was stored is read and taken in, by a thread of the listeners' process.

A delivery counts as taken in once its events are committed; killed between the two, it is taken in again, which changes
nothing. Of several processes one at a time serves a channel, so its deliveries keep their order.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta

from django.db import DatabaseError, OperationalError, close_old_connections, connection, connections, transaction
from django.db.models import F

from resonanz.core import clock
from resonanz.core.broker import BrokerAway
from resonanz.core.secrets import SecretsError
from resonanz.core.text import clean
from resonanz.networks.connections import batch_keys, webhook_keys
from resonanz.networks.connections.channels import account_of
from resonanz.networks.contract import Account, BadEvent, Capability, Deleted, Event, Posted, able
from resonanz.networks.metering import FREE
from resonanz.networks.models import Channel, ChannelState
from resonanz.networks.webhooks import Completes, Told
from resonanz.pipeline import batches, hearsay, polling, putting_aside, receiving, told_twice
from resonanz.pipeline.delivering import deliver
from resonanz.pipeline.models import Delivery, UnknownEvent
from resonanz.pipeline.shapes import shape_of
from resonanz.privacy import tombstones
from resonanz.privacy.models import TombstoneKind

MOST_AT_ONCE = 200
MOST_BATCHES = 5
MOST_TOGETHER = 500
"""Events in one transaction."""
MOST_UNKNOWN = 50
_LOOK_SECONDS = 0.25
_AFTER_FAILURE_SECONDS = 5.0
_LOCK = 0x5765  # the first half of the advisory locks of this file; the second is the channel
_MOST_RAW = 10_000
_AWAY = (OperationalError, BrokerAway)
"""The database or the broker itself: nothing is wrong with what came."""
logger = logging.getLogger(__name__)


class Arrivals(threading.Thread):
    """Looks several times a second whether something arrived, until it is told to stop."""

    def __init__(self, stopping: threading.Event) -> None:
        super().__init__(name="arrivals", daemon=True)
        self._stopping = stopping

    def run(self) -> None:
        """A batch that was begun is finished. What fails is tried again: it is stored."""
        seconds = _LOOK_SECONDS
        try:
            while not self._stopping.wait(seconds):
                try:
                    close_old_connections()
                    seconds = 0.0 if take_waiting() else _LOOK_SECONDS
                except Exception:
                    logger.exception("what webhooks brought was not taken in, and is tried again")
                    seconds = _AFTER_FAILURE_SECONDS
        finally:
            connections.close_all()


def take_waiting() -> int:
    """Take in some of what waits on each channel; how many deliveries those were.

    Where the database fails for one of them, the others have their turn before that is raised.
    """
    waiting = Delivery.objects.filter(taken_at__isnull=True).order_by().values_list("channel_id", flat=True).distinct()
    taken, failure = 0, None
    for channel_id in list(waiting):
        try:
            taken += take_channel(channel_id)
        except OperationalError as error:
            failure = error
    if failure:
        raise failure
    return taken


def take_channel(channel_id: int) -> int:
    """Take in the oldest deliveries of a channel, unless another process is at it; how many."""
    with _alone(channel_id) as is_mine:
        channel = Channel.objects.filter(pk=channel_id).first() if is_mine else None
        if channel is None:
            return 0
        rows = list(Delivery.objects.filter(channel=channel, taken_at__isnull=True).order_by("id")[: _most(channel)])
        try:
            _take(channel, rows)
        except _AWAY:
            raise
        except Exception:
            logger.exception("deliveries were not taken in together, and are now one by one")
            for row in rows:
                _take_alone(channel, row)
        return len(rows)


def _most(channel: Channel) -> int:
    """Of batches, which may hold a megabyte each, a few."""
    return MOST_BATCHES if batch_keys.takes_batches(channel) else MOST_AT_ONCE


@contextlib.contextmanager
def _alone(channel_id: int) -> Iterator[bool]:
    """Whether nobody else takes in this channel's deliveries. Held by the connection: it ends with the process."""
    number = channel_id % 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", [_LOCK, number])
        (is_mine,) = cursor.fetchone()
    try:
        yield bool(is_mine)
    finally:
        if is_mine:
            with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s::int, %s::int)", [_LOCK, number])


def _take(channel: Channel, rows: Sequence[Delivery]) -> None:
    told, cursor = _read_all(channel, rows)
    events = [event for _, _, one in told for event in one.events if _is_heard(channel, event)]
    bad = [one_bad for _, _, one in told for one_bad in one.bad]
    _deliver(channel, told_twice.as_known(channel, events), bad, cursor)
    with transaction.atomic():
        _remember_gone(channel, events)
        for _row, name, one in told:
            if one.is_unknown:
                _count_unknown(channel, *name)
        _empty(rows)
        batches.note_taken(channel=channel, read={bytes(row.digest): _lines(one) for row, _, one in told})
    _count_used(channel, [use for _, _, one in told for use in one.used])


def _deliver(channel: Channel, events: Sequence[Event], bad: Sequence[BadEvent], cursor: str | None) -> None:
    """In portions: some who bring batches bring thousands of posts at once. `cursor` moves with the last of them."""
    for start in range(0, max(len(events), 1), MOST_TOGETHER):
        some, refused = events[start : start + MOST_TOGETHER], bad if start == 0 else ()
        reached = cursor if start + MOST_TOGETHER >= len(events) else None
        if some or refused or reached is not None:
            deliver(channel=channel, events=some, bad=refused, cursor=reached)


def _lines(one: Told) -> batches.Lines:
    return batches.Lines(len(one.events) + len(one.bad), len(one.bad))


def _count_used(channel: Channel, used: Sequence[str]) -> None:
    """What the deliveries are charged as; not before they are taken in, for until then they are read again."""
    meter = account_of(channel).meter if used else FREE
    for use in used:
        meter.count(use)


def _take_alone(channel: Channel, row: Delivery) -> None:
    """One that cannot be taken in is put aside, and the others go on."""
    try:
        _take(channel, [row])
    except _AWAY:
        raise
    except Exception as error:
        logger.exception("a delivery was put aside")
        with transaction.atomic():
            putting_aside.keep(channel, [BadEvent(_raw(row), f"delivery.{type(error).__name__}")])
            _empty([row])
            batches.note_taken(channel=channel, read={bytes(row.digest): batches.Lines(1, 1)})
        polling.note_fault(channel.pk)


def _read_all(
    channel: Channel, rows: Sequence[Delivery]
) -> tuple[list[tuple[Delivery, tuple[str, bytes], Told]], str | None]:
    """What each tells, and where a poll goes on after all of them. While it is not asked, it stays where it was."""
    told, account = [], account_of(channel)
    for row in rows:
        name, one = _read(channel, account, row)
        told.append((row, name, one))
        if one.cursor is not None:
            account = replace(account, cursor=one.cursor)
    is_moved = account.cursor != channel.cursor and channel.state == ChannelState.ACTIVE
    return told, account.cursor if is_moved else None


def _read(channel: Channel, account: Account, row: Delivery) -> tuple[tuple[str, bytes], Told]:
    """What a delivery tells; with its name and body, in case that nobody knows such an event."""
    try:
        delivery = receiving.opened(row)
    except SecretsError:  # made with a key that is no longer in the file: nobody can read it any more
        return ("", b""), Told(bad=(BadEvent(raw="", reason="delivery.sealed"),))
    connector = webhook_keys.connector_of(channel)
    told = connector.read(account, delivery)
    if able(connector, Capability.COMPLETE) and channel.state in receiving.HEARING:
        completes: Completes = connector  # type: ignore[assignment] # declared COMPLETE; tests/house compares
        told = completes.complete(account, told)
    return (connector.name_of(delivery), delivery.body), told


def _raw(row: Delivery) -> str:
    try:
        return clean(receiving.opened(row).body.decode("utf-8", "replace"), most=_MOST_RAW)
    except SecretsError:
        return ""


def _is_heard(channel: Channel, event: Event) -> bool:
    return not isinstance(event, Posted) or channel.state in receiving.HEARING


def _remember_gone(channel: Channel, events: Sequence[Event]) -> None:
    """What is gone stays gone, though the news of its being said comes after that of its deletion.

    What is gone by hearsay stays away from there alone: it may not silence what a network says.
    """
    gone = [event for event in events if isinstance(event, Deleted)]
    hashes = {hearsay.gone_hash(channel, event.network, event.origin, event.native_id) for event in gone}
    tombstones.raise_stones(kind=TombstoneKind.POST, hashes=hashes)


def _count_unknown(channel: Channel, name: str, body: bytes) -> None:
    now, name = clock.now(), clean(name, most=80)
    known = UnknownEvent.objects.filter(channel=channel, name=name)
    if known.update(count=F("count") + 1, last_at=now, delete_on=_forgotten_on()):
        return
    if UnknownEvent.objects.filter(channel=channel).count() < MOST_UNKNOWN:
        UnknownEvent.objects.create(
            channel=channel, name=name, shape=shape_of(body), last_at=now, delete_on=_forgotten_on()
        )


def _forgotten_on() -> date:
    return clock.now().astimezone(UTC).date() + timedelta(days=putting_aside.KEEP_DAYS)


def _empty(rows: Sequence[Delivery]) -> None:
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(sealed=b"", taken_at=clock.now())
