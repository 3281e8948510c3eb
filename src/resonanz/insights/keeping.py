"""Counts of days that took long are kept for a minute, in each process.

Today is always counted anew. Where counting is quick, which is wherever a person could count along, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.core.cache import caches

from resonanz.core import clock

Counts = TypeVar("Counts")

KEPT_SECONDS = 60
SLOW_SECONDS = 0.05


def counted(
    *, name: str, zone: ZoneInfo, first: date, today: date, count: Callable[[date, date], dict[date, Counts]]
) -> dict[date, Counts]:
    """What `count(first, today)` says, its finished days perhaps as of a minute ago."""
    key = f"insights.{name}.{zone.key}.{first}.{today}"
    kept = caches["process"]
    finished: dict[date, Counts] | None = kept.get(key)
    if finished is not None:
        return finished | count(today, today)
    began = clock.monotonic()
    found = count(first, today)
    if clock.monotonic() - began > SLOW_SECONDS:
        kept.set(key, {day: told for day, told in found.items() if day < today}, KEPT_SECONDS)
    return found
