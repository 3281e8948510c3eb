"""What is typed about a known issue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.models import Brand, User
from resonanz.listening.models import Topic
from resonanz.service.models import Occasion
from resonanz.service.work.known_issues import MOST_TEXT, MOST_TITLE
from resonanz.web import case_doings
from resonanz.web.wording import words


class IssueForm(forms.Form):
    """What it is, who looks after it, and by what posts about it are found."""

    title = forms.CharField(max_length=MOST_TITLE, label=_("Name"))
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=True)
    brand = forms.ModelChoiceField(
        Brand.objects.order_by("name"), label=_("Brand"), required=False, empty_label=_("the company itself")
    )
    topic = forms.ModelChoiceField(
        Topic.objects.order_by("name"), label=_("Topic"), required=False, empty_label=_("no topic")
    )
    words = forms.CharField(
        max_length=300, required=False, label=_("Words in posts about it"), help_text=_("Several between commas.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 (tells mypy what is declared above)
        owner.queryset = case_doings.colleagues()


class WordingForm(forms.Form):
    """What is said of it, when, and in which language."""

    occasion = forms.ChoiceField(choices=Occasion.choices)
    language = forms.ChoiceField()
    text = forms.CharField(max_length=MOST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101 (as above)
        language.choices = languages()


def languages() -> list[tuple[str, str]]:
    """The languages the company answers in."""
    return [(code, words.word("languages", code)) for code in settings.COMPANY_LANGUAGES]
