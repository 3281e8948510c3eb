"""Weekly periods: {"5": [["00:00", "24:00"]]} is every Saturday; {} is always. Plain Python.

Monday is 0, and "24:00" the end of the day. Times are those on the wall, so a change of the clock moves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from resonanz.core.errors import ResonanzError

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
Stored = Mapping[str, Sequence[Sequence[str]]]


class TimesInvalid(ResonanzError):
    """These are no weekly periods."""

    code = "times.invalid"


@dataclass(frozen=True, slots=True)
class Weekly:
    """Spans of minutes since Monday 00:00, sorted and apart from each other; none is always."""

    spans: tuple[tuple[int, int], ...] = ()

    @property
    def minutes(self) -> int:
        """How much of the week they cover."""
        return sum(end - start for start, end in self.spans) if self.spans else WEEK_MINUTES

    def has(self, minute: int) -> bool:
        """Whether a minute of the week lies in them."""
        return not self.spans or any(start <= minute < end for start, end in self.spans)


ALWAYS = Weekly()


def read(stored: Stored) -> Weekly:
    """Periods as they are stored; raises TimesInvalid. One that ends before it begins reaches into the next day."""
    spans: list[tuple[int, int]] = []
    for day, periods in stored.items():
        if day not in {"0", "1", "2", "3", "4", "5", "6"}:
            raise TimesInvalid
        for period in periods:
            spans += _spans(int(day) * DAY_MINUTES, period)
    return Weekly(_joined(spans))


def minute_of_week(at: datetime) -> int:
    """Of a moment as the wall shows it."""
    return at.weekday() * DAY_MINUTES + at.hour * 60 + at.minute


def slots(every: Iterable[Weekly]) -> list[tuple[int, int]]:
    """The week in pieces within which nothing begins and nothing ends, midnight included."""
    edges = {day * DAY_MINUTES for day in range(8)} | {edge for one in every for span in one.spans for edge in span}
    ordered = sorted(edges)
    return list(pairwise(ordered))


def _spans(day: int, period: Sequence[str]) -> list[tuple[int, int]]:
    if len(period) != 2:
        raise TimesInvalid
    start, end = _minutes(period[0]), _minutes(period[1])
    if start in (end, DAY_MINUTES):
        raise TimesInvalid
    if start < end:
        return [(day + start, day + end)]
    over = (day + DAY_MINUTES) % WEEK_MINUTES
    return [(day + start, day + DAY_MINUTES), *([(over, over + end)] if end else [])]


def _minutes(clock: str) -> int:
    found = _CLOCK.fullmatch(clock) if isinstance(clock, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    if minutes > DAY_MINUTES:
        raise TimesInvalid
    return minutes


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
