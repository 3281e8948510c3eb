"""What the entrance answers before any page is asked: in both languages, for it knows nothing of the reader."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation


@cache
def refusal(status: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body for a request that is too large (413) or came too slowly (408)."""
    languages = [code for code, _name in settings.LANGUAGES]
    with translation.override(languages[0]):
        body = render_to_string("web/refused.html", {"status": status, "languages": languages}).encode()
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-length": str(len(body)),
        "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "connection": "close",
    }
    return [(name.encode(), value.encode()) for name, value in headers.items()], body
