"""What a person pastes to see who would get it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.networks.models import Channel
from resonanz.web.forms.start import PastedField


class TextForm(forms.Form):
    """Texts of which somebody asks who would get them; nothing of them is stored."""

    texts = PastedField(
        label=_("Texts, one per line"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Nothing is stored.")
    )
    channel = forms.ModelChoiceField(
        Channel.objects.order_by("name"), label=_("As if it came through"), empty_label=None
    )
    at = forms.DateTimeField(
        label=_("As if it came at"), required=False, help_text=_("Empty: now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )  # fmt: skip
