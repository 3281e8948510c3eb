"""What a person types about business hours, company days and response targets."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.models import Team
from resonanz.duties.models import BusinessCalendar
from resonanz.duties.written_hours import HoursOverlap, HoursUnreadable, Stored, read_day, read_week, write
from resonanz.networks import registry
from resonanz.people.models import TargetGroup
from resonanz.web.forms.colleagues import zones_by_continent
from resonanz.web.wording import due_words, words

_AS_THE_NETWORK, _NONE, _AFTER = "network", "none", "after"


class CalendarForm(forms.Form):
    """When people work: a line for each day, a zone, holidays, and the teams that work so."""

    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    land = forms.ChoiceField(label=_("Public holidays"), required=False)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.order_by("name"),
        label=_("Teams that work so"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A team without hours of its own works by the usual ones."),
    )

    def __init__(self, *args: Any, is_default: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = str((kwargs.get("initial") or {}).get("time_zone", ""))
        zone, land = self.fields["time_zone"], self.fields["land"]
        assert isinstance(zone, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
        assert isinstance(land, forms.ChoiceField)  # noqa: S101 (as above)
        zone.choices = zones_by_continent(stored)
        zone.initial = settings.DEFAULT_TIME_ZONE
        land.choices = list(due_words.LANDS.items())
        for day, name in enumerate(due_words.WEEKDAYS):
            self.fields[f"day_{day}"] = forms.CharField(label=name, max_length=200, required=False)
        if is_default or not Team.objects.exists():
            del self.fields["teams"]
        self.periods: dict[str, Stored] = {}

    @property
    def days(self) -> list[forms.BoundField]:
        """The lines of the week."""
        return [self[f"day_{day}"] for day in range(7)]

    def clean(self) -> dict[str, Any]:
        """Read the lines as hours; what is wrong is said beside its day."""
        typed = super().clean() or {}
        try:
            self.periods = read_week(written={day: typed.get(f"day_{day}", "") for day in range(7)})
        except (HoursUnreadable, HoursOverlap) as error:
            self.add_error(f"day_{error.params['day']}", words.told(error))
        return typed


def initial_of(calendar: BusinessCalendar) -> dict[str, Any]:
    """A stored calendar as its form shows it."""
    lines = {f"day_{day}": write(periods=calendar.periods.get(str(day), [])) for day in range(7)}
    return {"name": calendar.name, "time_zone": calendar.time_zone, "land": calendar.land, **lines}


class CalendarField(forms.ModelChoiceField):  # type: ignore[type-arg] # its stubs alone are generic
    """A calendar, by the name that readers know."""

    def label_from_instance(self, obj: Any) -> str:
        """The calendar of the start has a name of its own in every language."""
        return due_words.calendar_name(obj.name)


class CompanyDayForm(forms.Form):
    """Days on which the company is closed, or works other hours."""

    day_name = forms.CharField(label=_("What for"), max_length=120, help_text=_("For example: company outing."))
    first_date = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_date = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Left empty: one day."),
    )
    hours = forms.CharField(
        label=_("Hours on these days"),
        max_length=200,
        required=False,
        help_text=_("For example 9-12. Left empty: closed."),
    )
    calendar = CalendarField(
        BusinessCalendar.objects.order_by("-is_default", "name"),
        label=_("For"),
        required=False,
        empty_label=_("all hours"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods: Stored = []

    def clean(self) -> dict[str, Any]:
        """Read the hours; without a last day it is one day."""
        typed = super().clean() or {}
        try:
            self.periods = read_day(written=typed.get("hours", ""))
        except (HoursUnreadable, HoursOverlap) as error:
            self.add_error("hours", words.told(error))
        first: date | None = typed.get("first_date")
        typed["last_date"] = typed.get("last_date") or first
        return typed


class TargetForm(forms.Form):
    """Within what time something is due."""

    kind = forms.ChoiceField(label=_("What is due"))
    intent = forms.ChoiceField(label=_("Kind"), required=False)
    urgency = forms.ChoiceField(
        label=_("Urgency"), required=False, choices=[("", _("every urgency")), ("HIGH", _("urgent"))]
    )
    network = forms.ChoiceField(label=_("Network"), required=False)
    group = forms.ModelChoiceField(
        TargetGroup.objects.order_by("name"),
        label=_("Target group"),
        required=False,
        empty_label=_("every target group"),
    )
    hours = forms.IntegerField(label=_("Hours"), min_value=0, max_value=2160, required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=59, required=False)
    alarm = forms.ChoiceField(
        label=_("Hard alarm on the wall clock"),
        choices=[
            (_AS_THE_NETWORK, _("as the network needs it")),
            (_AFTER, _("after so many hours")),
            (_NONE, _("no hard alarm")),
        ],
        help_text=_(
            "It counts nights and weekends, too. A network that lives by the minute needs 20 hours: a day counts as no "
            "answer."
        ),
    )
    alarm_hours = forms.IntegerField(label=_("Hours until the alarm"), min_value=1, max_value=2160, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, intent, network = self.fields["kind"], self.fields["intent"], self.fields["network"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
        assert isinstance(intent, forms.ChoiceField)  # noqa: S101 (as above)
        assert isinstance(network, forms.ChoiceField)  # noqa: S101 (as above)
        kind.choices = list(due_words.KINDS.items())
        intent.choices = [("", _("every kind")), *words.choices("intents")]
        names = sorted((word, code) for code, word in words.choices("networks") if code in registry.names())
        network.choices = [("", _("every network")), *((code, word) for word, code in names)]

    def clean(self) -> dict[str, Any]:
        """A target has some time, and an alarm that is named has hours."""
        typed = super().clean() or {}
        typed["business_minutes"] = (typed.get("hours") or 0) * 60 + (typed.get("minutes") or 0)
        if not typed["business_minutes"] and not self.errors:
            self.add_error("hours", _("Some time is needed, or nobody could keep it."))
        if typed.get("alarm") == _AFTER and not typed.get("alarm_hours"):
            self.add_error("alarm_hours", _("After how many hours?"))
        hours = typed.get("alarm_hours") or 0
        typed["alarm_minutes"] = {_AFTER: hours * 60, _NONE: 0}.get(typed.get("alarm", ""))
        return typed
