"""The stream of notices to open browsers, as a raw ASGI function: neither a thread nor a connection per listener.

One connection per process listens to the database (`service.notices`); every stream has a short queue in memory. A
browser that does not read fast enough gets one notice to look again instead of all it missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections, connection
from django.http import HttpRequest, parse_cookie

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.service.notices import CHANNEL

PATH = "/stream/"
PING_SECONDS = 20.0
CHECK_SESSION_SECONDS = 60.0
LOOK_AGAIN = '{"again": true}'
_QUEUE_LENGTH = 50
_RECONNECT_SECONDS = 2.0
logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Notices:
    """Hands what the database notifies to every open stream of this process."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[str]] = set()
        self._listening: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def subscribed(self) -> Any:
        """A queue of notices for one stream; the first one starts the listening."""
        queue: asyncio.Queue[str] = asyncio.Queue(_QUEUE_LENGTH)
        self._queues.add(queue)
        if self._listening is None or self._listening.done():
            self.ready.clear()
            self._listening = asyncio.create_task(self._listen())
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    async def _listen(self) -> None:
        while self._queues:
            try:
                async with await psycopg.AsyncConnection.connect(**_address(), autocommit=True) as listener:
                    await listener.execute(f"LISTEN {CHANNEL}")
                    if self.ready.is_set():
                        self._tell(LOOK_AGAIN)  # the connection was lost for a while, and notices with it
                    self.ready.set()
                    async for notice in listener.notifies():
                        self._tell(notice.payload)
            except psycopg.OperationalError:
                logger.warning("the database is away; notices wait")
                await asyncio.sleep(_RECONNECT_SECONDS)

    def _tell(self, payload: str) -> None:
        for queue in self._queues:
            told = payload
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                told = LOOK_AGAIN
            queue.put_nowait(told)


_notices = Notices()
# Looking at a session needs the database for a moment; one thread serves any number of streams.
_sessions = ThreadPoolExecutor(1, thread_name_prefix="stream-session")


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """GET PATH as text/event-stream, for signed-in colleagues who may read cases; 403 for everybody else."""
    key = _session_key(scope)
    if scope["method"] != "GET" or not await _may_listen(key):
        await _answer(send, 403, b"text/plain; charset=utf-8")
        await send({"type": "http.response.body", "body": b"Sign in first."})
        return
    await _answer(send, 200, b"text/event-stream; charset=utf-8")
    gone = asyncio.ensure_future(_gone(receive))
    try:
        async for chunk in _chunks(key, gone):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _chunks(key: str, gone: asyncio.Future[None]) -> AsyncIterator[bytes]:
    """Notices and pings, until the browser leaves or its session ends."""
    loop = asyncio.get_running_loop()
    checked = loop.time()
    with _notices.subscribed() as queue:
        yield b"retry: 2000\n\n"
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_notices.ready.wait(), PING_SECONDS)
            yield b"event: ready\ndata: {}\n\n"
        while not gone.done():
            try:
                notice = await asyncio.wait_for(queue.get(), PING_SECONDS)
                yield b"event: notice\ndata: " + notice.encode() + b"\n\n"
            except TimeoutError:
                yield b"event: ping\ndata:\n\n"  # not a comment: the page hears it, and notices silence
            if loop.time() - checked > CHECK_SESSION_SECONDS:
                checked = loop.time()
                if not await _may_listen(key):
                    return


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _answer(send: Send, status: int, kind: bytes) -> None:
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": status, "headers": headers})


def _session_key(scope: Scope) -> str:
    """As pages read it: another program's odd cookie on the same host takes nothing away."""
    sent = [bytes(value).decode("latin-1") for name, value in scope["headers"] if bytes(name) == b"cookie"]
    return parse_cookie("; ".join(sent)).get(settings.SESSION_COOKIE_NAME, "")


async def _may_listen(key: str) -> bool:
    return bool(key) and await asyncio.get_running_loop().run_in_executor(_sessions, _session_may_listen, key)


def _session_may_listen(key: str) -> bool:
    """As Django's own middleware would decide, the hash of the session included."""
    close_old_connections()
    request = HttpRequest()
    request.session = SessionStore(key)
    user = get_user(request)
    return isinstance(user, User) and user.is_active and may(user, Act.READ_CASES)


def _address() -> dict[str, Any]:
    """Where Django's own connections go."""
    parameters = connection.get_connection_params()
    return {name: parameters[name] for name in ("host", "port", "user", "password", "dbname") if name in parameters}
