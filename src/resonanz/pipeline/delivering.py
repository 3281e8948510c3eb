"""Delivering what was heard: taken in here, or, where an operator runs a broker, handed over to intake elsewhere."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from functools import cache

from django.conf import settings

from resonanz.core import clock
from resonanz.core.broker import MOST_BYTES, Broker, Parcel
from resonanz.listening.topics import compiled
from resonanz.networks.channels import move_cursor, move_place
from resonanz.networks.contract import BadEvent, Event, Posted
from resonanz.networks.models import Channel
from resonanz.people import staff
from resonanz.pipeline import hearing, hearsay, parcels, putting_aside
from resonanz.pipeline.cleaning import clean_all
from resonanz.pipeline.take_in import take_in

_LOOK_SECONDS = 5.0
_MOST_ON_THE_WAY = 200_000
_making = threading.Lock()


def deliver(
    *,
    channel: Channel,
    events: Sequence[Event],
    cursor: str | None = None,
    bad: Sequence[BadEvent] = (),
    place: str | None = None,
) -> None:
    """All of it is kept when this returns, `cursor` and `place` moved with it; what comes twice changes nothing.

    Raises BrokerAway where a broker is to be used and does not answer; then both stay where they were.
    """
    if settings.STREAM_SERVERS:
        handing_over().deliver(channel=channel, events=events, cursor=cursor, bad=bad, place=place)
    else:
        take_in(channel=channel, events=events, cursor=cursor, bad=bad, place=place)


def handing_over() -> HandingOver:
    """That of this process: there must not be two, for each knows only what it handed over itself."""
    with _making:
        return _made()


@cache
def _made() -> HandingOver:
    return HandingOver(Broker(settings.STREAM_SERVERS))


class HandingOver:
    """Hands over to the broker what concerns us. One in a process: it knows what it handed over last."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._on_the_way = _OnTheWay(broker)

    def deliver(
        self,
        *,
        channel: Channel,
        events: Sequence[Event],
        cursor: str | None,
        bad: Sequence[BadEvent],
        place: str | None = None,
    ) -> None:
        """As the function above."""
        good, unfit = clean_all(events)
        said = [event for event in good if isinstance(event, Posted)]
        if not hearsay.is_hearsay(channel):
            staff.confirm(said=said)
        self._on_the_way.look()
        heard = hearing.listen(channel, said, compiled(), may_follow=self._on_the_way.may_be_followed_by)
        wanted = [one.posted for one in heard]
        other = [event for event in good if not isinstance(event, Posted)]
        batch = parcels.handed(channel.pk, [*wanted, *other], [putting_aside.bounded(one) for one in [*bad, *unfit]])
        if packed := _packed(batch):
            self._on_the_way.add(heard, self._broker.send(packed))
        if cursor is not None:
            move_cursor(channel_id=channel.pk, cursor=cursor)
        if place is not None:
            move_place(channel_id=channel.pk, place=place)


def _packed(batch: parcels.Handed) -> list[Parcel]:
    """One, or as many as it takes to keep each within what a server bears."""
    if not (batch.events or batch.bad):
        return []
    data = parcels.written(batch)
    events, bad = batch.events, batch.bad
    if len(data) <= MOST_BYTES or len(events) + len(bad) == 1:
        return [Parcel(lane=parcels.lane_of(batch.channel_id), key=parcels.key_of(data), data=data)]
    half, half_bad = (len(events) + 1) // 2, len(bad) // 2
    first = parcels.handed(batch.channel_id, events[:half], bad[:half_bad])
    second = parcels.handed(batch.channel_id, events[half:], bad[half_bad:])
    return _packed(first) + _packed(second)


class _OnTheWay:
    """What was handed over and is not taken in yet: an answer to it may belong to us, and only intake will know.

    What lay there when this process began was handed over by another one; until that is taken in, any answer may.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._lock = threading.Lock()
        self._keys: dict[tuple[str, str, str], int] = {}
        self._parcels: deque[tuple[int, list[tuple[str, str, str]]]] = deque()
        self._doubt_until: int | None = None
        self._looked_at = -_LOOK_SECONDS

    def look(self) -> None:
        """Forget what is taken in by now. Raises BrokerAway at the first time, when nothing is known yet."""
        with self._lock:
            if clock.monotonic() - self._looked_at < _LOOK_SECONDS:
                return
            backlog = self._broker.backlog()
            self._looked_at = clock.monotonic()
            if self._doubt_until is None:
                self._doubt_until = backlog.last if backlog.count else 0
            first = backlog.first if backlog.count else backlog.last + 1
            while self._parcels and (self._parcels[0][0] < first or len(self._keys) > _MOST_ON_THE_WAY):
                number, keys = self._parcels.popleft()
                if number >= first:  # more is on its way than can be remembered
                    self._doubt_until = max(self._doubt_until, number)
                for key in keys:
                    if self._keys.get(key) == number:
                        del self._keys[key]
            if self._doubt_until < first:
                self._doubt_until = 0

    def add(self, heard: Sequence[hearing.Heard], number: int) -> None:
        """These were handed over in parcels up to `number`."""
        keys = [one.key for one in heard]
        keys += [(one.posted.network, one.posted.origin, one.root_id) for one in heard]
        with self._lock:
            self._keys.update(dict.fromkeys(keys, number))
            self._parcels.append((number, keys))

    def may_be_followed_by(self, posted: Posted, root_id: str) -> bool:
        """Whether the post answers something of which only intake will know whether it is ours."""
        if not posted.parent_id and root_id == posted.native_id:
            return False
        with self._lock:
            if self._doubt_until:
                return True
            above = {posted.parent_id, root_id}
            return any((posted.network, posted.origin, native_id) in self._keys for native_id in above if native_id)
