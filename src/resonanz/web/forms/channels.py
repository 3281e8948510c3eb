"""What a person types about a channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.networks import registry
from resonanz.networks.contract import Capability, Entries, ListensWider, Option, able
from resonanz.web.wording import words
from resonanz.web.wording.entry_words import OPTIONS_EXPLAINED

MOST_WORDS = 20


class ChannelForm(forms.Form):
    """A place to listen to; of address, handle, token and options it asks for what the network needs, and no more."""

    network = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As colleagues shall read it."))
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.URLInput,
        help_text=_("The feed, or the server of the account."),
    )
    handle = forms.CharField(label=_("Handle"), max_length=255, help_text=_("Of our account there."))
    secret = forms.CharField(
        label=_("Token"),
        max_length=4000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Is stored encrypted and never shown again."),
    )

    def __init__(self, network: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.network_name = network
        self.fields["network"].initial = network
        asked = registry.connector(network).asks_for
        self._ask(asked)
        self._needed = [option for option in options_of(network) if option.is_needed] + list(asked.options)
        self.fields.update({option.key: _field(option) for option in self._needed})

    def clean(self) -> dict[str, Any]:
        """What a channel is connected with, by the names of `networks.contract.Account` and its own."""
        typed = (super().clean() or {}) | {"network": self.network_name}
        settings = {option.key: typed.pop(option.key) for option in self._needed if option.key in typed}
        return {"address": "", "handle": "", "secret": "", **typed, "settings": settings}

    def _ask(self, entries: Entries) -> None:
        for name, entry in (("address", entries.address), ("handle", entries.handle), ("secret", entries.secret)):
            if entry is None:
                del self.fields[name]
                continue
            self.fields[name].required = entry.is_needed
            if entry.called:
                self.fields[name].label = words.word("entries", entry.called)
                self.fields[name].help_text = words.word("entries_explained", entry.called)
            if not entry.example.startswith("http"):  # else browsers refuse what is no address of the web
                self.fields[name].widget.input_type = self.fields[name].widget.input_type.replace("url", "text")
            if entry.example:
                self.fields[name].widget.attrs["placeholder"] = entry.example


def connectable() -> list[str]:
    """The networks that a person can connect a channel to by typing; files are brought, not connected.

    Where nothing is asked for because the account itself lets us in, nothing is to be typed.
    """
    found = [registry.connector(name) for name in registry.names()]
    return [
        one.name for one in found
        if one.capabilities and not (able(one, Capability.CONNECT) and one.asks_for == Entries())
    ]  # fmt: skip


class OptionsForm(forms.Form):
    """What a channel hears besides what is addressed to it, as its network offers it.

    `is_all`: nothing is addressed to anybody there, so this is all that is heard.
    """

    def __init__(self, network: str, settings: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_all = any(option.is_needed for option in options_of(network))
        for option in options_of(network):
            self.fields[option.key] = _field(option)
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


def _field(option: Option) -> forms.Field:
    field = _choice(option) if option.choices else _line(option) if option.is_line else _words(option)
    field.required = option.is_needed
    return field


def _choice(option: Option) -> forms.Field:
    named = [(choice, words.word("option_choices", f"{option.key}.{choice}")) for choice in option.choices]
    explained = words.word("options_explained", option.key) if option.key in OPTIONS_EXPLAINED else ""
    label = words.word("options", option.key)
    return forms.ChoiceField(label=label, help_text=explained, choices=named, required=False)


def _line(option: Option) -> forms.Field:
    return forms.CharField(
        label=words.word("options", option.key),
        help_text=words.word("options_explained", option.key),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )


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
