"""What a person types who signs what another one wrote, or shows where they posted it."""

from __future__ import annotations

from django import forms

from resonanz.service.models import NoAddress
from resonanz.web.wording import words


class ApproveForm(forms.Form):
    """The words as they are to be sent; `seen` is the mark of the conversation as the page showed it."""

    text = forms.CharField(max_length=100_000, strip=False, required=False)
    comment = forms.CharField(max_length=2_000, required=False)
    seen = forms.CharField(max_length=64, required=False)


class RefuseForm(forms.Form):
    """Why it is not to be sent."""

    comment = forms.CharField(max_length=2_000, required=False)


class CommentForm(forms.Form):
    """Something about it that decides nothing."""

    text = forms.CharField(max_length=10_000, required=False)


class ProofForm(forms.Form):
    """The address of an answer that was posted by hand."""

    permalink = forms.CharField(max_length=4_000, required=False)


class NoAddressForm(forms.Form):
    """Why an answer that was posted by hand has no address."""

    reason = forms.ChoiceField(choices=lambda: words.choices("no_address"))

    @property
    def chosen(self) -> NoAddress:
        """The reason, of a valid form."""
        return NoAddress(self.cleaned_data["reason"])
