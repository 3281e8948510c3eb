"""What a person types about the budget of a channel."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.networks.connections.spending import AT_THE_END, STOP_ALL, as_amount, budget_of
from resonanz.networks.metering import Tariff, Unit
from resonanz.networks.models import Channel
from resonanz.web.wording import words

_MOST = 1_000_000_000


class BudgetForm(forms.Form):
    """How much may be used in a period, in dollars or units, and what stops when it is used up."""

    amount = forms.DecimalField(min_value=0, max_value=_MOST)
    at_the_end = forms.ChoiceField(
        label=_("When it is used up"),
        required=False,
        choices=[("", _("Reading stops, answers still go out")), (STOP_ALL, _("Reading and answering stop"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, tariff: Tariff, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["amount"]
        assert isinstance(field, forms.DecimalField)  # noqa: S101 (tells mypy what is declared above)
        field.label = words.word("budgets", f"{tariff.unit}.{tariff.period}")
        field.decimal_places = 2 if tariff.unit is Unit.MICRO_DOLLARS else 0
        field.widget.attrs |= {"step": "0.01" if field.decimal_places else "1"}

    @staticmethod
    def initial_of(channel: Channel, tariff: Tariff) -> dict[str, Any]:
        """What holds now, be it set or the usual."""
        amount = as_amount(budget_of(channel, tariff), tariff)
        places = Decimal("0.01") if tariff.unit is Unit.MICRO_DOLLARS else Decimal(1)
        return {"amount": amount.quantize(places), "at_the_end": channel.settings.get(AT_THE_END, "")}
