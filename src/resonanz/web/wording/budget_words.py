"""Words for what networks charge or ration: uses, budgets, and amounts as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from resonanz.networks.connections.spending import as_amount
from resonanz.networks.metering import Period, Tariff, Unit

Words = Mapping[str, Promise | str]

USES: Words = {
    "owned_read": _("Mentions, posts of our own, and what stands beside them"),
    "post_read": _("Posts that are searched for, looked at again or brought"),
    "user_read": _("Authors of posts that are searched for"),
    "media_read": _("Pictures and films beside them"),
    "reply": _("Answers"),
    "reply_with_link": _("Answers with an address in them"),
    "delete": _("What is deleted"),
    "hide": _("Answers of others hidden or shown again"),
    "read": _("Reading, each request"),
    "search": _("Searches"),
    "correct": _("Answers corrected"),
    "moderate": _("Comments held back or let through"),
}
BUDGETS: Words = {
    f"{Unit.MICRO_DOLLARS}.{Period.MONTH}": _("US dollars a month at most"),
    f"{Unit.MICRO_DOLLARS}.{Period.DAY}": _("US dollars a day at most"),
    f"{Unit.QUOTA}.{Period.MONTH}": _("Units a month at most"),
    f"{Unit.QUOTA}.{Period.DAY}": _("Units a day at most"),
}
KINDS_OF_BUDGET_WORDS: Mapping[str, Words] = {"uses": USES, "budgets": BUDGETS}
_CENT = 10_000


def amount(number: int, tariff: Tariff) -> str:
    """A number of the tariff's unit: "$4.12", "120 units". Less than a cent has its thousandth."""
    if tariff.unit is Unit.QUOTA:
        return ngettext("%(number)s unit", "%(number)s units", number) % {"number": _written(number, 0)}
    dollars = as_amount(number, tariff)
    return gettext("$%(amount)s") % {"amount": _written(dollars, 3 if number % _CENT else 2)}


def total(number: int, tariff: Tariff) -> str:
    """The same, rounded to cents where it is more than one."""
    if tariff.unit is Unit.MICRO_DOLLARS and number > _CENT:
        number = round(number / _CENT) * _CENT
    return amount(number, tariff)


def _written(value: object, places: int) -> str:
    return str(formats.number_format(value, places, use_l10n=True, force_grouping=True))  # type: ignore[arg-type]
