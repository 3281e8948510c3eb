"""The servers of a broker, as an operator names them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from resonanz.core.env import WrongSetting

_SETTING = "RESONANZ_STREAM"
_SCHEMES = {"nats", "tls"}


def servers(words: Sequence[str]) -> list[str]:
    """The addresses; raises WrongSetting, whose words repeat no password."""
    for number, word in enumerate(words, start=1):
        if not _is_address(word):
            problem = f"names no server as address {number}; it looks like nats://user:password@host:4222"
            raise WrongSetting(name=_SETTING, problem=problem)
    return list(words)


def _is_address(word: str) -> bool:
    try:
        parts = urlsplit(word)
        return parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
