"""What comes about by itself, in another thread or process, is waited for."""

from __future__ import annotations

from collections.abc import Callable

from resonanz.core import clock


def eventually(is_so: Callable[[], object], seconds: float = 15.0) -> None:
    """Return once it is so; fail if it is not within so many seconds."""
    until = clock.monotonic() + seconds
    while not is_so():
        assert clock.monotonic() < until, "it did not come about"
        clock.sleep(0.02)
