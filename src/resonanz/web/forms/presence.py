"""What people say about who is there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.models import User
from resonanz.duties.business_time import zone
from resonanz.duties.models import Capacity
from resonanz.duties.presence import MOST_WEEKS
from resonanz.web.forms.responsibilities import answering
from resonanz.web.wording import words

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_MOST_OPEN = 1000


class OwnAbsenceForm(forms.Form):
    """Days on which one is away; why is asked nowhere."""

    first_date = forms.DateField(label=_("First day away"), widget=_DAY)
    last_date = forms.DateField(label=_("Last day away"), widget=_DAY)

    def clean(self) -> dict[str, Any]:
        """It ends when it begins or later."""
        typed = super().clean() or {}
        first, last = typed.get("first_date"), typed.get("last_date")
        if first and last and last < first:
            self.add_error("last_date", _("An absence ends on the day it begins or later, and within two years."))
        return typed


class AbsenceForm(OwnAbsenceForm):
    """The same for anybody."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Who"), empty_label=_("choose …"))
    field_order = ("user", "first_date", "last_date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _people(self, "user")


class ShiftForm(forms.Form):
    """A shift of one or more people, again in the weeks that follow."""

    users = forms.ModelMultipleChoiceField(User.objects.none(), label=_("Who"), widget=forms.CheckboxSelectMultiple)
    day = forms.DateField(label=_("Day"), widget=_DAY)
    starts = forms.TimeField(label=_("From"), widget=_CLOCK)
    ends = forms.TimeField(label=_("Until"), widget=_CLOCK, help_text=_("Earlier than the begin: on the next day."))
    weeks = forms.IntegerField(label=_("For how many weeks"), min_value=1, max_value=MOST_WEEKS, initial=1)
    on_call = forms.BooleanField(label=_("On call"), required=False, help_text=_("Asked only while nobody is at work."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _people(self, "users")

    def span(self) -> tuple[datetime, datetime]:
        """Begin and end in the company's zone."""
        day: date = self.cleaned_data["day"]
        starts: time = self.cleaned_data["starts"]
        ends: time = self.cleaned_data["ends"]
        last = day if ends > starts else day + timedelta(days=1)
        here = zone()
        return datetime.combine(day, starts, tzinfo=here), datetime.combine(last, ends, tzinfo=here)


class CapacityForm(forms.Form):
    """How much fits somebody, and in which languages."""

    most_open = forms.IntegerField(
        label=_("Open cases at most"), required=False, min_value=1, max_value=_MOST_OPEN,
        help_text=_("Empty: as many as come."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Answers in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None is every language."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = self.fields["languages"]
        assert isinstance(languages, forms.MultipleChoiceField)  # noqa: S101 (tells mypy what is declared above)
        languages.choices = words.choices("languages")

    @staticmethod
    def initial_of(user: User) -> dict[str, Any]:
        """As it is stored."""
        stored = Capacity.objects.filter(user=user).first()
        return {"most_open": stored.most_open, "languages": stored.languages} if stored else {}


def _people(form: forms.Form, name: str) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (tells mypy what is declared above)
    field.queryset = answering()
