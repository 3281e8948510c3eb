"""Listeners: every active channel is polled in its turn and, where its network can, streamed. A process of its own.

Beside them it takes in what webhooks brought.
"""

from __future__ import annotations

import json
import logging
import signal
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor

from django.db import close_old_connections, connections

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.contract import Capability, Limits, able
from resonanz.networks.models import Channel, ChannelState
from resonanz.networks.streams import Streams
from resonanz.pipeline.arrivals import Arrivals
from resonanz.pipeline.polling import AFTER_FAILURE_SECONDS, Polled, poll_once
from resonanz.pipeline.streaming import Follower

THREADS = 4
_LOOK_FOR_CHANNELS_SECONDS = 1.0
_LET_GO_SECONDS = 3.0
Identity = tuple[str, str, str, bytes, str]
logger = logging.getLogger(__name__)


def run() -> None:
    """Listen until SIGTERM or SIGINT; a batch that was begun is finished."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    arrivals = Arrivals(stopping)
    arrivals.start()
    try:
        Rounds(stopping).go()
    finally:
        stopping.set()
        arrivals.join(_LET_GO_SECONDS)


class Listened:
    """One channel: when it is polled next, and its stream. A poll and a stream take in by turns."""

    def __init__(self, limits: Limits, identity: Identity) -> None:
        self.identity = identity
        self.turn = threading.Lock()
        self.poll: Future[Polled] | None = None
        self.follower: Follower | None = None
        self._limits = limits
        self._due = 0.0
        self._not_before = 0.0  # what a failure asks for holds, whatever a stream does
        self._polled_for = 0  # the opening of the stream that the latest poll came after
        self._is_rare = False
        self._is_ending = False

    def is_due(self) -> bool:
        """Whether to poll now; called every second, it also notices what has become of the poll and the stream."""
        now, streams = clock.monotonic(), self.follower is not None and self.follower.is_open
        if self.poll:
            if not self.poll.done():
                return False
            self._collect(self.poll, now, streams)
            self.poll = None
        if self._is_rare and not streams:
            self._due, self._is_rare = now + self._limits.poll_seconds, False
        if self.follower and self.follower.opened != self._polled_for:
            self._due = 0.0
        return not self._is_ending and now >= max(self._due, self._not_before)

    def begin(self, channel_id: int, polls: Executor, stopping: threading.Event) -> None:
        """Poll; what the stream's openings so far have missed is covered by it."""
        self._polled_for = self.follower.opened if self.follower else 0
        self.poll = polls.submit(_poll_in_thread, channel_id, stopping, self.turn)

    def end(self) -> None:
        """Close the stream and begin no further poll."""
        self._is_ending = True
        if self.follower:
            self.follower.end()

    def _collect(self, poll: Future[Polled], now: float, streams: bool) -> None:
        polled = _outcome(poll)
        self._is_rare = polled.well and streams
        seconds = self._limits.poll_beside_stream_seconds if self._is_rare else polled.seconds
        self._due = now + seconds
        self._not_before = 0.0 if polled.well else self._due


def _outcome(poll: Future[Polled]) -> Polled:
    if error := poll.exception():
        logger.error("a listener failed", exc_info=error)
        return Polled(AFTER_FAILURE_SECONDS, well=False)
    return poll.result()


class Rounds:
    """Looks every second which channels are to be listened to, polls those that are due and keeps their streams."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._listened: dict[int, Listened] = {}

    def go(self) -> None:
        """Until it is told to stop."""
        with (
            ThreadPoolExecutor(THREADS, thread_name_prefix="poll") as polls,
            ThreadPoolExecutor(THREADS, thread_name_prefix="take") as takers,
        ):
            try:
                while not self._stopping.wait(_LOOK_FOR_CHANNELS_SECONDS):
                    self._round(polls, takers)
            finally:  # also where the database is away: the pools wait for what streams still bring
                self._let_go()

    def _round(self, polls: Executor, takers: Executor) -> None:
        self._look(takers)
        for channel_id, listened in self._listened.items():
            if listened.is_due():
                listened.begin(channel_id, polls, self._stopping)

    def _look(self, takers: Executor) -> None:
        """Begin with channels that are new, anew with those that have changed, and leave the others."""
        close_old_connections()
        active = {
            channel.pk: channel
            for channel in Channel.objects.filter(state=ChannelState.ACTIVE).order_by("id").defer("cursor")
            if able(registry.connector(channel.network), Capability.POLL)
        }
        for channel_id, listened in list(self._listened.items()):
            if channel_id not in active or _identity(active[channel_id]) != listened.identity:
                listened.end()
                if listened.poll is None or listened.poll.done():
                    del self._listened[channel_id]
        for channel_id, channel in active.items():
            if channel_id not in self._listened:
                self._listened[channel_id] = _listen(channel, takers)

    def _let_go(self) -> None:
        followers = [listened.follower for listened in self._listened.values() if listened.follower]
        for follower in followers:
            follower.end()
        until = clock.monotonic() + _LET_GO_SECONDS
        for follower in followers:
            follower.join(max(until - clock.monotonic(), 0.0))


def _identity(channel: Channel) -> Identity:
    """What a stream depends on: where any of it changed, the stream begins anew."""
    settings = json.dumps(channel.settings, sort_keys=True)
    return channel.network, channel.address, channel.origin, bytes(channel.encrypted_secret), settings


def _listen(channel: Channel, takers: Executor) -> Listened:
    listened = Listened(registry.connector(channel.network).limits, _identity(channel))
    connector = registry.connector(channel.network)
    if able(connector, Capability.STREAM):
        streaming: Streams = connector  # type: ignore[assignment] # declared STREAM; a test in tests/house compares
        listened.follower = Follower(channel_id=channel.pk, connector=streaming, takers=takers, turn=listened.turn)
        listened.follower.start()
    return listened


def _poll_in_thread(channel_id: int, stopping: threading.Event, turn: threading.Lock) -> Polled:
    try:
        return poll_once(channel_id, stopping, turn)
    finally:
        connections.close_all()
