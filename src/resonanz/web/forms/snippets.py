"""What is typed to keep a piece of knowledge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.models import User
from resonanz.listening.models import Topic
from resonanz.service.answers import snippets as room


class SnippetForm(forms.Form):
    """A snippet in one language or both, its topics, how long it is right, and who sees to that."""

    title = forms.CharField(max_length=120, label=_("Title"))
    german = forms.CharField(
        max_length=room.MOST_CHARACTERS, required=False, label=_("German"), widget=forms.Textarea(attrs={"rows": 5})
    )
    english = forms.CharField(
        max_length=room.MOST_CHARACTERS, required=False, label=_("English"), widget=forms.Textarea(attrs={"rows": 5})
    )
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.order_by("name"), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )
    valid_until = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("After this day it is suggested no longer, and its owner is told."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Owner"), required=False, empty_label=_("the leads together")
    )
    source = forms.CharField(
        max_length=2000, label=_("Source"), required=False, help_text=_("Where it stands, for example https://…")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 (tells mypy what is declared above)
        keepers = [user.pk for user in room.owners()]
        owner.queryset = User.objects.filter(pk__in=keepers).order_by("name", "id")

    def written(self) -> room.Written:
        """What was typed, for the room."""
        typed = self.cleaned_data
        owner = typed["owner"]
        return room.Written(
            title=typed["title"], german=typed["german"], english=typed["english"],
            topic_ids=[topic.pk for topic in typed["topics"]], valid_until=typed["valid_until"],
            owner_id=owner.pk if owner else None, source=typed["source"],
        )  # fmt: skip
