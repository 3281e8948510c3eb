"""The entrance: streams and webhooks as raw ASGI, everything else as pages in a bounded pool of threads.

Django's own ASGI handler takes a thread and a connection per request; a pool of threads with persistent connections
serves pages several times faster and bounds the connections (docs/decisions/0004-pages-in-bounded-threads.md).
"""

from __future__ import annotations

import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")

from django.core.wsgi import get_wsgi_application

pages = get_wsgi_application()

from resonanz.web import streams  # noqa: E402 (models need the line above)

PAGE_THREADS = 8
_threaded_pages: Any = WSGIMiddleware(cast(Any, pages), workers=PAGE_THREADS)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application that granian runs."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["path"] == streams.PATH:
        await streams.stream(scope, receive, send)
    else:
        await _page(scope, receive, send)


async def _page(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Granian's `receive` and `send` return awaitables; the bridge to threads wants coroutines."""

    async def receiving() -> Any:
        return await receive()

    async def sending(message: dict[str, Any]) -> None:
        await send(message)

    await _threaded_pages(scope, receiving, sending)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
