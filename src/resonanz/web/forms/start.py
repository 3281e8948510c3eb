"""What a person types in the first start."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.company import READY_AREAS
from resonanz.accounts.models import User
from resonanz.networks.models import Channel
from resonanz.web.forms.responsibilities import ANSWERING_ROLES
from resonanz.web.wording import words


class CompanyForm(forms.Form):
    """What the company is called, and what it uses."""

    name = forms.CharField(label=_("Name of the company"), max_length=120)
    areas = forms.MultipleChoiceField(
        label=_("What for"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("At least one is needed; more can follow at any time.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = self.fields["areas"]
        assert isinstance(areas, forms.MultipleChoiceField)  # noqa: S101 (tells mypy what is declared above)
        areas.choices = [(area.value, words.word("areas", area)) for area in READY_AREAS]


class PastedField(forms.CharField):
    """Text from anywhere; what no database takes is left out instead of refused."""

    def to_python(self, value: Any) -> Any:
        """Without NUL."""
        return super().to_python(value.replace("\x00", "") if isinstance(value, str) else value)


class FeedForm(forms.Form):
    """A feed: its address is enough."""

    address = forms.URLField(
        label=_("Address of the feed"),
        max_length=2000,
        assume_scheme="https",
        # A browser would refuse "blog.example/feed" in a field for addresses, and people write them so.
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("RSS or Atom, for example of a blog, a forum, a newspaper, a review site."),
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False, help_text=_("Else that of the server."))

    def clean_address(self) -> str:
        """Only the web has feeds."""
        address: str = self.cleaned_data["address"]
        if not address.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(_("An address begins with https:// or http://."))
        return address


class WhoForm(forms.Form):
    """Who gets what comes through a channel, and who stands in. Somebody who is not here yet is added on the way."""

    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who answers"), empty_label=None)
    deputy = forms.ModelChoiceField(User.objects.none(), label=_("Deputy"), required=False, empty_label=_("no deputy"))
    new_name = forms.CharField(label=_("Name"), max_length=120, required=False)
    new_email = forms.EmailField(label=_("Email address"), max_length=254, required=False)
    new_as = forms.ChoiceField(
        label=_("As"), choices=[("deputy", _("deputy")), ("owner", _("who answers"))], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answering = User.objects.filter(is_active=True, role__in=ANSWERING_ROLES).order_by("name", "id")
        for name in ("owner", "deputy"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (tells mypy what is declared above)
            field.queryset = answering

    def clean(self) -> dict[str, Any]:
        """A new colleague has both, a name and an address."""
        typed = super().clean() or {}
        for name, other in (("new_name", "new_email"), ("new_email", "new_name")):
            if typed.get(name) and not typed.get(other) and other not in self.errors:
                self.add_error(other, _("This is needed to add somebody."))
        return typed


class SampleForm(forms.Form):
    """Posts to look at; nothing of them is stored."""

    texts = PastedField(
        label=_("Posts, one per line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("For example the last ten messages, reviews or comments, German or English. Nothing is stored."),
    )
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("As if they came through"), empty_label=None)
    when = forms.ChoiceField(
        label=_("As if they came"), choices=[("now", _("now")), ("saturday", _("on Saturday night"))], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ModelChoiceField)  # noqa: S101 (tells mypy what is declared above)
        channel.queryset = Channel.objects.order_by("id")
