"""What a person types about how colleagues are told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.models import User


class ServiceForm(forms.Form):
    """A service that carries notifications; its address is a secret and is never shown again."""

    service_name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("As Apprise writes it, for example ntfys://host/topic or tgram://token/chat. Kept encrypted."),
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Whose"), required=False, empty_label=_("a room of everybody")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 (tells mypy what is declared above)
        owner.queryset = User.objects.filter(is_active=True).order_by("name", "id")


class OwnNotificationsForm(forms.Form):
    """How somebody wants to be told."""

    by_email = forms.BooleanField(label=_("Warnings by e-mail, too"), required=False)
