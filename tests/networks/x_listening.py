"""Listening to X on the loopback, and polling beside it, as a channel does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.networks.x_asking import NOON, Counting, account, network
from tests.networks.x_stream_server import XStreamServer
from tests.pipeline.waiting import eventually

from resonanz.core import clock
from resonanz.networks.contract import BadEvent, Batch, Event, Missed, Posted
from resonanz.networks.streams import Listening

AT_ONCE = {"words": "nordhain", "at_once": "yes"}


@dataclass
class Time:
    """The time it is in a test, until somebody moves it."""

    now: datetime = NOON

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)

    def __call__(self) -> datetime:
        return self.now


class Heard:
    """What a stream brings until a condition holds; `place` is what is kept of it."""

    def __init__(self, server: XStreamServer, place: str = "", **more: Any) -> None:
        self.events: list[Event] = []
        self.bad: list[BadEvent] = []
        self.place = place
        self.moved = 0
        self._server = server
        self.meter: Counting = more.setdefault("meter", Counting())
        self._over = False
        asked = account(server, **{"settings": AT_ONCE, **more})
        self._batches = network.stream(asked, Listening(lambda: self._over, place))

    def begin(self) -> Heard:
        self.take(next(self._batches))
        return self

    def until(self, is_so: Callable[[], object], seconds: float = 8.0) -> None:
        started = clock.monotonic()
        while not is_so():
            assert clock.monotonic() - started < seconds, (self.events, self.bad, self.place)
            self.take(next(self._batches))

    def go_on(self) -> None:
        """Until it ends by itself."""
        for batch in self._batches:
            self.take(batch)

    def end(self) -> None:
        """Told to stop; X notices it a moment later."""
        self._over = True
        self.go_on()
        eventually(lambda: self._server.listeners == 0)

    def take(self, batch: Batch) -> None:
        assert batch.cursor is None
        self.events += batch.events
        self.bad += batch.bad
        self.place = batch.place or self.place
        self.moved += batch.place is not None

    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Posted)]


@dataclass
class Polls:
    """Polls of the same channel, one after the other."""

    server: XStreamServer
    settings: dict[str, str] = field(default_factory=lambda: dict(AT_ONCE))
    meter: Counting = field(default_factory=Counting)
    cursor: str = ""
    missed: list[Missed] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def poll(self, place: str = "") -> list[str]:
        """What it heard, in the words that were said."""
        asked = account(self.server, settings=self.settings, meter=self.meter, place=place)
        heard: list[str] = []
        for batch in network.poll(asked, self.cursor):
            self.cursor = batch.cursor or self.cursor
            self.missed += batch.missed
            self.events += batch.events
            heard += [event.text for event in batch.events if isinstance(event, Posted)]
        return heard

    def searched(self) -> int:
        """How often X was asked to search since this was asked last."""
        times = sum("/search/recent" in one for one in self.server.asked)
        self.server.asked.clear()
        return times
