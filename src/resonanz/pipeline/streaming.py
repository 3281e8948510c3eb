"""Streaming: one thread per channel hears what happens as it happens; what has come meanwhile is taken in together.

A stream never moves the poll's cursor: whatever breaks here is brought by the next poll. One that can go on from a
place of its own moves that with the rows it stands for.
"""

from __future__ import annotations

import contextlib
import logging
import random
import threading
from collections import deque
from collections.abc import Generator
from concurrent.futures import Executor
from datetime import datetime

from django.db import DatabaseError, connections

from resonanz.core import clock
from resonanz.core.broker import BrokerAway
from resonanz.networks.connections import gaps
from resonanz.networks.connections.channels import account_of, note_failure, note_stream
from resonanz.networks.contract import BadEvent, Batch, Event, Missed
from resonanz.networks.errors import ApplicationRefused, NetworkError, NotAuthorised, Refused, TryLater, Unsupported
from resonanz.networks.models import Channel
from resonanz.networks.streams import Listening, Streams
from resonanz.pipeline.delivering import deliver
from resonanz.pipeline.polling import AFTER_FAILURE_SECONDS, note, note_fault
from resonanz.pipeline.sieve import TopicSieve

MOST_EVENTS = 200
_MOST_WAITING = 1000
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 300.0
_LIVED_SECONDS = 60.0  # a stream that stood for so long was a good one: the pauses begin anew
_UNSUPPORTED_SECONDS = 24 * 3600.0
_MENDED_SECONDS = 600.0  # where a reason is named, somebody may see to it
_LONG_SECONDS = 120.0  # a stream that stays away for so long is told of where people look
logger = logging.getLogger(__name__)


class Follower:
    """The stream of one channel; `takers` take in what it brings, by `turn` with the polls of the same channel."""

    def __init__(self, *, channel_id: int, connector: Streams, takers: Executor, turn: threading.Lock) -> None:
        self.opened = 0  # how often the stream was opened: after each time, a poll brings what the gap missed
        self.is_open = False
        self._channel_id = channel_id
        self._connector = connector
        self._takers = takers
        self._turn = turn
        self._pause = _FIRST_PAUSE
        self._token_at: datetime | None = None
        self._told = ""
        self._ending = threading.Event()
        self._broken = threading.Event()
        self._lock = threading.Lock()
        self._waiting: deque[Batch] = deque()
        self._taking = False
        self._thread = threading.Thread(target=self._follow, name=f"stream-{channel_id}", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def end(self) -> None:
        """Listen no more; returns at once, the connection closes within seconds."""
        self._ending.set()

    def join(self, seconds: float) -> None:
        """Wait for the end."""
        self._thread.join(seconds)

    def _follow(self) -> None:
        while not self._ending.is_set():
            started = clock.monotonic()
            pause = self._attempt()
            lived = self._pause if clock.monotonic() - started < _LIVED_SECONDS else _FIRST_PAUSE
            self._pause = min(lived * 2, _LONGEST_PAUSE)
            self._ending.wait(max(pause, lived * random.uniform(0.8, 1.2)))  # noqa: S311 - so that not all come at once

    def _attempt(self) -> float:
        """Hear one stream to its end; the seconds that the failure itself asks to wait."""
        while self._taking and not self._ending.wait(0.05):
            pass  # what the stream before brought moves the place from which this one goes on
        self._broken.clear()
        try:
            with contextlib.closing(self._stream()) as batches:
                for batch in batches:
                    self._hand_over(batch)
        except NetworkError as error:
            return self._failed(error)
        except Exception:
            logger.exception("a stream failed")
            return AFTER_FAILURE_SECONDS
        finally:
            self.is_open = False
            connections.close_all()
        return 0.0

    def _stream(self) -> Generator[Batch, None, None]:
        try:
            channel = Channel.objects.get(pk=self._channel_id)
            account, self._token_at = account_of(channel), channel.token_at
            self._told = channel.stream_failure
        except Channel.DoesNotExist:  # removed meanwhile
            self._ending.set()
            return
        finally:
            connections.close_all()
        yield from self._connector.stream(
            account, Listening(self._is_stopping, place=channel.stream_place, sieve=TopicSieve(channel))
        )

    def _failed(self, error: NetworkError) -> float:
        why = _why_not(error)
        if why is not None:
            self._tell(why)
        if isinstance(error, Unsupported):
            logger.info("channel %s has no stream and is only polled", self._channel_id)
            return _MENDED_SECONDS if why else _UNSUPPORTED_SECONDS
        if isinstance(error, NotAuthorised | Refused) and not isinstance(error, ApplicationRefused):
            self._end_unless_renewed(error)
        return error.seconds if isinstance(error, TryLater) else 0.0

    def _end_unless_renewed(self, error: NetworkError) -> None:
        """With another token the next attempt goes on."""
        try:
            if note(self._channel_id, error, self._token_at):
                self._ending.set()
        except (Channel.DoesNotExist, DatabaseError):  # removed, or the poll will find the same
            self._ending.set()
        finally:
            connections.close_all()

    def _tell(self, failure: str) -> None:
        """Why nothing is told at once, where people look; "" as soon as it is."""
        if failure == self._told:
            return
        self._told = failure
        try:
            note_stream(channel_id=self._channel_id, failure=failure)
        except DatabaseError:
            logger.exception("why channel %s has no stream was not noted", self._channel_id)
        finally:
            connections.close_all()

    def _is_stopping(self) -> bool:
        return self._ending.is_set() or self._broken.is_set()

    def _hand_over(self, batch: Batch) -> None:
        if not self.is_open:
            self.is_open, self.opened = True, self.opened + 1
            self._tell("")
        if batch == Batch((), None):
            return
        with self._lock:
            if self._is_stopping():  # given up meanwhile: behind what was lost there, this would move the place
                return
            self._waiting.append(batch)
            begin, self._taking = not self._taking, True
        if begin:
            self._takers.submit(self._take_waiting)
        while len(self._waiting) > _MOST_WAITING and not self._is_stopping():
            clock.sleep(0.05)  # the network waits with us

    def _take_waiting(self) -> None:
        try:
            while batch := self._gathered():
                with self._turn:
                    channel = Channel.objects.get(pk=self._channel_id)
                    deliver(channel=channel, events=batch.events, cursor=batch.cursor, bad=batch.bad, place=batch.place)
                    if batch.missed:
                        gaps.note(channel_id=self._channel_id, missed=batch.missed)
        except Channel.DoesNotExist:  # removed meanwhile
            self._give_up()
        except BrokerAway as error:
            self._give_up()
            with contextlib.suppress(DatabaseError, Channel.DoesNotExist):
                note_failure(channel_id=self._channel_id, code=error.code, words="", stop=False)
        except Exception:
            logger.exception("what a stream brought was not taken in")
            self._give_up()
            with contextlib.suppress(DatabaseError, Channel.DoesNotExist):
                note_fault(self._channel_id)
        finally:
            connections.close_all()

    def _gathered(self) -> Batch | None:
        """What has come by now, as one batch: a transaction each would make a burst slow."""
        events: list[Event] = []
        bad: list[BadEvent] = []
        missed: list[Missed] = []
        cursor = place = None
        with self._lock:
            self._taking = bool(self._waiting)
            while self._waiting and len(events) + len(bad) < MOST_EVENTS:
                batch = self._waiting.popleft()
                events += batch.events
                bad += batch.bad
                missed += batch.missed
                cursor, place = batch.cursor or cursor, batch.place or place
        return Batch(tuple(events), cursor, tuple(bad), place, tuple(missed)) if self._taking else None

    def _give_up(self) -> None:
        """Drop this stream: the next one is followed by a poll, which brings again what was lost here."""
        self._broken.set()
        with self._lock:
            self._waiting.clear()
            self._taking = False


def _why_not(error: NetworkError) -> str | None:
    """What people are told: "" where nobody wants a stream, None for what passes by itself in a moment."""
    reason = str(error.params.get("reason", ""))
    if isinstance(error, Unsupported):
        return reason
    if isinstance(error, TryLater) and error.seconds >= _LONG_SECONDS:
        return error.code if not reason or reason.startswith("http.") else reason
    return None
