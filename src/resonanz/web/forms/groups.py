"""What a person types about a target group: its name, and by which rule people belong to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.networks import registry
from resonanz.people.group_rules import MOST_CASES, GroupRule
from resonanz.web.wording import words

_LINES = forms.Textarea(attrs={"rows": 3})


class GroupForm(forms.Form):
    """A group and its rule; without any condition it is filled by hand."""

    name = forms.CharField(label=_("Name"), max_length=120)
    networks = forms.MultipleChoiceField(label=_("Networks"), required=False, widget=forms.CheckboxSelectMultiple)
    handles = forms.CharField(
        label=_("Handles"),
        required=False,
        max_length=5000,
        widget=_LINES,
        help_text=_("One to a line, with a star for what may differ: *@zeitung.example"),
    )
    name_words = forms.CharField(
        label=_("Words in the name"),
        required=False,
        max_length=5000,
        widget=_LINES,
        help_text=_("One to a line; the beginning of a word is enough: Redaktion"),
    )
    least_cases = forms.IntegerField(
        label=_("Settled cases, at least"), required=False, min_value=0, max_value=MOST_CASES
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["networks"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
        kept = (kwargs.get("initial") or {}).get("networks", ())
        field.choices = [(one, words.word("networks", one)) for one in dict.fromkeys([*registry.names(), *kept])]

    @property
    def rule(self) -> dict[str, object]:
        """The rule as the room reads it."""
        typed = self.cleaned_data
        return {
            "networks": list(typed["networks"]),
            "handles": _lines(typed["handles"]),
            "name_words": _lines(typed["name_words"]),
            "least_cases": typed["least_cases"] or 0,
        }


def shown(name: str, rule: GroupRule) -> dict[str, object]:
    """What the form shows of a stored group."""
    return {
        "name": name,
        "networks": rule.networks,
        "handles": "\n".join(rule.handles),
        "name_words": "\n".join(rule.name_words),
        "least_cases": rule.least_cases or None,
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
