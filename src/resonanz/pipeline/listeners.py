"""Listeners: every active channel is polled in its turn, and what it yields is taken in. A process of its own."""

from __future__ import annotations

import logging
import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import close_old_connections, connections

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.channels import account_of, note_failure
from resonanz.networks.contract import Capability, Reads, able
from resonanz.networks.errors import NetworkError, NotAuthorised, Refused, TryLater
from resonanz.networks.models import Channel, ChannelState
from resonanz.pipeline.take_in import take_in

THREADS = 4
_LOOK_FOR_CHANNELS_SECONDS = 1.0
_AFTER_FAILURE_SECONDS = 60.0
logger = logging.getLogger(__name__)


def run() -> None:
    """Poll until SIGTERM or SIGINT; a batch that was begun is finished."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    _Rounds(stopping).go()


class _Rounds:
    """Which channel is due when; one poll per channel at a time."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._due: dict[int, float] = {}
        self._running: dict[int, Future[float]] = {}

    def go(self) -> None:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="listen") as pool:
            while not self._stopping.wait(_LOOK_FOR_CHANNELS_SECONDS):
                self._collect()
                for channel_id in self._channels_due():
                    self._running[channel_id] = pool.submit(_poll_in_thread, channel_id, self._stopping)

    def _channels_due(self) -> list[int]:
        close_old_connections()
        now = clock.monotonic()
        active = Channel.objects.filter(state=ChannelState.ACTIVE).order_by("id").values_list("id", "network")
        return [
            channel_id
            for channel_id, network in active
            if channel_id not in self._running
            and self._due.get(channel_id, 0.0) <= now
            and able(registry.connector(network), Capability.POLL)
        ]

    def _collect(self) -> None:
        for channel_id, future in list(self._running.items()):
            if future.done():
                del self._running[channel_id]
                self._due[channel_id] = clock.monotonic() + _pause_of(future)


def _pause_of(future: Future[float]) -> float:
    if error := future.exception():
        logger.error("a listener failed", exc_info=error)
        return _AFTER_FAILURE_SECONDS
    return future.result()


def _poll_in_thread(channel_id: int, stopping: threading.Event) -> float:
    try:
        return poll_once(channel_id, stopping)
    finally:
        connections.close_all()


def poll_once(channel_id: int, stopping: threading.Event | None = None) -> float:
    """Take in what is new on a channel; the seconds until it is asked again. Failures are noted on the channel."""
    channel = Channel.objects.get(pk=channel_id)
    connector = registry.connector(channel.network)
    reading: Reads = connector  # type: ignore[assignment] # declared POLL; a test in tests/house compares
    try:
        for batch in reading.poll(account_of(channel), channel.cursor):
            take_in(channel=channel, events=batch.events, cursor=batch.cursor, bad=batch.bad)
            if stopping is not None and stopping.is_set():
                break
    except NetworkError as error:
        return _note(channel_id, error)
    except Exception:  # a fault of ours; the channel says so where people look, and the log says which
        note_failure(channel_id=channel_id, code="channel.take_in_failed", words="", stop=False)
        raise
    return float(connector.limits.poll_seconds)


def _note(channel_id: int, error: NetworkError) -> float:
    """Keep the failure where people see it; a refusal and a lost token wait for a person, the rest is tried again."""
    stop = isinstance(error, NotAuthorised | Refused)
    words = error.words if isinstance(error, Refused) else str(error.params.get("reason", ""))
    note_failure(channel_id=channel_id, code=error.code, words=words, stop=stop)
    return max(error.seconds, 1.0) if isinstance(error, TryLater) else _AFTER_FAILURE_SECONDS
