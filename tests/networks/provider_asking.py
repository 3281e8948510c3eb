"""A provider as docs/provider.md asks it to be, for tests: lines, and the headers with which it signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from resonanz.core import clock


def line(native_id: str, text: str = "Wann kommt mein Rad?", **more: Any) -> dict[str, Any]:
    """A post of a forum that names nobody of us, but is meant for us."""
    return {
        "type": "posted",
        "network": "forum",
        "origin": "forum.example",
        "id": native_id,
        "author": {"id": f"u-{native_id}", "handle": f"ada{native_id}", "name": "Ada Berg"},
        "text": text,
        "posted_at": "2026-11-20T09:30:00+01:00",
        "addressed": True,
    } | more


def batch(*lines: dict[str, Any] | str) -> bytes:
    """The body that holds these lines; what is text already goes as it is."""
    return "".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in lines).encode()


def headers(key_id: str, secret: str, number: int | str, body: bytes, *, at: datetime | None = None) -> dict[str, str]:
    """As a provider writes them, from the description alone."""
    time = str(int((at or clock.now()).timestamp()))
    signed = f"v1.{key_id}.{time}.{number}.".encode() + body
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return {
        "resonanz-key": key_id,
        "resonanz-time": time,
        "resonanz-batch": str(number),
        "resonanz-signature": f"v1={signature}",
    }
