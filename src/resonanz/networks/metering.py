"""What using a network costs, as data, and the meter that counts it: money where one sells, units where one rations.

A connector whose capabilities hold COSTS declares a `tariff`, and says to the meter of the account, `Account.meter`,
what it used; before it reads it asks how much more the budget affords. It knows nothing of where that is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from resonanz.networks.errors import TryLater, Unsupported

PLENTY = 1_000_000
"""What is afforded where nothing is counted."""


class Unit(StrEnum):
    """In what a network reckons. Money in whole millionths, so that nothing is lost by rounding."""

    MICRO_DOLLARS = "MICRO_DOLLARS"
    QUOTA = "QUOTA"


class Period(StrEnum):
    """For how long a budget is meant, before it begins anew."""

    DAY = "DAY"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Tariff:
    """What each use of a network costs, in `unit`, by the names that its connector counts by.

    `budget`: what a channel may use in a period until somebody sets another. `zone`: where a day of the network begins.
    `is_shared`: all channels of the network draw on one budget, because the network rations the application and not the
    account. `source` and `as_of`: where the prices stand, and when they were read there.
    """

    unit: Unit
    period: Period
    budget: int
    prices: Mapping[str, int]
    source: str
    as_of: date
    zone: str = "UTC"
    is_shared: bool = False


class BudgetUsedUp(TryLater):
    """The budget is used up; it begins anew in `seconds`."""

    code = "network.budget_used_up"


class AnswersStopped(Unsupported):
    """The budget is used up, and answers stop with it: whoever wants to say it does so by hand."""

    code = "network.budget_stops_answers"


class Meter(Protocol):
    """Counts for one account. What is counted is shared by all processes."""

    def count(self, use: str, times: int = 1) -> None:
        """It was used so often. Never raises: what was said or read already is not lost for its bill."""
        ...

    def affords(self, use: str) -> int:
        """How often more it may be used for reading, in this period."""
        ...

    def until_anew(self) -> timedelta:
        """How long until the budget begins anew."""
        ...

    def lets_answer(self) -> bool:
        """Whether answers go out: they do, also without budget, unless somebody wants them to stop with it."""
        ...


class Free:
    """The meter of what costs nothing."""

    def count(self, use: str, times: int = 1) -> None:
        """Nothing."""

    def affords(self, use: str) -> int:
        """Plenty."""
        return PLENTY

    def until_anew(self) -> timedelta:
        """At once."""
        return timedelta()

    def lets_answer(self) -> bool:
        """Always."""
        return True


FREE = Free()


class Costs(Protocol):
    """Capability.COSTS."""

    tariff: Tariff


def most_affordable(meter: Meter, use: str, *, most: int, least: int = 1) -> int:
    """How many may be asked for at once, `most` at most; raises BudgetUsedUp where fewer than `least` are afforded."""
    affordable = meter.affords(use)
    if affordable < least:
        raise BudgetUsedUp(meter.until_anew().total_seconds(), "")
    return min(most, affordable)
