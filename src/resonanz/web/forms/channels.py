"""What a person types about a channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.networks import registry
from resonanz.networks.contract import Capability, ListensWider, Option, able
from resonanz.web import words

MOST_WORDS = 20


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


class OptionsForm(forms.Form):
    """What a channel hears besides what is addressed to it, as its network offers it."""

    def __init__(self, network: str, settings: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for option in options_of(network):
            self.fields[option.key] = _choice(option) if option.choices else _words(option)
            self.fields[option.key].initial = settings.get(option.key, "")


class WriteToUsForm(forms.Form):
    """Where people can write to us in private, on a network that does not let us write first."""

    write_to_us = forms.URLField(
        label=_("Address for private messages"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("It stands in the public answer that asks somebody to write in private."),
    )


def options_of(network: str) -> tuple[Option, ...]:
    """What can be chosen for a channel of this network."""
    connector = registry.connector(network)
    if not able(connector, Capability.LISTEN_WIDER):
        return ()
    wider: ListensWider = connector  # type: ignore[assignment] # declared; a test in tests/house compares
    return wider.options


def _choice(option: Option) -> forms.Field:
    named = [(choice, words.word("option_choices", f"{option.key}.{choice}")) for choice in option.choices]
    return forms.ChoiceField(label=words.word("options", option.key), choices=named, required=False)


class _WordsField(forms.CharField):
    """A few words; commas and # are what people type between and before them."""

    def clean(self, value: Any) -> str:
        found = list(dict.fromkeys(super().clean(value).replace(",", " ").replace("#", " ").split()))
        if len(found) > MOST_WORDS:
            raise forms.ValidationError(_("At most %(most)s words.") % {"most": MOST_WORDS})
        return " ".join(found)


def _words(option: Option) -> forms.Field:
    return _WordsField(
        label=words.word("options", option.key),
        help_text=words.word("options_explained", option.key),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
