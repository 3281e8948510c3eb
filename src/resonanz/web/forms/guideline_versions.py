"""What is typed about a version as a whole: a new section, the address, the works council, the day it takes effect."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.guidelines.models import Council
from resonanz.web.wording import words

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NewSectionForm(forms.Form):
    """The heading of one more section."""

    heading_de = forms.CharField(label=_("Heading in German"), required=False, max_length=200)
    heading_en = forms.CharField(label=_("Heading in English"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        """One language at least."""
        cleaned = super().clean() or {}
        if not cleaned.get("heading_de") and not cleaned.get("heading_en"):
            self.add_error("heading_de", _("A section needs a heading, at least in one language."))
        return cleaned


class WholeForm(forms.Form):
    """How people are addressed in German."""

    address = forms.ChoiceField(label=_("In German, people are addressed as"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, "address", words.choices("addresses"))


class CouncilForm(forms.Form):
    """What the works council said about the clauses on conduct."""

    council = forms.ChoiceField(label=_("Works council"), widget=forms.RadioSelect)
    council_date = forms.DateField(label=_("Day of its consent"), required=False, widget=_DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [choice for choice in words.choices("councils") if choice[0] != Council.NOT_CONCERNED]
        _choose_from(self, "council", asked)

    def clean(self) -> dict[str, Any]:
        """Consent has its day, and nothing else has one."""
        cleaned = super().clean() or {}
        if cleaned.get("council") == Council.CONSENTED and not cleaned.get("council_date"):
            self.add_error("council_date", _("The day on which it agreed is needed."))
        return cleaned

    @property
    def typed(self) -> dict[str, Any]:
        """What the room takes; a day without consent means nothing."""
        agreed = self.cleaned_data["council"] == Council.CONSENTED
        return {
            "council": self.cleaned_data["council"],
            "council_date": self.cleaned_data["council_date"] if agreed else None,
        }


class PublishForm(forms.Form):
    """The day on which a version takes effect."""

    effective_date = forms.DateField(
        label=_("Takes effect on"), required=False, widget=_DAY, help_text=_("Empty: as soon as it is published.")
    )
    emergency = forms.BooleanField(
        label=_("Emergency: at once"),
        required=False,
        help_text=_("It bites in this minute, also for answers that wait for approval or are about to be sent."),
    )


def _choose_from(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
    field.choices = choices
