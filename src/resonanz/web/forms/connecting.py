"""What a person types to connect an account."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ServerForm(forms.Form):
    """Which server the account is on; how it is named there is read by the network itself."""

    server = forms.CharField(
        label=_("Server, or address of the account"),
        max_length=300,
        help_text=_("For example mastodon.example or @nordhain@mastodon.example."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false", "inputmode": "url"}
        ),
    )
