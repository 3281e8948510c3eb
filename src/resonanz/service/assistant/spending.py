"""What the machine may cost, and what it has: a month's budget in tokens and money, and only a few questions at a time.

Before it is asked, what the question may cost at most is set aside; after it, what it did cost is counted. Whoever dies
in between has spent what was set aside.
"""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum

from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.service.assistant.settings import THE_ONE
from resonanz.service.models import Assistant, AssistantCall, AssistantMonth

MOST_AT_ONCE = 2
COST_OF_A_CENT = 100 * 1_000_000
"""Costs are counted in tokens times hundredths of a cent a million tokens, so that nothing is ever rounded."""


class BudgetSpent(ResonanzError):
    """What the operator allowed for this month is spent."""

    code = "assistant.budget_spent"


class BusyHere(ResonanzError):
    """Colleagues are asking it right now."""

    code = "assistant.busy_here"


def month() -> date:
    """The month that is counted now."""
    return clock.today(ZoneInfo(settings.DEFAULT_TIME_ZONE)).replace(day=1)


def set_aside(*, tokens_in: int, tokens_out: int, seconds: float) -> AssistantCall:
    """Begin a question; raises BudgetSpent, BusyHere, Assistant.DoesNotExist."""
    now = clock.now()
    with transaction.atomic():
        allowed = Assistant.objects.select_for_update().get(pk=THE_ONE)
        _count_the_dead()
        under_way = AssistantCall.objects.count()
        if under_way >= MOST_AT_ONCE:
            raise BusyHere
        tokens, cost = tokens_in + tokens_out, _cost(allowed, tokens_in, tokens_out)
        spent = AssistantMonth.objects.filter(month=month()).first() or AssistantMonth(month=month())
        open_now = AssistantCall.objects.aggregate(tokens=Sum("tokens", default=0), cost=Sum("cost", default=0))
        if spent.tokens_in + spent.tokens_out + open_now["tokens"] + tokens > allowed.tokens_a_month:
            raise BudgetSpent
        if cost and spent.cost + open_now["cost"] + cost > allowed.cents_a_month * COST_OF_A_CENT:
            raise BudgetSpent
        ends = now + timedelta(seconds=seconds)
        return AssistantCall.objects.create(month=month(), ends_at=ends, tokens=tokens, cost=cost)


def settle(*, call: AssistantCall, tokens_in: int, tokens_out: int, milliseconds: int, failed: bool) -> None:
    """Count what a question did cost, once."""
    with transaction.atomic():
        allowed = Assistant.objects.select_for_update().get(pk=THE_ONE)
        if AssistantCall.objects.filter(pk=call.pk).delete()[0]:
            cost = _cost(allowed, tokens_in, tokens_out)
            _add(call.month, tokens_in, tokens_out, cost, milliseconds=milliseconds, failed=failed)


def spent_cents(counted: AssistantMonth) -> float:
    """The money of a month, in cents."""
    return counted.cost / COST_OF_A_CENT


def _cost(allowed: Assistant, tokens_in: int, tokens_out: int) -> int:
    return tokens_in * allowed.price_in + tokens_out * allowed.price_out


def _count_the_dead() -> None:
    for call in AssistantCall.objects.filter(ends_at__lt=clock.now() - timedelta(minutes=1)):
        call.delete()
        _add(call.month, call.tokens, 0, call.cost, milliseconds=0, failed=True)


def _add(of: date, tokens_in: int, tokens_out: int, cost: int, *, milliseconds: int, failed: bool) -> None:
    AssistantMonth.objects.get_or_create(month=of)
    AssistantMonth.objects.filter(month=of).update(
        asked=F("asked") + 1,
        failed=F("failed") + int(failed),
        tokens_in=F("tokens_in") + tokens_in,
        tokens_out=F("tokens_out") + tokens_out,
        cost=F("cost") + cost,
        milliseconds=F("milliseconds") + milliseconds,
    )
