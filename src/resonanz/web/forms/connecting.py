"""What a person types to connect an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.networks.authorising import AppEntry, AppTerms
from resonanz.networks.connections import connecting
from resonanz.networks.contract import Account


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


class AccountsForm(forms.Form):
    """Of several accounts that let us in, those that become channels."""

    accounts = forms.MultipleChoiceField(label=_("Accounts"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, accounts: Sequence[Account], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._accounts = accounts
        field = self.fields["accounts"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 (tells mypy what is declared above)
        field.choices = [(str(number), _called(account)) for number, account in enumerate(accounts)]

    def chosen(self) -> list[Account]:
        """Those that were ticked."""
        return [self._accounts[int(number)] for number in self.cleaned_data["accounts"]]


class ApplicationForm(forms.Form):
    """What IT types of the company's application; what is stored already is not shown, and stays if left empty."""

    def __init__(self, terms: AppTerms, *args: Any, stored: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for entry in terms.entries:
            self.fields[entry.key] = _entry(entry, is_stored=entry.key in stored)


def _called(account: Account) -> str:
    handle = f"@{account.handle.removeprefix('@')}" if account.handle else ""
    name = " ".join(part for part in (account.name, f"({handle})" if account.name and handle else handle) if part)
    known = connecting.channel_of(account)
    if known is None:
        return name or account.native_id
    told = _("%(account)s: is the channel %(channel)s already, and goes on with a new token")
    return str(told % {"account": name or account.native_id, "channel": known.name})


def _entry(entry: AppEntry, *, is_stored: bool) -> forms.CharField:
    widget: forms.Widget = forms.PasswordInput() if entry.is_secret else forms.TextInput()
    widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    if entry.example:
        widget.attrs["placeholder"] = entry.example
    is_new, is_kept = _("Is stored encrypted and never shown again."), _("Stored encrypted. Left empty, it stays.")
    return forms.CharField(
        label=entry.called,
        max_length=4000,
        required=entry.is_needed and not (entry.is_secret and is_stored),
        widget=widget,
        help_text=(is_kept if is_stored else is_new) if entry.is_secret else "",
    )
