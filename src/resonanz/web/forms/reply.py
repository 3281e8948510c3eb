"""What a person types as an answer."""

from __future__ import annotations

from django import forms


class ReplyForm(forms.Form):
    """The answer; `key` belongs to this form, so that sending it twice sends one answer."""

    text = forms.CharField(max_length=100_000, strip=False)
    post_id = forms.IntegerField()
    key = forms.UUIDField()
    then_resolve = forms.BooleanField(required=False)


class DraftForm(forms.Form):
    """An answer that is not finished. `mark` is that of the draft this tab knows; `mine` wins over another tab's."""

    text = forms.CharField(max_length=100_000, strip=False, required=False)
    post_id = forms.IntegerField()
    key = forms.UUIDField()
    mark = forms.CharField(max_length=16, required=False)
    mine = forms.BooleanField(required=False)
