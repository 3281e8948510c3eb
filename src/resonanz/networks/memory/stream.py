"""The practice network's stream: what happens, told to whoever holds a connection open (server-sent events)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from resonanz.core import clock
from resonanz.networks.memory.store import Denied, Store

MOST_STREAMS = 200
_PING_SECONDS = 10.0
_PAGE = 200


class Bell:
    """Rings whenever something happened, so that the streams look; knows how many of them there are."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = 0
        self._open = 0
        self.is_over = False

    def ring(self) -> None:
        """Something happened."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def end(self) -> None:
        """The network closes."""
        self.is_over = True
        self.ring()

    def rung(self) -> int:
        """How often it has rung so far."""
        return self._rung

    def wait(self, since: int, seconds: float) -> None:
        """Until it has rung since it had rung `since` times, at most so long."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung != since, seconds)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A stream of its own within the block; raises Denied when there are too many."""
        with self._condition:
            if self._open >= MOST_STREAMS:
                raise Denied(503, "Too many streams.")
            self._open += 1
        try:
            yield
        finally:
            with self._condition:
                self._open -= 1


def tell(store: Store, bell: Bell, *, token: str, send: Callable[[bytes], object]) -> None:
    """Tell the account of `token` what happens from now on, with a ping every ten seconds, until `send` fails."""
    me, told = int(store.signed_in(token)["id"]), store.last_event()
    send(b":\n\n")
    pinged = clock.monotonic()
    while not bell.is_over:
        rung = bell.rung()
        events = store.events(me=me, after=told, limit=_PAGE)
        for event in events:
            told = event["seq"]
            send(f"id: {told}\nevent: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
        if clock.monotonic() - pinged >= _PING_SECONDS:
            if not _is_known(store, token):
                return
            send(b":\n\n")
            pinged = clock.monotonic()
        if len(events) < _PAGE:
            bell.wait(rung, _PING_SECONDS)


def _is_known(store: Store, token: str) -> bool:
    try:
        return bool(store.signed_in(token))
    except Denied:
        return False
