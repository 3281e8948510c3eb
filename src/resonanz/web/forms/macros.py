"""What is typed to prepare a text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.listening.models import Topic
from resonanz.service.answers.macros import MOST_CHARACTERS
from resonanz.web.wording import words


class MacroForm(forms.Form):
    """A prepared text in one language or both, and for which cases it is offered first."""

    name = forms.CharField(max_length=80, label=_("Name"))
    german = forms.CharField(
        max_length=MOST_CHARACTERS, required=False, label=_("German"), widget=forms.Textarea(attrs={"rows": 5})
    )
    english = forms.CharField(
        max_length=MOST_CHARACTERS, required=False, label=_("English"), widget=forms.Textarea(attrs={"rows": 5})
    )
    topic = forms.ModelChoiceField(
        Topic.objects.order_by("name"), label=_("Topic"), required=False, empty_label=_("every topic")
    )
    intent = forms.ChoiceField(label=_("Kind"), required=False)
    network = forms.ChoiceField(label=_("Network"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, everything, choices in (
            ("intent", _("every kind"), "intents"),
            ("network", _("every network"), "networks"),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
            field.choices = [("", everything), *words.choices(choices)]
