"""What is typed about labels of the company, and what the company decides about learning."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.triage.learning.labels import MOST_EXAMPLE

DAYS = ((7, _("of the last 7 days")), (30, _("of the last 30 days")), (90, _("of the last 90 days")))


class LabelForm(forms.Form):
    """The name of a label, and what it means."""

    name = forms.CharField(
        max_length=60, label=_("Name"), help_text=_("As it stands beside a post, for example “Delivery”.")
    )
    description = forms.CharField(
        max_length=500, required=False, label=_("What it means"), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("When is it so, when not? Whoever checks posts reads this."),
    )  # fmt: skip


class ExampleForm(forms.Form):
    """A text that shows what a label means, or what it does not."""

    text = forms.CharField(
        max_length=MOST_EXAMPLE, label=_("A text as people write it"), widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Made up rather than copied: what is typed here stays for two years, or until it is removed."),
    )  # fmt: skip


class ChoicesForm(forms.Form):
    """What judges may learn from, and who decides that they judge."""

    learns_from_private = forms.BooleanField(required=False, label=_("Learn from private messages, too"))
    takes_by_itself = forms.BooleanField(required=False, label=_("Take what is measured better without asking"))


class AgainForm(forms.Form):
    """Which posts are judged again."""

    days = forms.TypedChoiceField(choices=DAYS, coerce=int, initial=30, label=_("Posts"))
