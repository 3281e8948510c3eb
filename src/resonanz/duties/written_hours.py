"""Hours as people write them: "9-12, 13:30-17", "22-2", and back. Plain Python."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from resonanz.core.errors import ResonanzError
from resonanz.duties.targets import MIDNIGHT, minute_of

Stored = list[list[str]]
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*(?:h|uhr))?"
_PERIOD = re.compile(rf"\s*{_TIME}\s*(?:-|–|—|bis|to)\s*{_TIME}\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;\n]|\bund\b|\band\b", re.IGNORECASE)
MOST_PERIODS = 12


class HoursUnreadable(ResonanzError):
    """What was written is no period; `written` is the piece that could not be read."""

    code = "hours.unreadable"


class HoursOverlap(ResonanzError):
    """Two periods of one day overlap."""

    code = "hours.overlap"


def read_week(*, written: Mapping[int, str]) -> dict[str, Stored]:
    """A week as stored, from a line for each day (Monday is 0). A period past midnight goes on with the next day.

    Raises HoursUnreadable and HoursOverlap, each with the `day` (0 to 6).
    """
    days: dict[int, list[tuple[int, int]]] = {day: [] for day in range(7)}
    for day, line in sorted(written.items()):
        for opens, closes in _periods(line, day):
            days[day].append((opens, min(closes, MIDNIGHT)))
            if closes > MIDNIGHT:
                days[(day + 1) % 7].append((0, closes - MIDNIGHT))
    return {str(day): _stored(periods, day) for day, periods in days.items() if periods}


def read_day(*, written: str) -> Stored:
    """The periods of one day, which end with it. Raises HoursUnreadable and HoursOverlap."""
    periods = _periods(written, 0)
    if any(closes > MIDNIGHT for _, closes in periods):
        raise HoursUnreadable(written=written.strip(), day=0)
    return _stored(periods, 0)


def write(*, periods: Sequence[Sequence[str]]) -> str:
    """One day as people read it: "09:00–12:00, 13:00–17:00"."""
    return ", ".join(f"{opens}–{closes}" for opens, closes in periods)


def minutes_of(*, periods: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """The periods of one day in minutes, to draw them."""
    return [(minute_of(opens), minute_of(closes)) for opens, closes in periods]


def _periods(line: str, day: int) -> list[tuple[int, int]]:
    pieces = [piece for piece in _BETWEEN.split(line) if piece.strip()]
    if len(pieces) > MOST_PERIODS:
        raise HoursUnreadable(written=line.strip()[:80], day=day)
    return [_period(piece, day) for piece in pieces]


def _period(piece: str, day: int) -> tuple[int, int]:
    """A period that ends before it begins ends on the next day."""
    found = _PERIOD.fullmatch(piece)
    if found is None:
        raise HoursUnreadable(written=piece.strip()[:80], day=day)
    opens = _minute(found[1], found[2], piece, day)
    closes = _minute(found[3], found[4], piece, day)
    if opens in (closes, MIDNIGHT):
        raise HoursUnreadable(written=piece.strip()[:80], day=day)
    return opens, closes if closes > opens else closes + MIDNIGHT


def _minute(hours: str, minutes: str | None, piece: str, day: int) -> int:
    found = int(hours) * 60 + int(minutes or 0)
    if found > MIDNIGHT or int(minutes or 0) > 59:
        raise HoursUnreadable(written=piece.strip()[:80], day=day)
    return found


def _stored(periods: list[tuple[int, int]], day: int) -> Stored:
    """In order; what touches becomes one, and only then is it looked for overlaps."""
    joined: list[tuple[int, int]] = []
    for opens, closes in sorted(periods):
        if joined and opens < joined[-1][1]:
            raise HoursOverlap(day=day)
        if joined and opens == joined[-1][1]:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    return [[_clock(opens), _clock(closes)] for opens, closes in joined]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
