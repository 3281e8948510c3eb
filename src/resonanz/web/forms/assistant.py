"""What is typed about the machine that drafts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.service.assistant.settings import Written
from resonanz.service.models import Assistant
from resonanz.web.wording import words

_IN_EURO = Decimal(10_000)  # hundredths of a cent
_MOST_TOKENS = 2_000_000_000


def _money(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=100_000, decimal_places=4, initial=0, **more)


class AssistantForm(forms.Form):
    """Address, model and key; who processes the posts, where, by which contract; what is included; what it may cost."""

    endpoint = forms.CharField(
        max_length=500, label=_("Address"),
        help_text=_("Of a server that speaks the protocol of OpenAI, up to /v1. http:// only in-house."),
    )  # fmt: skip
    model = forms.CharField(max_length=200, label=_("Model"))
    key = forms.CharField(
        max_length=500, required=False, label=_("Key"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Kept encrypted and never shown again. Empty leaves the one there is."),
    )  # fmt: skip
    no_key = forms.BooleanField(required=False, label=_("It needs no key: forget the one there is"))
    processor = forms.CharField(max_length=200, required=False, label=_("Processor"), help_text=_("Who runs it."))
    place = forms.ChoiceField(required=False, label=_("Place"))
    address = forms.CharField(max_length=300, required=False, label=_("Town and country"))
    contract_on = forms.DateField(
        label=_("Date of the contract"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The data processing agreement (Art. 28 GDPR); in-house, the day it was decided."),
    )  # fmt: skip
    with_private = forms.BooleanField(required=False, label=_("Private messages may be told to it"))
    with_sensitive = forms.BooleanField(
        required=False, label=_("Posts on sensitive matters may be told to it"),
        help_text=_("Health, belief, politics, origin, love, unions, children, accidents, lawyers."),
    )  # fmt: skip
    tokens_a_month = forms.IntegerField(
        min_value=0, max_value=_MOST_TOKENS, initial=2_000_000, label=_("Tokens a month at most")
    )
    money_a_month = _money(_("Euros a month at most"))
    price_in = _money(_("Euros for a million tokens told to it"))
    price_out = _money(_("Euros for a million tokens it says"), help_text=_("0 where nobody asks for money."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
        place.choices = [("", "–"), *words.choices("places")]

    @staticmethod
    def initial_of(known: Assistant) -> dict[str, Any]:
        """What is recorded, the key never."""
        names = ("endpoint", "model", "processor", "place", "address", "contract_on", "with_private",
                 "with_sensitive", "tokens_a_month")  # fmt: skip
        prices = {name: _plain(Decimal(getattr(known, name)) / _IN_EURO) for name in ("price_in", "price_out")}
        money = _plain(Decimal(known.cents_a_month) / 100)
        return {**{name: getattr(known, name) for name in names}, **prices, "money_a_month": money}

    def written(self) -> Written:
        """What was typed, for the room."""
        typed = self.cleaned_data
        names = ("endpoint", "model", "processor", "place", "address", "contract_on", "with_private",
                 "with_sensitive", "tokens_a_month")  # fmt: skip
        return Written(
            **{name: typed[name] for name in names},
            key="" if typed["no_key"] else typed["key"] or None,
            cents_a_month=int(typed["money_a_month"] * 100),
            price_in=int(typed["price_in"] * _IN_EURO),
            price_out=int(typed["price_out"] * _IN_EURO),
        )


def _plain(amount: Decimal) -> str:
    """Without zeros that say nothing."""
    return f"{amount.normalize():f}"
