"""Which guideline a page is about: the company's, a brand's, or the part for all employees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from resonanz.accounts.models import Brand
from resonanz.guidelines.in_force import COMPANY
from resonanz.guidelines.models import Guideline, Part


@dataclass(frozen=True, slots=True)
class Series:
    """The company's (0) or a brand's, and the part; `name` is what people read."""

    series: int
    part: str
    name: str

    @property
    def query(self) -> str:
        """What an address needs to stay with it."""
        named = {"brand": self.series or "", "part": self.part if self.part != Part.OFFICIAL else ""}
        filled = {name: value for name, value in named.items() if value}
        return "?" + urlencode(filled) if filled else ""

    @property
    def is_for_employees(self) -> bool:
        """Whether it speaks to all employees about their own accounts."""
        return self.part == Part.EMPLOYEES


@dataclass(frozen=True, slots=True)
class Tab:
    """One place to go to."""

    name: str
    address: str
    is_here: bool


def all_series() -> list[Series]:
    """The company's, one for each brand, and the part for all employees."""
    brands = [Series(brand.pk, Part.OFFICIAL, brand.name) for brand in Brand.objects.order_by("name")]
    company = Series(COMPANY, Part.OFFICIAL, _("In the company's name"))
    return [company, *brands, Series(COMPANY, Part.EMPLOYEES, _("For all employees"))]


def chosen(asked: QueryDict, *, among: Sequence[Series]) -> Series:
    """The one that the address or the form names, else the company's."""
    for one in among:
        if asked.get("brand", "") in {str(one.series), *([""] if not one.series else [])} and one.part == (
            asked.get("part") or Part.OFFICIAL
        ):
            return one
    return among[0]


def of(guideline: Guideline, *, among: Sequence[Series]) -> Series:
    """The one that a version belongs to; that of a removed brand has only a number left."""
    for one in among:
        if (one.series, one.part) == (guideline.series, guideline.part):
            return one
    return Series(guideline.series, guideline.part, _("Removed brand"))


def several(here: Series, *, among: Sequence[Series], page: str) -> list[Tab]:
    """The same page of each of them."""
    return [Tab(one.name, reverse(page) + one.query, one == here) for one in among]


def pages(request: HttpRequest, here: Series) -> list[Tab]:
    """The pages around the guideline, for those who write it."""
    known = [
        (_("Read"), "guideline"),
        (_("Versions"), "guideline_versions"),
        (_("Who has read it"), "guideline_register"),
        (_("Links for employees"), "guideline_readers"),
        (_("Try it on the past"), "guideline_simulator"),
        (_("Target groups"), "groups"),
        (_("Moderation ledger"), "ledger"),
    ]
    return [
        Tab(name, reverse(page) + (here.query if page not in ("groups", "ledger") else ""), _is_here(request, page))
        for name, page in known
    ]


def _is_here(request: HttpRequest, page: str) -> bool:
    here = request.resolver_match.view_name if request.resolver_match else ""
    family = {"guideline": {"guideline"}, "guideline_versions": {"guideline_versions", "guideline_version"}}
    return here in family.get(page, {page})
