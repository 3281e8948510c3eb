"""What was said on each day of a reader, and what became of it: counted from posts and answers.

A day's number and the list of that day (`listening.posts.stream`) count the same posts.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import TruncDate, TruncTime

from resonanz.core import clock
from resonanz.insights import answers, days, keeping
from resonanz.insights.answers import Became
from resonanz.listening import posts

SHOWN_DAYS = 14
USUAL_WEEKS = 4
_LEAST_WEEKS = 2


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the reader. `said` includes what wanted no answer; `became` is zero for who may not read cases."""

    day: date
    said: int
    became: Became = answers.NOTHING


@dataclass(frozen=True, slots=True)
class Said:
    """How much was said: the shown days, oldest first, the last one today; and what is usual by this time of day.

    `usual` is None before the same weekday was listened to at least twice.
    """

    days: tuple[Day, ...]
    usual: int | None

    @property
    def today(self) -> int:
        return self.days[-1].said


@dataclass(frozen=True, slots=True)
class Now:
    """What waits at this moment, what of it is late, and how many answers were sent today."""

    waiting: int
    late: int
    answered: int


def now(*, zone: ZoneInfo) -> Now:
    """The numbers of the start page that concern cases, in one query."""
    moment = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE answer_due_at < %s),"
            " (SELECT count(*) FROM service_outgoing WHERE state = 'SENT' AND sent_at >= %s)"
            " FROM service_case WHERE state = 'OPEN' AND answer_due_at IS NOT NULL",
            [moment, days.beginning(clock.today(zone), zone)],
        )
        return Now(*cursor.fetchone())


def said(*, zone: ZoneInfo) -> Said:
    """What was said on the shown days, without what became of it: what everybody who reads posts may know."""
    today = clock.today(zone)
    first = today - days.ONE_DAY * 7 * USUAL_WEEKS
    counts = keeping.counted(name="said", zone=zone, first=first, today=today, count=partial(_count_said, zone=zone))
    shown = [today - days.ONE_DAY * back for back in reversed(range(SHOWN_DAYS))]
    return Said(
        days=tuple(Day(day, counts.get(day, (0, 0))[0]) for day in shown),
        usual=_usual(today, {day: by_now for day, (_, by_now) in counts.items()}),
    )


def _count_said(first: date, last: date, *, zone: ZoneInfo) -> dict[date, tuple[int, int]]:
    """How much was said on each day, and how much of it up to the present time of day."""
    time_now = clock.now().astimezone(zone).time()
    wanted = posts.Wanted(since=days.beginning(first, zone), until=days.span(last, zone)[1])
    rows = (
        posts.narrowed(wanted=wanted)
        .order_by()
        .annotate(day=TruncDate("posted_at", tzinfo=zone), time=TruncTime("posted_at", tzinfo=zone))
        .values("day")
        .annotate(all=Count("id"), by_now=Count("id", filter=Q(time__lte=time_now)))
    )
    return {row["day"]: (row["all"], row["by_now"]) for row in rows}


def _usual(today: date, by_now: dict[date, int]) -> int | None:
    """The median of this weekday by this time, over the weeks that were listened to already."""
    earliest = min(by_now, default=today)
    weeks = [today - days.ONE_DAY * 7 * back for back in range(1, USUAL_WEEKS + 1)]
    known = [by_now.get(day, 0) for day in weeks if day >= earliest]
    return round(statistics.median(known)) if len(known) >= _LEAST_WEEKS else None


def answered(*, so_far: Said, zone: ZoneInfo) -> Said:
    """The same with what became of the posts that wanted an answer; only for who may read cases."""
    first, today = so_far.days[0].day, so_far.days[-1].day
    count = partial(answers.of_days, zone=zone)
    became = keeping.counted(name="answers", zone=zone, first=first, today=today, count=count)
    shown = (replace(one, became=became.get(one.day, answers.NOTHING)) for one in so_far.days)
    return replace(so_far, days=tuple(shown))
