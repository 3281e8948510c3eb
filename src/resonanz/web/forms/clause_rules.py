"""What a clause sets beyond its words, as a lead chooses it: a rule on answers, a must, a check on drafts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.guidelines.checks.options import OPTIONS
from resonanz.guidelines.document import MOST_OPTIONS, CheckSpec, MustSpec, RuleSpec
from resonanz.guidelines.ruling import LEADS, Approvers, Outcome, Scope, Severity
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.web.guideline_words import Names
from resonanz.web.wording import words

MINUTES_IN: Mapping[str, int] = {"MINUTES": 1, "HOURS": 60, "DAYS": 1440}
MOST_MINUTES = 30 * 1440
NUMBERS = ("repeated_times",)
"""Options of checks that are a figure; all others are lists, one to a line."""
Choices = Iterable[tuple[object, str]]


def _ticks(label: Any, choices: Choices = ()) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(choices), required=False, widget=forms.CheckboxSelectMultiple
    )


class WithinForm(forms.Form):
    """A span as a figure and its unit."""

    within = forms.IntegerField(label=_("Within"), min_value=1, max_value=MOST_MINUTES, required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        self.kept: Mapping[str, Any] = kwargs.get("initial") or {}
        _choose_from(self, "unit", words.choices("units"))

    def offer(self, name: str, choices: Choices) -> None:
        """Fill a field with choices. What the clause names already stays one, or a rule would widen unseen."""
        known = {str(code): label for code, label in choices}
        gone = {str(one): self.names.people.get(one) or str(_("(removed)")) for one in self.kept.get(name, ())}
        _choose_from(self, name, (gone | known).items())

    def clean(self) -> dict[str, Any]:
        """Refuse what is longer than a guideline can say."""
        cleaned = super().clean() or {}
        if self.minutes > MOST_MINUTES:
            self.add_error("within", _("At most 30 days."))
        return cleaned

    @property
    def minutes(self) -> int:
        """The span in minutes; 0 where none was given."""
        return (self.cleaned_data.get("within") or 0) * MINUTES_IN.get(self.cleaned_data.get("unit", ""), 1)


class ScopeForm(WithinForm):
    """Where, about what and towards whom. Nothing ticked means everything."""

    networks = _ticks(_("Networks"))
    visibilities = _ticks(_("Visibility"))
    topics = _ticks(_("Topics"))
    intents = _ticks(_("What is wanted"))
    groups = _ticks(_("Target groups"))

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, names=names, **kwargs)
        self.offer("networks", [(one, words.word("networks", one)) for one in _answerable(self.kept)])
        self.offer("visibilities", words.choices("visible"))
        self.offer("intents", words.choices("intents"))
        self.offer("topics", names.topics.items())
        self.offer("groups", names.groups.items())

    def scope(self) -> dict[str, Any]:
        """What `guidelines.ruling.Scope` takes."""
        chosen = self.cleaned_data
        return {
            **{name: tuple(chosen[name]) for name in ("networks", "visibilities", "intents")},
            **{name: _ids(chosen[name]) for name in ("topics", "groups")},
        }


class ApproversForm(WithinForm):
    """Who signs, within what time, and who may after that."""

    approver_roles = _ticks(_("Roles that may sign"))
    approver_people = _ticks(_("Colleagues who may sign"))
    approver_teams = _ticks(_("Teams that may sign"))
    deputies = _ticks(_("Who may sign, too, once the time is over"))

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, names=names, **kwargs)
        self.fields["within"].label = _("Signed within")
        self.offer("approver_roles", words.choices("roles"))
        self.offer("approver_people", names.present())
        self.offer("approver_teams", names.teams.items())
        self.offer("deputies", names.present())

    def approvers(self) -> Approvers | None:
        """Who was named. Nobody: the leads sign, which has to be said only where a time or deputies are set."""
        chosen = self.cleaned_data
        approvers = Approvers(
            roles=tuple(chosen["approver_roles"]),
            people=_ids(chosen["approver_people"]),
            teams=_ids(chosen["approver_teams"]),
            deputies=_ids(chosen["deputies"]),
            within_minutes=self.minutes,
        )
        if approvers.anybody:
            return approvers
        return replace(approvers, roles=LEADS.roles) if approvers.within_minutes or approvers.deputies else None


class RuleForm(ScopeForm, ApproversForm):
    """Who may answer: who, where, about what, towards whom, when; then what follows."""

    outcome = forms.ChoiceField(label=_("Then it is"), widget=forms.RadioSelect)
    acts = _ticks(_("What is done"))
    roles = _ticks(_("Roles"))
    people = _ticks(_("Colleagues"))
    hours = forms.ChoiceField(label=_("Time"), required=False)
    only_blank = forms.BooleanField(label=_("Only where the answer has no text"), required=False)
    only_longer_than_network = forms.BooleanField(
        label=_("Only where the answer is longer than the network allows"), required=False
    )

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, names=names, **kwargs)
        _choose_from(self, "outcome", words.choices("rules_say"))
        self.offer("acts", words.choices("draft_acts"))
        self.offer("roles", words.choices("roles"))
        self.offer("people", names.present())
        _choose_from(self, "hours", [("", str(_("at any time"))), *words.choices("hours")])

    def spec(self) -> RuleSpec:
        """The rule as the guideline stores it."""
        chosen = self.cleaned_data
        outcome = Outcome(chosen["outcome"])
        hours: Literal["", "OPEN", "CLOSED"] = chosen["hours"]
        return RuleSpec(
            outcome=outcome,
            approvers=self.approvers() if outcome is Outcome.NEEDS_APPROVAL else None,
            acts=tuple(sorted(chosen["acts"])),
            roles=tuple(chosen["roles"]),
            people=_ids(chosen["people"]),
            hours=hours,
            only_blank=chosen["only_blank"],
            only_longer_than_network=chosen["only_longer_than_network"],
            **self.scope(),
        )


class MustForm(ScopeForm):
    """Who has to answer this within what time."""

    roles = _ticks(_("Roles"))
    people = _ticks(_("Colleagues"))
    teams = _ticks(_("Teams"))

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, names=names, **kwargs)
        self.fields["within"].required = True
        self.offer("roles", words.choices("roles"))
        self.offer("people", names.present())
        self.offer("teams", names.teams.items())

    def spec(self) -> MustSpec:
        """The must as the guideline stores it."""
        chosen = self.cleaned_data
        return MustSpec(
            within_minutes=self.minutes,
            roles=tuple(chosen["roles"]),
            people=_ids(chosen["people"]),
            teams=_ids(chosen["teams"]),
            **self.scope(),
        )


class CheckForm(ApproversForm):
    """Which check on drafts belongs to the clause, and how much what it finds weighs."""

    check = forms.ChoiceField(label=_("What is looked at while somebody writes"))
    severity = forms.ChoiceField(label=_("What it finds is"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, names=names, **kwargs)
        _choose_from(self, "check", words.choices("checks"))
        _choose_from(self, "severity", words.choices("severities"))
        for name in dict.fromkeys(one for several in OPTIONS.values() for one in several):
            self.fields[name] = _option(name)

    def spec(self) -> CheckSpec:
        """The check as the guideline stores it; options that this page does not know stay."""
        chosen = self.cleaned_data
        severity, check = Severity(chosen["severity"]), chosen["check"]
        typed = {name: _typed(chosen[name]) for name in OPTIONS.get(check, ()) if _typed(chosen[name])}
        kept = {name: value for name, value in self.kept.get("options", {}).items() if name not in self.fields}
        return CheckSpec(
            check=check,
            severity=severity,
            options=kept | typed,
            approvers=self.approvers() if severity is Severity.APPROVAL else None,
        )


def initial_of(spec: RuleSpec | MustSpec | CheckSpec | None) -> dict[str, Any]:
    """What a form shows of what a clause sets already."""
    if spec is None:
        return {"unit": "HOURS"}
    if isinstance(spec, CheckSpec):
        lists = {
            name: "\n".join(str(one) for one in value) if isinstance(value, list | tuple) else value
            for name, value in spec.options.items()
        }
        shown = {"check": spec.check, "severity": spec.severity.value, "options": spec.options, **lists}
        return shown | _approvers_shown(spec.approvers)
    shown = {**_scope_shown(spec), "roles": spec.roles, "people": spec.people}
    if isinstance(spec, MustSpec):
        return shown | {"teams": spec.teams} | _span(spec.within_minutes)
    shown |= {"outcome": spec.outcome.value, "acts": spec.acts, "hours": spec.hours, "only_blank": spec.only_blank}
    return shown | {"only_longer_than_network": spec.only_longer_than_network} | _approvers_shown(spec.approvers)


def _scope_shown(scope: Scope) -> dict[str, Any]:
    return {name: getattr(scope, name) for name in ("networks", "visibilities", "topics", "intents", "groups")}


def _approvers_shown(approvers: Approvers | None) -> dict[str, Any]:
    found = approvers or Approvers()
    named = {"approver_roles": found.roles, "approver_people": found.people, "approver_teams": found.teams}
    return named | {"deputies": found.deputies} | _span(found.within_minutes)


def _span(minutes: int) -> dict[str, Any]:
    """The span in the largest unit that gives a whole figure."""
    if not minutes:
        return {"unit": "HOURS"}
    unit = next(name for name in ("DAYS", "HOURS", "MINUTES") if minutes % MINUTES_IN[name] == 0)
    return {"within": minutes // MINUTES_IN[unit], "unit": unit}


def _answerable(kept: Mapping[str, Any]) -> list[str]:
    """The networks that take answers, and what a clause names already."""
    takes_answers = {name for name in registry.names() if able(registry.connector(name), Capability.REPLY)}
    return sorted(takes_answers | set(kept.get("networks", ())))


def _choose_from(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
    field.choices = list(choices)


def _ids(chosen: Iterable[str]) -> tuple[int, ...]:
    return tuple(int(one) for one in chosen)


def _option(name: str) -> forms.Field:
    label, explained = words.word("check_options", name), words.word("check_options_explained", name)
    if name in NUMBERS:
        return forms.IntegerField(label=label, help_text=explained, required=False, min_value=2, max_value=1000)
    lines = forms.Textarea(attrs={"rows": 3})
    most = MOST_OPTIONS - 500
    return forms.CharField(label=label, help_text=explained, required=False, max_length=most, widget=lines)


def _typed(value: str | int | None) -> int | list[str]:
    """A figure as it is, lines as a list."""
    if not isinstance(value, str):
        return value or 0
    return [line.strip() for line in value.splitlines() if line.strip()]
