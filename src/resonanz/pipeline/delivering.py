"""Delivering what was heard: taken in here, or, where an operator runs a broker, handed over to intake elsewhere."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from django.conf import settings

from resonanz.core import clock
from resonanz.core.broker import MOST_BYTES, Broker, BrokerAway, Parcel
from resonanz.listening.topics import compiled
from resonanz.networks.connections.channels import move_cursor, move_place
from resonanz.networks.contract import BadEvent, Event, Posted
from resonanz.networks.models import Channel
from resonanz.people import staff
from resonanz.pipeline import hearing, hearsay, parcels, putting_aside
from resonanz.pipeline.cleaning import clean_all
from resonanz.pipeline.take_in import take_in

_LOOK_SECONDS = 5.0
_MOST_ON_THE_WAY = 200_000
_making = threading.Lock()
_Key = tuple[str, str, str]
"""(network, origin, id) of a post, or of an account: no network gives both the same."""


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


def on_the_way(*, network: str, origin: str, ids: Collection[str], surely: bool = False) -> set[str]:
    """Those of posts and accounts of which something was handed over that may not be taken in yet; with `surely`, is
    known not to be.
    """
    if not (ids and settings.STREAM_SERVERS):
        return set()
    return handing_over().on_the_way({(network, origin, one) for one in ids}, surely=surely)


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

    def on_the_way(self, keys: Collection[_Key], *, surely: bool) -> set[str]:
        """As the function above; as long as the broker does not answer, all of them may be."""
        try:
            self._on_the_way.look()
        except BrokerAway:
            if not surely:
                return {native_id for _, _, native_id in keys}
        return self._on_the_way.among(keys, surely=surely)


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
        self._keys: dict[_Key, int] = {}
        self._parcels: deque[tuple[int, list[_Key]]] = deque()
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
        keys = [key for one in heard for key in _keys_of(one)]
        with self._lock:
            self._keys.update(dict.fromkeys(keys, number))
            self._parcels.append((number, keys))

    def among(self, keys: Collection[_Key], *, surely: bool) -> set[str]:
        """Which of these were handed over and not taken in, or, unless `surely`, may have been by another process."""
        with self._lock:
            is_doubted = bool(self._doubt_until) and not surely
            return {key[2] for key in keys if is_doubted or key in self._keys}

    def may_be_followed_by(self, posted: Posted, root_id: str) -> bool:
        """Whether the post answers something of which only intake will know whether it is ours."""
        if not posted.parent_id and root_id == posted.native_id:
            return False
        with self._lock:
            if self._doubt_until:
                return True
            above = {posted.parent_id, root_id}
            return any((posted.network, posted.origin, native_id) in self._keys for native_id in above if native_id)


def _keys_of(one: hearing.Heard) -> Iterator[_Key]:
    """The post, the root of its thread, its author, and what it quotes."""
    said, quoted = one.posted, one.posted.quoted
    ids = [said.native_id, one.root_id, said.author.native_id if said.author else ""]
    if quoted is not None:
        ids += [quoted.native_id, quoted.author.native_id if quoted.author else ""]
    yield from ((said.network, said.origin, native_id) for native_id in ids if native_id)
