"""What a person chooses about who answers what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.access import ACTS_BY_ROLE, Act
from resonanz.accounts.models import Team, User
from resonanz.duties import weekly
from resonanz.duties.escalation import LONGEST_MINUTES
from resonanz.duties.matrix import Row
from resonanz.duties.models import Responsibility
from resonanz.listening.models import Topic
from resonanz.networks import registry
from resonanz.networks.models import Channel
from resonanz.people.models import TargetGroup
from resonanz.web.wording import words

ANSWERING_ROLES = [role for role, acts in ACTS_BY_ROLE.items() if Act.ANSWER in acts]
_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def answering() -> QuerySet[User]:
    """Colleagues who may answer, by name."""
    return User.objects.filter(is_active=True, role__in=ANSWERING_ROLES).order_by("name", "id")


class ResponsibilityForm(forms.Form):
    """One row of the matrix; what is left open fits everything."""

    row = forms.IntegerField(required=False, widget=forms.HiddenInput)
    channel = forms.ModelChoiceField(
        Channel.objects.order_by("name"), label=_("Channel"), required=False, empty_label=_("every channel")
    )
    network = forms.ChoiceField(label=_("Network"), required=False, help_text=_("Only where no channel is chosen."))
    topic = forms.ModelChoiceField(
        Topic.objects.order_by("name"), label=_("Topic"), required=False, empty_label=_("every topic")
    )
    group = forms.ModelChoiceField(
        TargetGroup.objects.order_by("name"), label=_("Target group"), required=False, empty_label=_("everybody")
    )
    intent = forms.ChoiceField(label=_("Kind"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    days = forms.MultipleChoiceField(
        label=_("Days"), required=False, choices=[(str(day), name) for day, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple, help_text=_("None is every day."),
    )  # fmt: skip
    starts = forms.TimeField(label=_("From"), required=False, widget=_CLOCK)
    ends = forms.TimeField(label=_("Until"), required=False, widget=_CLOCK)
    nobody = forms.BooleanField(
        label=_("Nobody, next business day"), required=False,
        help_text=_("Meant so: no hole. It goes to whoever answers when business begins again."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who answers"), required=False, empty_label="–")
    deputy = forms.ModelChoiceField(User.objects.none(), label=_("Deputy"), required=False, empty_label=_("no deputy"))
    on_call = forms.ModelChoiceField(
        User.objects.none(), label=_("On call"), required=False, empty_label=_("no one"),
        help_text=_("Gets it while nobody else is at work."),
    )  # fmt: skip
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), label=_("Team"), required=False, empty_label=_("none"),
        help_text=_("Stands in for the two; alone, whoever of the team takes the next case."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "network", [("", _("every network")), *_networks()])
        _choices(self, "intent", [("", _("every kind")), *words.choices("intents")])
        _choices(self, "language", [("", _("every language")), *words.choices("languages")])
        for name in ("owner", "deputy", "on_call"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (tells mypy what is declared above)
            field.queryset = answering()

    def asked(self) -> dict[str, Any]:
        """As `set_responsibility` takes it."""
        chosen = self.cleaned_data
        keys = {f"{name}_id": chosen[name].pk if chosen[name] else None
                for name in ("channel", "topic", "group", "owner", "deputy", "on_call", "team")}  # fmt: skip
        nobody: dict[str, Any] = {"owner_id": None, "deputy_id": None, "on_call_id": None}
        return {
            **keys, **(nobody if chosen["nobody"] else {}), "nobody": chosen["nobody"], "intent": chosen["intent"],
            "network": "" if chosen["channel"] else chosen["network"], "language": chosen["language"],
            "times": self._times(),
        }  # fmt: skip

    def as_row(self) -> Row:
        """As the plain matrix reads it, before it is stored."""
        return Row(id=0, **{**self.asked(), "times": weekly.read(self._times())})

    def _times(self) -> dict[str, list[list[str]]]:
        chosen = self.cleaned_data
        starts, ends = chosen["starts"], chosen["ends"]
        if not chosen["days"] and starts is None and ends is None:
            return {}
        period = [starts.strftime("%H:%M") if starts else "00:00", ends.strftime("%H:%M") if ends else "24:00"]
        days = chosen["days"] or [str(day) for day in WEEKDAYS]
        return {day: [period] for day in sorted(days)}

    def clean(self) -> dict[str, Any]:
        """Times that have no length, and a row that names neither anybody nor nobody, are told at once."""
        typed = super().clean() or {}
        if typed.get("starts") and typed.get("starts") == typed.get("ends"):
            self.add_error("ends", _("This ends when it begins."))
        if not (typed.get("nobody") or typed.get("owner") or typed.get("team") or "owner" in self.errors):
            self.add_error("owner", _("A person, a team below, or nobody."))
        return typed


def initial_of(stored: Responsibility) -> dict[str, Any]:
    """A stored row as the form shows it; periods that differ between days show the first one."""
    periods: list[list[str]] = next(iter(stored.times.values()), [])
    starts, ends = periods[0] if periods else ("", "")
    return {
        "row": stored.pk, "channel": stored.channel_id, "network": stored.network, "topic": stored.topic_id,
        "group": stored.group_id, "intent": stored.intent, "language": stored.language,
        "days": list(stored.times), "nobody": stored.nobody,
        "starts": "" if starts in ("00:00", "0:00") else starts, "ends": "" if ends == "24:00" else ends,
        "owner": stored.owner_id, "deputy": stored.deputy_id, "on_call": stored.on_call_id, "team": stored.team_id,
    }  # fmt: skip


class StepForm(forms.Form):
    """One step of escalation."""

    after_minutes = forms.IntegerField(
        label=_("After minutes of business hours"), min_value=1, max_value=LONGEST_MINUTES, initial=60
    )
    to = forms.ChoiceField(label=_("It goes to"))
    step_team = forms.ModelChoiceField(
        Team.objects.order_by("name"), label=_("In team"), required=False, empty_label=_("every team without own steps")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "to", words.choices("step_to"))


def _networks() -> list[tuple[str, str]]:
    known = set(registry.names())
    return [(code, name) for code, name in words.choices("networks") if code in known]


def _choices(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
    field.choices = choices
