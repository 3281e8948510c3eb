"""What a channel costs at a network that charges or rations, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from resonanz.accounts.access import Act
from resonanz.core import clock
from resonanz.insights import charts
from resonanz.networks.connections import budgets, spending
from resonanz.networks.connections.spending import AT_THE_END, STOP_ALL, Spent
from resonanz.networks.metering import Period, Tariff
from resonanz.networks.models import Channel
from resonanz.web import times
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.budget import BudgetForm
from resonanz.web.permissions import page
from resonanz.web.views.today import CHART_SCRIPT
from resonanz.web.wording.budget_words import amount, total


@dataclass(frozen=True, slots=True)
class Price:
    """What one kind of use costs, how often it was used in this period, and what that was."""

    use: str
    each: str
    times: int
    cost: str


@dataclass(frozen=True, slots=True)
class DayShown:
    """What was spent on a day of the network."""

    day: date
    cost: int
    shown: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a channel's page tells of its budget, in words. `foreseen` and `ends` are "" where nobody can say."""

    spent: Spent
    tariff: Tariff
    used: str
    budget: str
    percent: int
    anew: str
    foreseen: str
    ends: str
    stops_all: bool
    is_daily: bool
    prices: tuple[Price, ...]
    days: tuple[DayShown, ...]
    chart: charts.Spec | None
    chart_script: str
    form: BudgetForm

    @property
    def bar(self) -> int:
        """The percent, as far as a bar goes."""
        return min(self.percent, 100)


def shown(channel: Channel) -> Shown | None:
    """What its page tells; None where the network charges and rations nothing."""
    spent = spending.spent(channel=channel)
    if spent is None:
        return None
    tariff, now = spent.tariff, clock.now()
    foreseen, ends = budgets.foreseen(spent, now), budgets.ends_at(spent, now)
    moment = times.exact if tariff.period is Period.DAY else times.day
    days = tuple(DayShown(day, cost, total(cost, tariff)) for day, cost in budgets.by_day(channel=channel))
    return Shown(
        spent=spent,
        tariff=tariff,
        used=total(spent.cost, tariff),
        budget=total(spent.budget, tariff),
        percent=spent.percent,
        anew=moment(spent.anew_at),
        foreseen=total(foreseen, tariff) if foreseen is not None and spent.cost else "",
        ends=moment(ends) if ends else "",
        stops_all=channel.settings.get(AT_THE_END) == STOP_ALL,
        is_daily=tariff.period is Period.DAY,
        prices=_prices(spent),
        days=days,
        chart=_chart(days),
        chart_script=CHART_SCRIPT,
        form=BudgetForm(tariff, initial=BudgetForm.initial_of(channel, tariff)),
    )


@page(Act.MANAGE_CHANNELS)
@require_POST
def change_budget(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Let a channel use more, or less."""
    channel = get_object_or_404(Channel, pk=channel_id)
    tariff = spending.tariff_of(channel.network)
    if tariff is None:
        raise Http404
    form = BudgetForm(tariff, request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("channel", channel_id)
    typed: dict[str, Any] = form.cleaned_data
    actor = signed_in(request)
    attempt(
        request,
        lambda: budgets.keep(
            channel_id=channel_id, amount=typed["amount"], stops_all=typed["at_the_end"] == STOP_ALL, actor=actor
        ),
        done=_("Saved. It applies within seconds."),
    )
    return redirect("channel", channel_id)


def _prices(spent: Spent) -> tuple[Price, ...]:
    """Those that were used first, then the others."""
    used = {one.use: one for one in spent.uses}
    order = [*used, *(use for use in spent.tariff.prices if use not in used)]
    return tuple(
        Price(
            use=use,
            each=amount(spent.tariff.prices.get(use, 0), spent.tariff),
            times=used[use].times if use in used else 0,
            cost=total(used[use].cost, spent.tariff) if use in used else "",
        )
        for use in order
    )


def _chart(days: tuple[DayShown, ...]) -> charts.Spec | None:
    """Nothing to draw where nothing was spent."""
    if not any(day.cost for day in days):
        return None
    return charts.costs_chart(days=[(day.day, day.cost) for day in days], label=times.weekday)
