"""What networks say is left of how much may be asked of them, gathered while a channel is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from resonanz.networks import rates

_gathered: ContextVar[list[int] | None] = ContextVar("limits_left", default=None)


@contextmanager
def gathering() -> Iterator[list[int]]:
    """What answers say within the block, in hundredths, in their order; empty where the network says nothing."""
    told: list[int] = []
    before = _gathered.set(told)
    try:
        yield told
    finally:
        _gathered.reset(before)


def hear(headers: Mapping[str, str]) -> None:
    """Keep what the answer with these headers says, if somebody gathers it."""
    told, percent = _gathered.get(), rates.left(headers)
    if told is not None and percent is not None:
        told.append(percent)
