"""Streams: what happens, as it happens, by server-sent events or, where a server has none, by WebSocket.

A connection carries one stream. Mastodon can carry many on one WebSocket, after messages that subscribe to them; but
GoToSocial ignores the hashtag in such a message, and others know no such messages, while the stream named in the
address is understood by all.
"""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from resonanz.core import clock
from resonanz.core.http_streams import NotStreaming, stream_lines, websocket_messages
from resonanz.networks.asking import failures, put_aside, refuse
from resonanz.networks.contract import Account, Batch, Event
from resonanz.networks.errors import NotAuthorised, Refused, Unsupported
from resonanz.networks.mastodon import client
from resonanz.networks.mastodon.reading import FAULTS, heard
from resonanz.networks.mastodon.server import Instance, instance_of
from resonanz.networks.mastodon.sources import TO_US, Source, sources_of
from resonanz.networks.mastodon.statuses import (
    Status,
    as_status,
    boosted,
    counted,
    deleted,
    edited,
    is_ours,
    names_us,
)
from resonanz.networks.mastodon.threads import Threads

_PATH = "/api/v1/streaming"
_LOOK_UP_SECONDS = 1.0
_GOODBYE_SECONDS = 2.0
_QUIET_SECONDS = 20.0
_MOST_WAITING = 100
_MOST_LINES = 16  # Mastodon sends one
_EMPTY = Batch((), None)

Stopping = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a stream: its name, and its payload as it came."""

    source: Source
    event: str
    payload: str


@dataclass(frozen=True, slots=True)
class _Ended:
    """A connection is over, for good (`error`) or because the server closed it."""

    error: Exception | None


_Happening = Told | _Ended | None  # None: the connection stands, and nothing happens


def stream(account: Account, stopping: Stopping) -> Iterator[Batch]:
    """Batches without a cursor, an empty one first and after every quiet spell; see contract.Streams."""
    sources = [source for source in sources_of(account) if source.stream]
    threads = Threads(account)
    with _Readers(account, _streaming_address(account), stopping) as readers:
        readers.start([source for source in sources if source.required])
        is_open = False
        while not stopping():
            happening = readers.next(seconds=_QUIET_SECONDS if is_open else None)
            if isinstance(happening, _Ended):
                if happening.error:
                    raise happening.error
                return
            yield _batch(happening, account, threads) if happening else _EMPTY
            if not is_open:
                readers.start([source for source in sources if not source.required])
                is_open = True


class _Readers:
    """A thread for each connection; all of them end with the block."""

    def __init__(self, account: Account, address: str, stopping: Stopping) -> None:
        self._account = account
        self._address = address
        self._stopping = stopping
        self._closed = threading.Event()
        self._happenings: queue.Queue[_Happening] = queue.Queue(_MOST_WAITING)
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> _Readers:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        until = clock.monotonic() + _GOODBYE_SECONDS
        for thread in self._threads:  # one that is just connecting may take longer; it then ends by itself
            thread.join(max(until - clock.monotonic(), 0.0))

    def start(self, sources: list[Source]) -> None:
        """Listen to these, too."""
        for source in sources:
            thread = threading.Thread(target=self._read, args=(source,), name=f"stream-{source.stream}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def next(self, *, seconds: float | None) -> _Happening:
        """What happens next, None if nothing does for so long; without a limit the opening of a stream, or its end."""
        until = clock.monotonic() + seconds if seconds is not None else None
        while not self._is_over():
            with contextlib.suppress(queue.Empty):
                return self._happenings.get(timeout=_LOOK_UP_SECONDS)
            if until is not None and clock.monotonic() >= until:
                return None
        return _Ended(None)

    def _is_over(self) -> bool:
        return self._closed.is_set() or self._stopping()

    def _read(self, source: Source) -> None:
        error: Exception | None = None
        try:
            with closing(_told(self._account, self._address, source, self._is_over)) as told:
                for happening in told:
                    if happening or source.required:
                        self._put(happening)
        except Exception as caught:  # noqa: BLE001 (whatever it is, the one who waits for this thread must hear of it)
            error = caught
        if source.required or not isinstance(error, Unsupported):
            self._put(_Ended(error))
        # A timeline that the server does not stream is polled all the same, so its end ends nothing else.

    def _put(self, happening: _Happening) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                self._happenings.put(happening, timeout=1.0)
                return


def _told(account: Account, address: str, source: Source, stopping: Stopping) -> Generator[Told | None, None, None]:
    try:
        yield from _by_sse(account, address, source, stopping)
    except Unsupported:
        yield from _by_websocket(account, address, source, stopping)


def _by_sse(account: Account, address: str, source: Source, stopping: Stopping) -> Generator[Told | None, None, None]:
    path = "/".join([_PATH, *source.stream.split(":")])
    url = f"{address}{path}" + (f"?{urlencode({'tag': source.tag})}" if source.tag else "")
    event, data = "", list[str]()
    with _stream_failures(), closing(stream_lines(url, headers=_token(account), stopping=stopping)) as lines:
        for line in lines:
            if line is None or line.startswith(":"):  # a heartbeat
                yield None
            elif not line:
                if event or data:
                    yield Told(source, event, "\n".join(data))
                event, data = "", []
            elif line.startswith("event:"):
                event = line.removeprefix("event:").strip()
            elif line.startswith("data:") and len(data) < _MOST_LINES:
                data.append(line.removeprefix("data:").removeprefix(" "))


def _by_websocket(
    account: Account, address: str, source: Source, stopping: Stopping
) -> Generator[Told | None, None, None]:
    question = {"stream": source.stream, **({"tag": source.tag} if source.tag else {})}
    url = f"ws{address.removeprefix('http')}{_PATH}?"
    try:
        yield from _messages(url + urlencode(question), _token(account), source, stopping)
    except Unsupported:
        # The older way, which some servers know alone. The address stands in the server's log, which is why it is the
        # second choice; the server knows the token anyway.
        yield from _messages(url + urlencode({**question, "access_token": account.secret}), {}, source, stopping)


def _messages(
    url: str, headers: dict[str, str], source: Source, stopping: Stopping
) -> Generator[Told | None, None, None]:
    with _stream_failures(), closing(websocket_messages(url, headers=headers, stopping=stopping)) as messages:
        for message in messages:
            yield None if message is None else _unwrapped(message, source)


def _unwrapped(message: str, source: Source) -> Told:
    """The event in a message; what is none keeps its text, to be put aside."""
    try:
        found = json.loads(message)
        payload = found.get("payload", "")
        return Told(source, str(found["event"]), payload if isinstance(payload, str) else json.dumps(payload))
    except (*FAULTS, RecursionError):
        return Told(source, "unreadable", message)


@contextlib.contextmanager
def _stream_failures() -> Iterator[None]:
    """No stream to be had here is Unsupported, whatever the reason; the poll goes on, and says so if the token is gone.

    Mastodon's streaming server answers 401 also to a token that is only too weak for this stream. A server may also
    name an address for its streams that we do not ask.
    """
    try:
        with failures(reads=True):
            try:
                yield
            except NotStreaming as error:
                with contextlib.suppress(NotAuthorised):
                    refuse(error.answer, reads=True)
                raise Unsupported(status=error.answer.status) from error
    except Refused as error:
        raise Unsupported from error


def _batch(told: Told, account: Account, threads: Threads) -> Batch:
    try:
        return Batch(tuple(_events(told, account, threads)), None)
    except (*FAULTS, RecursionError) as error:
        return Batch((), None, (put_aside(told.payload, error),))


def _events(told: Told, account: Account, threads: Threads) -> list[Event]:
    match told.event:
        case "update":
            return _update(_status(told.payload), told.source, account, threads)
        case "notification":
            notification = _object(told.payload)
            if notification.get("type") not in TO_US:
                return []
            return heard(as_status(notification.get("status")), account, threads, addressed=True)
        case "status.update" | "status_update":
            status = _status(told.payload)
            return [edited(status, account), counted(status, account)]
        case "delete":
            return [deleted(_id_in(told.payload), account)]
        case "unreadable":
            raise ValueError(told.event)
    return []


def _update(status: Status, source: Source, account: Account, threads: Threads) -> list[Event]:
    """The account's own stream carries also what those it follows say; that is no more ours to hear than a poll's."""
    to_us = is_ours(status, account) or names_us(status, account)
    if source.stream == "user" and not to_us and boosted(status) is None:
        return []
    return heard(status, account, threads, by_chance=source.by_chance)


def _status(payload: str) -> Status:
    return as_status(json.loads(payload))


def _object(payload: str) -> Status:
    found = json.loads(payload)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _id_in(payload: str) -> str:
    native_id = payload.strip().strip('"')
    if not native_id:
        raise ValueError("no id")
    return native_id


def _token(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.secret}"}


def _streaming_address(account: Account) -> str:
    """Where the server streams: it may name another host, but none that is reached less safely than itself."""
    ours = client.base(account)
    try:
        instance: Instance = instance_of(ours, account.secret)
    except (Refused, Unsupported):
        return ours
    named = urlsplit(instance.streaming)
    scheme = {"wss": "https", "ws": "http"}.get(named.scheme, named.scheme)
    if named.netloc == urlsplit(ours).netloc:
        scheme = urlsplit(ours).scheme  # GoToSocial says wss also where it speaks without TLS
    if not named.netloc or scheme not in {"https", urlsplit(ours).scheme}:
        return ours
    return f"{scheme}://{named.netloc}{named.path.rstrip('/').removesuffix(_PATH)}"
