"""What a person chooses about who answers what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.access import ACTS_BY_ROLE, Act
from resonanz.accounts.models import Team, User
from resonanz.listening.models import Topic
from resonanz.networks.models import Channel
from resonanz.web import words

ANSWERING_ROLES = [role for role, acts in ACTS_BY_ROLE.items() if Act.ANSWER in acts]


class ResponsibilityForm(forms.Form):
    """One rule of the matrix; without topic and intent it is the channel's catch-all."""

    channel = forms.ModelChoiceField(Channel.objects.order_by("name"), label=_("Channel"), empty_label=_("choose …"))
    topic = forms.ModelChoiceField(
        Topic.objects.order_by("name"), label=_("Topic"), required=False, empty_label=_("every topic")
    )
    intent = forms.ChoiceField(label=_("Kind"), required=False)
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who answers"), empty_label=_("choose …"))
    deputy = forms.ModelChoiceField(User.objects.none(), label=_("Deputy"), required=False, empty_label=_("no deputy"))
    team = forms.ModelChoiceField(Team.objects.order_by("name"), label=_("Team"), required=False, empty_label=_("none"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        intent, owner, deputy = self.fields["intent"], self.fields["owner"], self.fields["deputy"]
        assert isinstance(intent, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
        intent.choices = [("", _("every kind")), *words.choices("intents")]
        answering = User.objects.filter(is_active=True, role__in=ANSWERING_ROLES).order_by("name", "id")
        for field in (owner, deputy):
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (as above)
            field.queryset = answering
