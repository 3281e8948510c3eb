"""What a person types about a channel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.web import words


class ChannelForm(forms.Form):
    """A place to listen to. A feed needs only its address; an account also its handle and a token."""

    network = forms.ChoiceField(label=_("Network"))
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As colleagues shall read it."))
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.URLInput,
        help_text=_("The feed, or the server of the account."),
    )
    handle = forms.CharField(
        label=_("Handle"), max_length=255, required=False, help_text=_("Of our account there, for example @nordhain.")
    )
    secret = forms.CharField(
        label=_("Token"),
        max_length=4000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Is stored encrypted and never shown again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["network"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
        field.choices = [
            (name, words.word("networks", name)) for name in registry.names() if registry.connector(name).capabilities
        ]

    def clean(self) -> dict[str, Any]:
        """Where we answer, the network has to know as whom."""
        typed = super().clean() or {}
        network = typed.get("network")
        if network and able(registry.connector(network), Capability.REPLY) and not typed.get("handle"):
            self.add_error("handle", _("To answer there, the handle of the account is needed."))
        return typed
