"""The door for webhooks, as a raw ASGI function: no session, no form token, no page, and threads of their own.

A network waits for its answer, and takes us off its list where that comes late or not at all. So a delivery is checked,
stored and answered here and read elsewhere (`pipeline.arrivals`); slow pages do not delay it, nor does it delay pages.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from django.db import DatabaseError, close_old_connections, connection

from resonanz.networks.connections.webhook_keys import PATH
from resonanz.networks.rates import Buckets, Rate
from resonanz.networks.webhooks import Proof
from resonanz.pipeline import receiving
from resonanz.pipeline.receiving import Received

T = TypeVar("T")

THREADS = 4
MOST_OPEN = 64
"""Requests at once in one process: each may hold a body in memory."""
BODY_SECONDS = 10.0
MOST_HEADERS = 100
RATE = Rate(times=6_000, seconds=10.0)
"""Per address and process; nobody who is genuine comes near it, and no other address suffers from one that does."""
_MOST_QUERY = 4_000
_NOTHING = Proof("")
_STATUS = {
    Received.STORED: 200,
    Received.KNOWN: 200,
    Received.FORGED: 403,
    Received.TOO_LARGE: 413,
    Received.TOO_MANY_LINES: 413,
    Received.NUMBER_TAKEN: 409,
    Received.NOT_LISTENING: 503,
    Received.NOBODY: 404,
}
_TOLD = {
    Received.TOO_LARGE: "The body is too large. Send fewer lines in more batches, each with the next number.",
    Received.TOO_MANY_LINES: "Too many lines. Send fewer lines in more batches, each with the next number.",
    Received.NUMBER_TAKEN: "Another batch came with this number. Send this one with the next number.",
    Received.NOT_LISTENING: "Nobody listens at the moment. Keep the batch and send it again later, as it is.",
}
"""What a program that signs well, or whose body is too large to look, may know of why: docs/provider.md."""
_LATER = b"900"
logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class _Door:
    """What one process holds: its threads, how many are inside, and how often each address was asked."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")
        self.rates = Buckets(RATE)
        self.inside = 0


_door = _Door()


class _Refused(Exception):
    """The request is answered with `status`, and why where `received` has words for it."""

    def __init__(self, status: int, *headers: tuple[bytes, bytes], received: Received | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.headers = list(headers)
        self.proof = _told(received)


def is_for_us(path: str) -> bool:
    """Whether the address is that of a webhook."""
    return path.startswith(PATH)


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request: a delivery (POST) or a network's question (GET). A stranger is told nothing but a number."""
    _door.inside += 1
    try:
        proof = await _served(scope, receive)
    except _Refused as refused:
        await _answer(send, refused.status, refused.proof, headers=refused.headers)
    except DatabaseError:
        logger.warning("the database is away; a network was asked to bring its delivery again")
        await _answer(send, 503, headers=[(b"retry-after", b"10")])
    except ConnectionError:
        pass
    else:
        await _answer(send, 200, proof)
    finally:
        _door.inside -= 1


async def health(send: Send) -> None:
    """200 where deliveries can be stored, else 503."""
    try:
        await _in_thread(_look)
    except DatabaseError:
        await _answer(send, 503)
    else:
        await _answer(send, 200)


async def _served(scope: Scope, receive: Receive) -> Proof:
    key = scope["path"].removeprefix(PATH)
    if seconds := _door.rates.wait(key[:64]):
        raise _Refused(429, (b"retry-after", str(int(seconds) + 1).encode()))
    if _door.inside > MOST_OPEN:
        raise _Refused(503, (b"retry-after", b"1"))
    if scope["method"] == "GET":
        return await _proved(key, scope)
    if scope["method"] != "POST":
        raise _Refused(405, (b"allow", b"GET, POST"))
    headers = _headers(scope)
    body = await _body(receive, headers)
    received = await _in_thread(lambda: receiving.receive(key=key, headers=headers, body=body))
    if (status := _STATUS[received]) != 200:
        later = [(b"retry-after", _LATER)] if received is Received.NOT_LISTENING else []
        raise _Refused(status, *later, received=received)
    return _NOTHING


def _told(received: Received | None) -> Proof:
    if received is None or received not in _TOLD:
        return _NOTHING
    return Proof(json.dumps({"error": received.value, "help": _TOLD[received]}) + "\n", "application/json")


async def _proved(key: str, scope: Scope) -> Proof:
    query = bytes(scope["query_string"])
    if len(query) > _MOST_QUERY:
        raise _Refused(414)
    asked = dict(parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True))
    proof = await _in_thread(lambda: receiving.prove(key=key, asked=asked))
    if proof is None:
        raise _Refused(404)
    return proof


def _headers(scope: Scope) -> dict[str, str]:
    """By their names in small letters; of several with one name the first."""
    found: dict[str, str] = {}
    for name, value in scope["headers"][:MOST_HEADERS]:
        found.setdefault(bytes(name).decode("latin-1").lower(), bytes(value).decode("latin-1"))
    return found


async def _body(receive: Receive, headers: dict[str, str]) -> bytes:
    most, declared = receiving.most_bytes(), headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared[:20]) > most:
        raise _Refused(413, (b"connection", b"close"), received=Received.TOO_LARGE)
    try:
        return await asyncio.wait_for(_whole(receive, most), BODY_SECONDS)
    except TimeoutError:
        raise _Refused(408, (b"connection", b"close")) from None


async def _whole(receive: Receive, most: int) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            raise _Refused(413, (b"connection", b"close"), received=Received.TOO_LARGE)
    return bytes(body)


async def _in_thread(work: Callable[[], T]) -> T:
    def within() -> T:
        close_old_connections()
        return work()

    return await asyncio.get_running_loop().run_in_executor(_door.threads, within)


def _look() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


async def _answer(
    send: Send, status: int, proof: Proof = _NOTHING, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    body = proof.body.encode()
    told = [
        (b"content-type", proof.content_type.encode("latin-1")),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *(headers or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
