"""The only place that asks what time it is, so that tests and practice can move the clock."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OFFSET_VARIABLE = "RESONANZ_CLOCK_OFFSET_SECONDS"


# Read once: intake asks for the time three times a post.
_OFFSET = timedelta(seconds=float(os.environ.get(OFFSET_VARIABLE, "0")))


def _system() -> datetime:
    return datetime.now(UTC) + _OFFSET


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


def today(zone: ZoneInfo) -> date:
    """The calendar day it is now for somebody in `zone`."""
    return now().astimezone(zone).date()


def monotonic() -> float:
    """Seconds that never run backwards; for spans and leases within one process, never stored."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait; a moved clock does not shorten it."""
    time.sleep(seconds)


@contextlib.contextmanager
def moved_to(moment: datetime | Callable[[], datetime]) -> Iterator[None]:
    """Within the block `now()` answers `moment`, or what `moment()` answers."""
    global _source
    before = _source
    _source = moment if callable(moment) else lambda: moment
    try:
        yield
    finally:
        _source = before
