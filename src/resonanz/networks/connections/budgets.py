"""The budget of a channel: set by a person, held against what is spent, and foreseen at the pace so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum

from resonanz.accounts.models import User
from resonanz.networks.connections import spending
from resonanz.networks.connections.channels import change_settings
from resonanz.networks.connections.spending import AT_THE_END, BUDGET, STOP_ALL, Spent
from resonanz.networks.errors import Unsupported
from resonanz.networks.models import Channel, Spending

DAYS = 28
"""How many days back a chart shows: with five weeks, a day of the week and of the month could come twice."""
_TOO_EARLY = 20
"""Before this part of the period nothing is foreseen: one busy morning would become a month."""


def keep(*, channel_id: int, amount: Decimal, stops_all: bool, actor: User) -> None:
    """What the channel may use in a period, in dollars or units, and whether answers stop with it.

    Where the channels of a network share a budget, it is that of all. Raises ValueError, and Unsupported where nothing
    costs.
    """
    channel = Channel.objects.get(pk=channel_id)
    tariff = spending.tariff_of(channel.network)
    if tariff is None:
        raise Unsupported
    budget, end = {BUDGET: spending.typed_budget(amount, tariff)}, {AT_THE_END: STOP_ALL if stops_all else ""}
    sharing = Channel.objects.filter(network=channel.network) if tariff.is_shared else [channel]
    with transaction.atomic():  # all of them or none: of several budgets the lowest counts
        for pk in sorted(one.pk for one in sharing):
            change_settings(channel_id=pk, settings=budget | end if pk == channel_id else budget, actor=actor)


def by_day(*, channel: Channel, days: int = DAYS) -> list[tuple[date, int]]:
    """What was spent on each of the last days, this one included, as the network counts them."""
    tariff = spending.tariff_of(channel.network)
    if tariff is None:
        return []
    today = spending.today(tariff)
    shown = [today - timedelta(days=ago) for ago in reversed(range(days))]
    rows = Spending.objects.filter(day__gte=shown[0])
    rows = rows.filter(channel__network=channel.network) if tariff.is_shared else rows.filter(channel=channel)
    costs: Mapping[date, int] = dict(rows.values_list("day").annotate(Sum("cost")))
    return [(day, costs.get(day, 0)) for day in shown]


def foreseen(spent: Spent, now: datetime) -> int | None:
    """What it will be at the end of the period if it goes on like this; None where it is too early to say."""
    passed, whole = now - _began_at(spent), spent.anew_at - _began_at(spent)
    if passed < whole / _TOO_EARLY:
        return None
    return int(spent.cost * (whole / min(passed, whole)))


def ends_at(spent: Spent, now: datetime) -> datetime | None:
    """When the budget is used up at this pace; None where it lasts, is used up already, or it is too early to say."""
    whole = foreseen(spent, now)
    if whole is None or whole <= spent.budget or spent.is_used_up:
        return None
    return now + (now - _began_at(spent)) * ((spent.budget - spent.cost) / spent.cost)


def _began_at(spent: Spent) -> datetime:
    return datetime.combine(spent.began, time(), ZoneInfo(spent.tariff.zone))
