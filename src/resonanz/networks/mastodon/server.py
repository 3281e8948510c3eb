"""What a server says of itself: its name, its rules, and where it streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from resonanz.core import text
from resonanz.core.http import Answer
from resonanz.networks.errors import TryLater
from resonanz.networks.mastodon import client

_MOST_RULES = 100


@dataclass(frozen=True, slots=True)
class Instance:
    """`domain` is what it says its accounts bear, not always where it answers; "" and 0 where it does not say."""

    domain: str
    title: str
    streaming: str
    rules: int
    text_length: int


def instance_of(server: str, token: str = "") -> Instance:
    """The server's own description, of the present kind or, from older servers, the former. Raises a NetworkError."""
    answer = _at_present(server, token) or client.ask("GET", f"{server}/api/v1/instance", token=token)
    return _read(client.object_in(client.accepted(answer)))


def _at_present(server: str, token: str) -> Answer | None:
    """The description of the present kind, None where there is none, or where a server stumbles over its own."""
    try:
        answer = client.ask("GET", f"{server}/api/v2/instance", token=token)
    except TryLater as later:
        if later.params["reason"] != "http.500":
            raise
        return None
    return answer if 200 <= answer.status < 300 else None


def _read(found: dict[str, Any]) -> Instance:
    configuration = _object(found.get("configuration"))
    streaming = _object(configuration.get("urls")).get("streaming") or _object(found.get("urls")).get("streaming_api")
    most = _object(configuration.get("statuses")).get("max_characters") or found.get("max_toot_chars")
    rules = found.get("rules")
    return Instance(
        domain=_line(found.get("domain")) or _line(found.get("uri")).split("://")[-1].strip("/"),
        title=_line(found.get("title")),
        streaming=_line(streaming),
        rules=min(len(rules), _MOST_RULES) if isinstance(rules, list) else 0,
        text_length=most if isinstance(most, int) else 0,
    )


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _line(value: object) -> str:
    return " ".join(text.clean(value, most=255).split()) if isinstance(value, str) else ""
