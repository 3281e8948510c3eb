"""Which letter stands for which act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.keys import LetterTaken, NotALetter
from resonanz.accounts.models import User
from resonanz.web.keys import keys_of
from resonanz.web.wording import words


class KeysForm(forms.Form):
    """A letter for each act, and whether letters act at all."""

    keys_on = forms.BooleanField(label=_("Single letters act as keys"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keys_on"].initial = user.keys_on
        look = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "letter"}
        for key in keys_of(user):
            self.fields[key.act] = forms.CharField(
                label=key.words, max_length=1, initial=key.letter, widget=forms.TextInput(attrs=look)
            )

    @property
    def letters(self) -> dict[str, str]:
        """What was typed, {act: letter}."""
        return {act: letter for act, letter in self.cleaned_data.items() if act != "keys_on"}

    def letter_fields(self) -> list[forms.BoundField]:
        """The fields of the letters, for the page."""
        return [self[name] for name in self.fields if name != "keys_on"]

    def refuse(self, error: LetterTaken | NotALetter) -> None:
        """Say beside the field what the room refused."""
        self.add_error(str(error.params["act"]), words.told(error))
