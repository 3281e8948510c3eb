"""What a person types about a topic."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class TopicForm(forms.Form):
    """A topic: its name, its query, and whether what it finds wants an answer."""

    name = forms.CharField(label=_("Name"), max_length=120)
    query = forms.CharField(
        label=_("Query"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            'Words, "phrases", AND OR NOT, parentheses, #hashtag, @handle, from:handle, lang:de; word* for endings.'
        ),
    )
    opens_cases = forms.BooleanField(
        label=_("Posts on this topic become cases"),
        required=False,
        help_text=_("Without this, only posts addressed to us become cases; the others stay in Listening."),
    )
    is_active = forms.BooleanField(label=_("Listen for this topic"), required=False, initial=True)


class SampleForm(forms.Form):
    """Texts to try a query on."""

    sample = forms.CharField(
        label=_("Sample, one post per line"),
        max_length=200_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Nothing of the sample is stored."),
    )
