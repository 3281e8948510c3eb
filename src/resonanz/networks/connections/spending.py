"""What channels spend at networks that charge or ration: counted by day, held against a budget, shown.

Counting is one statement that adds, so processes do not lose each other's counts. Reading stops where the next thing to
read would exceed the budget; two processes that ask at the same moment can exceed it by what both asked for.
"""

from __future__ import annotations

import calendar
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection
from django.db.models import QuerySet, Sum

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.networks.metering import FREE, PLENTY, Costs, Meter, Period, Tariff, Unit
from resonanz.networks.models import Channel, Spending

BUDGET, AT_THE_END = "budget", "without_budget"
"""Settings of a channel: how much it may use, in the unit of its network, and what stops when that is used up."""
STOP_ALL = "stop_all"
WARNS_AT = 80
KEEP_DAYS = 400
_MICRO = 1_000_000
_MOST = 10**15
_ADD = """
    INSERT INTO networks_spending (channel_id, day, use, times, cost) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (channel_id, day, use) DO UPDATE
    SET times = networks_spending.times + EXCLUDED.times, cost = networks_spending.cost + EXCLUDED.cost
"""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Used:
    """How often something was used, and what that cost."""

    use: str
    times: int
    cost: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What a channel, or all of a network that share a budget, used since the period began on `began`."""

    tariff: Tariff
    budget: int
    cost: int
    began: date
    anew_at: datetime
    uses: tuple[Used, ...]
    days: tuple[tuple[date, int], ...]

    @property
    def percent(self) -> int:
        """The share of the budget that is used, rounded down; a budget of nothing is used up."""
        return self.cost * 100 // self.budget if self.budget else 100

    @property
    def is_low(self) -> bool:
        """Whether it is time to say so."""
        return self.percent >= WARNS_AT

    @property
    def is_used_up(self) -> bool:
        """Whether nothing more is read that costs."""
        return self.percent >= 100


def meter_of(channel: Channel) -> Meter:
    """The meter that a connector is given with its account."""
    tariff = tariff_of(channel.network)
    return FREE if tariff is None else ChannelMeter(channel, tariff)


def tariff_of(network: str) -> Tariff | None:
    """What the network charges; None where it charges nothing."""
    connector = registry.connector(network)
    if not able(connector, Capability.COSTS):
        return None
    costs: Costs = connector  # type: ignore[assignment] # declared COSTS; a test in tests/house compares
    return costs.tariff


class ChannelMeter:
    """The meter of one channel at one network (`metering.Meter`)."""

    def __init__(self, channel: Channel, tariff: Tariff) -> None:
        self._channel = channel
        self._tariff = tariff

    def count(self, use: str, times: int = 1) -> None:
        """Add to this day's counts."""
        if times < 1:
            return
        cost = times * self._tariff.prices[use]
        try:
            with connection.cursor() as cursor:
                cursor.execute(_ADD, [self._channel.pk, today(self._tariff), use, times, cost])
        except DatabaseError:
            logger.exception("what channel %s used was not counted", self._channel.pk)

    def affords(self, use: str) -> int:
        """What is left of the budget, by the price of this use."""
        price = self._tariff.prices[use]
        left = budget_of(self._channel, self._tariff) - _cost_since(self._channel, self._tariff)
        return max(left // price, 0) if price else PLENTY

    def until_anew(self) -> timedelta:
        """Until the first moment of the next period, where the network is."""
        return anew_at(self._tariff) - clock.now()

    def lets_answer(self) -> bool:
        """Unless the channel is set to stop altogether, and its budget is used up."""
        if self._channel.settings.get(AT_THE_END) != STOP_ALL:
            return True
        return _cost_since(self._channel, self._tariff) < budget_of(self._channel, self._tariff)


def spent(*, channel: Channel) -> Spent | None:
    """What it has used in this period; None at a network that charges nothing."""
    tariff = tariff_of(channel.network)
    if tariff is None:
        return None
    rows = _counted(channel, tariff)
    uses = rows.values_list("use").annotate(all_times=Sum("times"), all_cost=Sum("cost")).order_by("-all_cost", "use")
    days = rows.values_list("day").annotate(all_cost=Sum("cost")).order_by("day")
    return Spent(
        tariff=tariff,
        budget=budget_of(channel, tariff),
        cost=_cost_since(channel, tariff),
        began=_began(tariff),
        anew_at=anew_at(tariff),
        uses=tuple(Used(*row) for row in uses),
        days=tuple(days),
    )


def budget_of(channel: Channel, tariff: Tariff) -> int:
    """What the channel may use in a period, in the tariff's unit; its default where none, or nonsense, is set.

    Of channels that share a budget the lowest counts: one that was connected later has none of its own.
    """
    sharing = Channel.objects.filter(network=channel.network) if tariff.is_shared else [channel]
    budgets = [budget for one in sharing if (budget := _budget_in(one)) is not None]
    return min(budgets, default=tariff.budget)


def typed_budget(amount: Decimal, tariff: Tariff) -> str:
    """An amount that a person typed, dollars or units, as it is kept in the settings. Raises ValueError."""
    whole = amount * _MICRO if tariff.unit is Unit.MICRO_DOLLARS else amount
    if not whole.is_finite() or not 0 <= whole <= _MOST:
        raise ValueError(amount)
    return str(int(whole.to_integral_value()))


def as_amount(number: int, tariff: Tariff) -> Decimal:
    """A number of the tariff's unit as people read it: dollars, or units."""
    return Decimal(number) / _MICRO if tariff.unit is Unit.MICRO_DOLLARS else Decimal(number)


def today(tariff: Tariff) -> date:
    """The day that it is where the network counts."""
    return clock.now().astimezone(ZoneInfo(tariff.zone)).date()


def anew_at(tariff: Tariff) -> datetime:
    """When the budget begins anew."""
    began = _began(tariff)
    days = 1 if tariff.period is Period.DAY else calendar.monthrange(began.year, began.month)[1]
    return datetime.combine(began + timedelta(days=days), time(), ZoneInfo(tariff.zone)).astimezone(UTC)


def delete_due(day: date, limit: int) -> int:
    """Delete up to `limit` counts that are more than a year old."""
    due = Spending.objects.filter(day__lt=day - timedelta(days=KEEP_DAYS)).order_by("day", "pk")
    return Spending.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()[0]


def _budget_in(channel: Channel) -> int | None:
    typed = str(channel.settings.get(BUDGET, ""))
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= len(str(_MOST)) else None


def _counted(channel: Channel, tariff: Tariff) -> QuerySet[Spending]:
    rows = Spending.objects.filter(day__gte=_began(tariff))
    return rows.filter(channel__network=channel.network) if tariff.is_shared else rows.filter(channel=channel)


def _cost_since(channel: Channel, tariff: Tariff) -> int:
    return _counted(channel, tariff).aggregate(cost=Sum("cost"))["cost"] or 0


def _began(tariff: Tariff) -> date:
    day = today(tariff)
    return day if tariff.period is Period.DAY else day.replace(day=1)
