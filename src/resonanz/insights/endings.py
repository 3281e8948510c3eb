"""How cases ended of late, summed up: thanked, turned, silent, left. Never by colleague, never by team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from resonanz.core import clock
from resonanz.insights import days
from resonanz.service.models import Aftermath, Outcome

SHOWN_DAYS = 28
"""Four weeks, so that every weekday counts as often."""


@dataclass(frozen=True, slots=True)
class Endings:
    """How many cases ended how from `first` until now; an outcome that did not come about is 0."""

    first: date
    counts: Mapping[Outcome, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def endings(*, zone: ZoneInfo) -> Endings:
    """How the cases of the last SHOWN_DAYS ended, today among them, in one query."""
    rows = _since(_beginning(zone)).values("outcome").annotate(count=Count("case_id"))
    found = {row["outcome"]: row["count"] for row in rows}
    return Endings(_first(zone), {outcome: found.get(outcome.value, 0) for outcome in Outcome})


def behind(*, outcome: Outcome, zone: ZoneInfo) -> QuerySet[Aftermath]:
    """The cases behind one of the numbers, newest first."""
    rows = _since(_beginning(zone)).filter(outcome=outcome).select_related("post", "case__channel", "case__identity")
    return rows.order_by("-at", "-case_id")


def _first(zone: ZoneInfo) -> date:
    return clock.today(zone) - days.ONE_DAY * (SHOWN_DAYS - 1)


def _beginning(zone: ZoneInfo) -> datetime:
    return days.beginning(_first(zone), zone)


def _since(moment: datetime) -> QuerySet[Aftermath]:
    return Aftermath.objects.filter(at__gte=moment).order_by()
