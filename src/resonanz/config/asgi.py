"""The entrance: streams and webhooks as raw ASGI, everything else as pages in a bounded pool of threads.

Django's own ASGI handler takes a thread and a connection per request; a pool of threads with persistent connections
serves pages several times faster and bounds the connections (docs/decisions/0004-pages-in-bounded-threads.md).
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from typing import Any, cast

from a2wsgi import WSGIMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")

from django.core.wsgi import get_wsgi_application

pages = get_wsgi_application()

from resonanz.guidelines.checks import running  # noqa: E402 (models need the line above)
from resonanz.web import entrance_refusals, streams, webhooks  # noqa: E402 (as above)

PAGE_THREADS = 8
# A page waits for a dozen answers of the database. After each it would wait five milliseconds more, Python's own
# measure, while another thread draws.
sys.setswitchinterval(0.0005)
# A body is read before a thread is taken: eight people who send slowly must not keep everybody waiting.
MOST_BODY = 5 * 1024 * 1024
MOST_WITH_PICTURES = 16 * 1024 * 1024
_WITH_PICTURES = re.compile(r"/inbox/[0-9]+/(?:pictures|reply)/|/capture/(?:shared/)?")
BODY_SECONDS = 30.0
_threaded_pages: Any = WSGIMiddleware(cast(Any, pages), workers=PAGE_THREADS)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application that granian runs."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["path"] == streams.PATH:
        await streams.stream(scope, receive, send)
    elif webhooks.is_for_us(scope["path"]):
        await webhooks.serve(scope, receive, send)
    else:
        await _page(scope, receive, send)


async def _page(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """A page in a thread of the pool, once the whole request is here.

    Granian's `receive` and `send` return awaitables; the bridge to threads wants coroutines.
    """
    try:
        body = await asyncio.wait_for(_whole_body(receive, _most_body(scope["path"])), BODY_SECONDS)
    except _GoneAway:
        return None
    except TimeoutError:
        return await _refuse(send, 408)
    if body is None:
        return await _refuse(send, 413)

    async def receiving() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def sending(message: dict[str, Any]) -> None:
        await send(message)

    await _threaded_pages(scope, receiving, sending)
    return None


class _GoneAway(Exception):
    """The connection ended within the body."""


def _most_body(path: str) -> int:
    return MOST_WITH_PICTURES if _WITH_PICTURES.fullmatch(path) else MOST_BODY


async def _whole_body(receive: Any, most: int) -> bytes | None:
    """The body of a request, whole: half a form could be half an answer. None when it is larger than is read."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneAway
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            return None
    return bytes(body)


async def _refuse(send: Any, status: int) -> None:
    headers, body = entrance_refusals.refusal(status)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            threading.Thread(target=running.make_ready, name="checks", daemon=True).start()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
