"""What a person types about colleagues, teams and their own preferences."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.models import Role, Team
from resonanz.web.wording import words


class ColleagueForm(forms.Form):
    """Somebody who works here, or shall."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Email address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), initial=Role.AGENT)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.order_by("name"), label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(label=_("May sign in"), required=False, initial=True)
    reads_employee_names = forms.BooleanField(
        label=_("Neutral person"),
        required=False,
        help_text=_(
            "Gets the cases in which employees are named, and may read the names. Everybody else sees them hidden."
        ),
    )
    connects_accounts = forms.BooleanField(
        label=_("Connects accounts"),
        required=False,
        help_text=_(
            "May connect the company’s accounts at networks for which IT has done its part, and sees how channels are. "
            "Administration may anyway."
        ),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
        role.choices = [
            (code, f"{name} – {words.word('roles_explained', code)}") for code, name in words.choices("roles")
        ]
        for name in ("is_active", "reads_employee_names", "connects_accounts") if is_new else ("email",):
            del self.fields[name]
        if not Team.objects.exists():
            del self.fields["teams"]


class TeamForm(forms.Form):
    """A new team."""

    team_name = forms.CharField(label=_("Name"), max_length=120)


class SettingsForm(forms.Form):
    """What a colleague chooses for their own pages."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language, zone = self.fields["language"], self.fields["time_zone"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
        assert isinstance(zone, forms.ChoiceField)  # noqa: S101 (as above)
        language.choices = [("", _("as the browser asks")), *settings.LANGUAGES]
        stored = str((kwargs.get("initial") or {}).get("time_zone", ""))
        zone.choices = [("", settings.DEFAULT_TIME_ZONE), *zones_by_continent(stored)]


@cache
def _zones() -> frozenset[str]:
    """The zones that clocks of some country follow; a third of all names are older ones for the same zones."""
    known = {name for zones in get_global("territory_zones").values() for name in zones}
    return frozenset(known & available_timezones())


def zones_by_continent(stored: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices in groups. A zone that was chosen under an older name stays what it is."""
    names = sorted(name for name in _zones() | {stored} if name)
    grouped = groupby(names, key=lambda name: name.partition("/")[0])
    return [(continent, [(name, _place(name)) for name in zones]) for continent, zones in grouped]


def _place(zone: str) -> str:
    return zone.partition("/")[2].replace("/", ", ").replace("_", " ") or zone
