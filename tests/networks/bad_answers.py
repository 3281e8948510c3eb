"""Answers that are none: servers, proxies and walls give them by mistake, and hostile ones on purpose."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

from tests.networks.loopback_server import Answer
from tests.networks.spoiling_front import Ask, Spoiling

HOUR = 3600.0
JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html"}
PAGE = b"<!doctype html><title>Wartung</title><h1>Gleich wieder da</h1>"


@dataclass(frozen=True, slots=True)
class Bad:
    """`seconds`: how long it asks us to wait, where it does."""

    spoiling: Spoiling
    seconds: float | None = None


def always(status: int, headers: dict[str, str], body: bytes) -> Spoiling:
    """The same, whatever was asked."""
    return lambda _ask: (status, headers, body)


def cut_in_half(ask: Ask) -> Answer:
    """Half of the true answer, as if it were whole."""
    status, headers, body = ask()
    return status, headers, body[: len(body) // 2]


BAD: dict[str, Bad] = {
    "429 for an hour": Bad(always(429, {"Retry-After": "3600", **JSON}, b"{}"), HOUR),
    "503": Bad(always(503, HTML, PAGE)),
    "500": Bad(always(500, HTML, PAGE)),
    "html": Bad(always(200, HTML, PAGE)),
    "wall": Bad(always(403, HTML, PAGE)),
    "empty": Bad(always(200, JSON, b"")),
    "null": Bad(always(200, JSON, b"null")),
    "empty object": Bad(always(200, JSON, b"{}")),
    "empty list": Bad(always(200, JSON, b"[]")),
    "cut in half": Bad(cut_in_half),
    "no text": Bad(always(200, JSON, b'{"data": "\xff\xfe"}')),
    "bottomless": Bad(always(200, JSON, b"[" * 200_000)),
    "redirect inside": Bad(always(302, {"Location": "http://127.0.0.1:1/admin"}, b"")),
    "too large": Bad(always(200, {"Content-Encoding": "gzip", **JSON}, gzip.compress(b" " * 11_000_000))),
    "hung up": Bad(lambda _ask: None),
}
"""By name. A server that says "wrong" in words of its own is one for each network."""
