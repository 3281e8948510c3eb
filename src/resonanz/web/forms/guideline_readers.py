"""What is typed about a link for employees, and by an employee who has read."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.guidelines.readers import MOST_DAYS


class ReaderLinkForm(forms.Form):
    """A link to the part for all employees."""

    name = forms.CharField(label=_("What it is for"), max_length=120, help_text=_("For example: intranet, December"))
    domain = forms.CharField(
        label=_("Addresses of the company end in"),
        max_length=253,
        help_text=_("nordhain.example – who confirms gives an address that ends like that."),
    )
    days = forms.IntegerField(label=_("Valid for so many days"), min_value=1, max_value=MOST_DAYS, initial=90)


class ReaderForm(forms.Form):
    """That somebody has read it."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"})
    )
    email = forms.EmailField(
        label=_("Email address at the company"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )


class ForgetReaderForm(forms.Form):
    """Whose notes are to go."""

    email = forms.EmailField(label=_("Email address"), max_length=254)
