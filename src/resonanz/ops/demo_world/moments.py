"""When a line of the demo world was said, so that at the start some are late, some are soon due, whatever the hour."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from resonanz.ops.demo_world.lines import Line

OPENS, CLOSES = time(8, 0), time(20, 0)
WORKING_DAYS = range(6)
LATE = (25, 70, 190)
"""By so many minutes those are overdue that are late at the start."""
SOON = (9, 18, 29, 41, 54)
OPEN_FROM, OPEN_UNTIL = 66, 236
FURTHEST_PAST = timedelta(days=15)
_FURTHEST_MINUTES = 4 * 24 * 60
_AROUND = timedelta(hours=6)
_DAY = re.compile(r"-(\d{1,2})d (\d\d):(\d\d)")

Due = Callable[[datetime], datetime]


def business_hours(*, start: datetime, zone: ZoneInfo) -> dict[str, list[list[str]]]:
    """Monday to Saturday, eight to eight, and the hours around the start, so that something can be due then."""
    hours = {str(day): [(OPENS, CLOSES)] for day in WORKING_DAYS}
    begins, ends = (start - _AROUND).astimezone(zone), (start + _AROUND).astimezone(zone)
    if begins.date() == ends.date():
        _add(hours, begins.date(), begins.time(), ends.time())
    else:
        _add(hours, begins.date(), begins.time(), time(23, 59))
        _add(hours, ends.date(), time(0, 0), ends.time())
    return {day: [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in periods] for day, periods in sorted(hours.items())}


def _add(hours: dict[str, list[tuple[time, time]]], day: date, opens: time, closes: time) -> None:
    """One more period on a weekday; periods that touch become one."""
    opens, closes = opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0)
    merged: list[tuple[time, time]] = []
    for period in sorted([*hours.get(str(day.weekday()), []), (opens, closes)]):
        if merged and period[0] <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], period[1]))
        else:
            merged.append(period)
    hours[str(day.weekday())] = merged


def moments(lines: Sequence[Line], *, start: datetime, zone: ZoneInfo, due: Due) -> dict[str, datetime]:
    """When each line of the past was said, by id; `due` says when a post of a moment is to be answered."""
    found = {line.id: _past(line, start, zone) for line in lines if line.at or line.ago is not None}
    return found | _waiting(lines, start, due)


def _past(line: Line, start: datetime, zone: ZoneInfo) -> datetime:
    if line.ago is not None:
        return start - timedelta(minutes=line.ago)
    match = _DAY.fullmatch(line.at)
    if match is None:
        raise ValueError(line.at)
    days, hour, minute = (int(part) for part in match.groups())
    day = start.astimezone(zone).date() - timedelta(days=days)
    return datetime.combine(day, time(hour, minute), tzinfo=zone)


def _waiting(lines: Sequence[Line], start: datetime, due: Due) -> dict[str, datetime]:
    """Those that wait at the start, each with its own time until it is due."""
    found: dict[str, datetime] = {}
    for kind in ("late", "soon", "open"):
        waiting = [line.id for line in lines if line.due == kind]
        for place, line_id in enumerate(waiting):
            found[line_id] = said_for(start + timedelta(minutes=_minutes(kind, place, len(waiting))), start, due)
    return found


def _minutes(kind: str, place: int, count: int) -> float:
    """From the start until it is due."""
    if kind == "late":
        return -float(LATE[place % len(LATE)])
    if kind == "soon":
        return float(SOON[place % len(SOON)])
    return OPEN_FROM + (OPEN_UNTIL - OPEN_FROM) * place / max(count - 1, 1)


def said_for(wanted: datetime, start: datetime, due: Due) -> datetime:
    """The latest moment before the start whose post is due by `wanted`. Later posts are never due earlier."""
    near, far = 1, _FURTHEST_MINUTES
    while near < far:
        middle = (near + far) // 2
        if due(start - timedelta(minutes=middle)) <= wanted:
            far = middle
        else:
            near = middle + 1
    return start - timedelta(minutes=near)
