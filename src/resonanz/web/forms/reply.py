"""What a person types as an answer."""

from __future__ import annotations

from django import forms


class ReplyForm(forms.Form):
    """The answer; `key` belongs to this form, so that sending it twice sends one answer."""

    text = forms.CharField(max_length=100_000, strip=False)
    post_id = forms.IntegerField()
    key = forms.UUIDField()
