"""The entrance of a machine at the edge: webhooks and whether it can store them; every other address is 404.

No page, no session and no static file is loaded here, so none can be reached (`resonanz web --webhooks-only`).
"""

from __future__ import annotations

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
django.setup()

from resonanz.web import webhooks  # noqa: E402 (models need the line above)

HEALTH = "/healthz"


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application that granian runs there."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif webhooks.is_for_us(scope["path"]):
        await webhooks.serve(scope, receive, send)
    elif scope["path"] == HEALTH:
        await webhooks.health(send)
    else:
        headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 404, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
