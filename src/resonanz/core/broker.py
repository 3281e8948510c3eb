"""The broker between processes on many machines: NATS JetStream. Nothing else of the product talks to it.

Parcels lie on lanes. A lane gives out one parcel at a time, the next after that one was `done`; so its order is kept
however many take from it. The client is asyncio; it lives in a thread of its own, and what is offered here may be
called from every thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.client import JetStreamContext
from nats.js.errors import BadRequestError, NotFoundError

from resonanz.core import clock
from resonanz.core.errors import ResonanzError

LANES = 16
KEPT = timedelta(days=7)
"""After so long a parcel that nobody took is gone."""
MOST_BYTES = 900_000
"""Of one parcel; a server takes a mebibyte with its headers, unless its operator says otherwise."""
_NO_TWICE_SECONDS = 600.0
_ANSWER_SECONDS = 2.0
_ALIVE_SECONDS = 0.3  # of the time that a parcel may be out, after which to say that we are at it
_FIRST_LOOK, _LAST_LOOK = 0.02, 0.2
_AGAIN_SECONDS = 0.25
_NO_PEERS = 10005  # err_code of JSClusterNoPeersErrF: as long as a server that is to hold a copy is not there
_ASK_NANOSECONDS = 10_000_000
_NOTHING = {"404", "408", "409"}
"""What a server says when this time is over: the lane is empty by now, or has a parcel out."""
logger = logging.getLogger(__name__)
T = TypeVar("T")


class BrokerAway(ResonanzError):
    """No majority of the servers answers; what was to be sent may be sent again."""

    code = "broker.away"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something for a lane. Of two with the same `key` within ten minutes one is kept. At most `MOST_BYTES`."""

    lane: int
    key: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Backlog:
    """What lies on all lanes: how many parcels, the number of the oldest, and that of the latest ever sent."""

    count: int
    first: int
    last: int


class Arrived:
    """A parcel that is out to us: nobody else gets it, or what comes after it on its lane, until it is done or late."""

    def __init__(self, broker: Broker, message: Msg, alive: asyncio.Task[None]) -> None:
        self.data = message.data
        self.tries = message.metadata.num_delivered
        self._broker, self._message, self._alive = broker, message, alive

    def done(self) -> None:
        """It is taken in and needs to be kept no longer."""
        self._broker._settle(self._message.ack(), self._alive)

    def later(self, seconds: float) -> None:
        """Not now; its lane waits with it."""
        self._broker._settle(self._message.nak(delay=seconds), self._alive)


def _is_final(error: Exception) -> bool:
    """Whether asking again is of no use. Servers that have not found each other yet say 400, too."""
    return isinstance(error, BadRequestError) and error.err_code != _NO_PEERS


class Broker:
    """A connection to the servers, made when it is first needed and again whenever it breaks.

    A parcel lies on three servers where so many are named, which bear the loss of one; else on one, for two would bear
    none. `out_seconds`: after so long without a sign of life from who took a parcel, somebody else gets it. `patience`:
    how long to try before BrokerAway.
    """

    def __init__(
        self, servers: Sequence[str], *, name: str = "resonanz", out_seconds: float = 30.0, patience: float = 15.0
    ) -> None:
        self._servers, self._name = list(servers), name
        self._copies = 3 if len(self._servers) >= 3 else 1
        self._out_seconds, self._patience = out_seconds, patience
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="broker", daemon=True)
        self._thread.start()
        self._client: Client | None = None
        self._connecting = asyncio.Lock()
        self._latest = 0

    def send(self, parcels: Sequence[Parcel]) -> int:
        """Leave the parcels, each lane's in their order; the number of the last one once a majority confirmed all.

        Raises BrokerAway, after which some of them may lie there; to send them again does no harm.
        """
        return self._wait(self._send(parcels))

    def take(self, stopping: Callable[[], bool]) -> Arrived | None:
        """The next parcel of any lane, each in its turn; waits for one. None when `stopping()`. Raises BrokerAway."""
        pause = _FIRST_LOOK
        while not stopping():
            if arrived := self._wait(self._look()):
                return arrived
            clock.sleep(pause)
            pause = min(pause * 1.5, _LAST_LOOK)
        return None

    def backlog(self) -> Backlog:
        """What waits. Raises BrokerAway."""
        return self._wait(self._patient(self._backlog))

    def oldest(self) -> datetime | None:
        """When the oldest of what waits was sent; None where nothing waits. Raises BrokerAway."""
        return self._wait(self._patient(self._oldest))

    def empty(self) -> None:
        """Throw away all that waits. Raises BrokerAway."""
        self._wait(self._patient(self._empty))

    def close(self) -> None:
        """Leave; what is out to us goes to somebody else."""
        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result(_ANSWER_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_ANSWER_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _settle(self, word: Coroutine[Any, Any, None], alive: asyncio.Task[None]) -> None:
        """A word about a parcel that does not arrive brings the parcel again, so nothing is made of it."""
        self._wait(self._settled(word, alive))

    async def _settled(self, word: Coroutine[Any, Any, None], alive: asyncio.Task[None]) -> None:
        alive.cancel()
        with contextlib.suppress(NatsError, TimeoutError):
            await word
            if self._client:
                await self._client.flush(timeout=int(_ANSWER_SECONDS))

    async def _patient(self, work: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        """Try again while the servers elect, restart or cannot be reached, as long as patience goes."""
        until = clock.monotonic() + self._patience
        while True:
            try:
                return await work(await self._connected(until))
            except (NatsError, OSError, TimeoutError) as error:
                if isinstance(error, NotFoundError):
                    self._forget()
                if clock.monotonic() >= until or _is_final(error):
                    logger.warning("the broker does not answer (%s)", type(error).__name__)
                    raise BrokerAway(reason=type(error).__name__) from error
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _connected(self, until: float) -> Client:
        async with self._connecting:
            if self._client and not self._client.is_closed:
                return self._client
            most = max(until - clock.monotonic(), _ANSWER_SECONDS)
            client = await asyncio.wait_for(
                nats.connect(
                    self._servers, name="resonanz", connect_timeout=2, max_reconnect_attempts=-1,
                    reconnect_time_wait=0.2, error_cb=_noted, allow_reconnect=True,
                ),
                most,
            )  # fmt: skip
            try:
                await self._prepare(_streams(client))
            except BaseException:
                await client.close()
                raise
            self._client = client
            return client

    def _forget(self) -> None:
        """The stream is gone (a server began anew): make it again with the next attempt."""
        client, self._client = self._client, None
        if client:
            self._loop.create_task(client.close())

    async def _prepare(self, js: JetStreamContext) -> None:
        wanted = StreamConfig(
            name=self._name, subjects=[f"{self._name}.lane.*"], retention=RetentionPolicy.WORK_QUEUE,
            storage=StorageType.FILE, num_replicas=self._copies, max_age=KEPT.total_seconds(),
            discard=DiscardPolicy.NEW, duplicate_window=_NO_TWICE_SECONDS,
        )  # fmt: skip
        try:
            found = await js.stream_info(self._name)
            if (found.config.num_replicas or 1) < self._copies:  # servers were added; to take some away is not for us
                await js.update_stream(wanted)
            if found.state.consumer_count == LANES:
                return
        except NotFoundError:
            await js.add_stream(wanted)
        for lane in range(LANES):
            await js.add_consumer(
                self._name,
                ConsumerConfig(
                    durable_name=f"lane-{lane}", filter_subject=self._subject(lane), ack_policy=AckPolicy.EXPLICIT,
                    ack_wait=self._out_seconds, max_ack_pending=1,
                ),
            )  # fmt: skip

    def _subject(self, lane: int) -> str:
        return f"{self._name}.lane.{lane}"

    async def _send(self, parcels: Sequence[Parcel]) -> int:
        last = 0
        for parcel in parcels:  # one after the other: what is confirmed later must not lie first

            async def leave(client: Client, parcel: Parcel = parcel) -> int:
                confirmed = await _streams(client).publish(
                    self._subject(parcel.lane), parcel.data, stream=self._name, headers={"Nats-Msg-Id": parcel.key}
                )
                return int(confirmed.seq)

            last = await self._patient(leave)
        return last

    async def _look(self) -> Arrived | None:
        for lane in await self._patient(self._lanes_with_parcels):
            if message := await self._patient(partial(self._ask, lane)):
                self._latest = lane
                return Arrived(self, message, self._loop.create_task(self._keep_alive(message)))
        return None

    async def _lanes_with_parcels(self, client: Client) -> list[int]:
        """Those after the latest one first, so that each has its turn; some may have theirs out already."""
        info = await _streams(client).stream_info(self._name, subjects_filter=f"{self._name}.lane.*")
        lanes = [int(subject.rpartition(".")[2]) for subject in info.state.subjects or {}]
        return sorted(lanes, key=lambda lane: (lane - self._latest - 1) % LANES)

    async def _ask(self, lane: int, client: Client) -> Msg | None:
        wanted = json.dumps({"batch": 1, "expires": _ASK_NANOSECONDS}).encode()
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._name}.lane-{lane}"
        # A parcel comes under its own subject: the client's shared inbox would not know whose answer it is.
        message = await client.request(subject, wanted, timeout=_ANSWER_SECONDS, old_style=True)
        status = (message.headers or {}).get("Status", "")
        if status and status not in _NOTHING:
            raise NatsError(status)
        return message if message.reply else None

    async def _keep_alive(self, message: Msg) -> None:
        while True:
            await asyncio.sleep(self._out_seconds * _ALIVE_SECONDS)
            with contextlib.suppress(NatsError):
                await message.in_progress()

    async def _backlog(self, client: Client) -> Backlog:
        state = (await _streams(client).stream_info(self._name)).state
        return Backlog(count=state.messages, first=state.first_seq, last=state.last_seq)

    async def _oldest(self, client: Client) -> datetime | None:
        streams = _streams(client)
        state = (await streams.stream_info(self._name)).state
        if not state.messages:
            return None
        try:
            return (await streams.get_msg(self._name, seq=state.first_seq)).time
        except NotFoundError:  # taken at this moment
            return None

    async def _empty(self, client: Client) -> None:
        await _streams(client).purge_stream(self._name)

    async def _leave(self) -> None:
        if self._client:
            await self._client.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0.05)  # the client closes its sockets behind our back


def _streams(client: Client) -> JetStreamContext:
    return client.jetstream(timeout=_ANSWER_SECONDS)


async def _noted(error: Exception) -> None:
    """What goes wrong in the connection itself; it is made again, so nobody has to read more than its kind."""
    logger.debug("the connection to the broker: %s", type(error).__name__)
