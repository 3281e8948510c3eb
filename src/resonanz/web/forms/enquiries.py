"""What is typed to ask a colleague without a seat, and what they type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resonanz.service.enquiries import DAYS_TO_ANSWER, MOST_QUESTION
from resonanz.service.notes import MOST_CHARACTERS


class AskForm(forms.Form):
    """One question to one person. `excerpt` is all they see of the conversation."""

    name = forms.CharField(max_length=120, label=_("Name"))
    email = forms.EmailField(label=_("E-mail address"))
    question = forms.CharField(max_length=MOST_QUESTION, label=_("Question"), widget=forms.Textarea(attrs={"rows": 3}))
    excerpt = forms.CharField(
        max_length=MOST_QUESTION, required=False, label=_("What is shown of the conversation"),
        help_text=_("Nothing else is shown: no name, no account, no other post. Take out what is not needed."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    days = forms.TypedChoiceField(coerce=int, initial=DAYS_TO_ANSWER[1], label=_("The link ends after"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields["days"]
        assert isinstance(days, forms.TypedChoiceField)  # noqa: S101 (tells mypy what is declared above)
        days.choices = [(n, ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in DAYS_TO_ANSWER]


class CodeForm(forms.Form):
    """The six digits that the addressee was sent."""

    code = forms.CharField(
        max_length=12, label=_("Code"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip


class KnowledgeForm(forms.Form):
    """The answer of the addressee; `proof` says that the code was entered."""

    proof = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(max_length=MOST_CHARACTERS, label=_("Answer"), widget=forms.Textarea(attrs={"rows": 6}))
