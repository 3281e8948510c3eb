"""A clause of the guideline in words: who may answer where, about what, towards whom, when, and who signs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resonanz.accounts.models import Team, User
from resonanz.guidelines.document import CheckSpec, Clause, MustSpec, RuleSpec
from resonanz.guidelines.ruling import LEADS, Approvers, Conditions, DraftAct, Outcome, Scope, Severity
from resonanz.listening.models import Topic
from resonanz.people.models import TargetGroup
from resonanz.web.wording import words

_TONES = {Outcome.ALLOWED: "good", Outcome.NEEDS_APPROVAL: "soon", Outcome.FORBIDDEN: "late"}
_TONES_OF_CHECKS = {Severity.WARNING: "soon", Severity.APPROVAL: "soon", Severity.FORBIDDEN: "late"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a clause sets: what it comes to, as a chip, and the sentence."""

    chip: str
    tone: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind the ids of some clauses; what was removed since has none."""

    people: Mapping[int, str] = field(default_factory=dict)
    teams: Mapping[int, str] = field(default_factory=dict)
    topics: Mapping[int, str] = field(default_factory=dict)
    groups: Mapping[int, str] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()

    @classmethod
    def everybody(cls) -> Names:
        """Of all there are; four queries."""
        users = User.objects.only("name", "email", "is_active").order_by("name", "id")
        people = {user.pk: user for user in users}
        return cls(
            {pk: str(user) for pk, user in people.items()},
            dict(Team.objects.order_by("name").values_list("id", "name")),
            dict(Topic.objects.order_by("name").values_list("id", "name")),
            dict(TargetGroup.objects.order_by("name").values_list("id", "name")),
            frozenset(pk for pk, user in people.items() if not user.is_active),
        )

    def present(self) -> list[tuple[int, str]]:
        """The colleagues who are still here."""
        return [(pk, name) for pk, name in self.people.items() if pk not in self.gone]


def lines(clause: Clause, *, names: Names) -> list[Line]:
    """What a clause sets beyond its words."""
    found = []
    if clause.rule:
        found.append(rule_line(clause.rule, names=names))
    if clause.must:
        found.append(must_line(clause.must, names=names))
    if clause.check:
        found.append(check_line(clause.check, names=names))
    return found


def rule_line(rule: RuleSpec, *, names: Names) -> Line:
    """ "Everybody, on Mastodon, towards Press: answer after approval by Lead, within 2 hours"."""
    verdict = _verdict(rule, approval(rule.approvers, names=names))
    conditions = ", ".join([_who(rule, names), *_scope(rule, names), *_when(rule)])
    sentence = _("%(conditions)s: %(verdict)s.") % {"conditions": conditions, "verdict": verdict}
    return Line(words.word("rulings", rule.outcome), _TONES[rule.outcome], sentence)


def _verdict(rule: RuleSpec, signed: str) -> str:
    if rule.speaks_of == {DraftAct.REPLY}:
        return {
            Outcome.ALLOWED: _("an answer is allowed"),
            Outcome.NEEDS_APPROVAL: _("answer after %(approval)s") % {"approval": signed},
            Outcome.FORBIDDEN: _("no answer is given"),
        }[rule.outcome]
    acts = either(words.word("draft_acts", act) for act in DraftAct if act in rule.speaks_of)
    return {
        Outcome.ALLOWED: _("%(acts)s is allowed") % {"acts": acts},
        Outcome.NEEDS_APPROVAL: _("%(acts)s after %(approval)s") % {"acts": acts, "approval": signed},
        Outcome.FORBIDDEN: _("%(acts)s is not allowed") % {"acts": acts},
    }[rule.outcome]


def must_line(must: MustSpec, *, names: Names) -> Line:
    """ "About safety: answer by product safety within 1 hour"."""
    by = [*_known(must.teams, names.teams), *_known(must.people, names.people), *_roles(must.roles)]
    filled = {"who": either(by) or _("somebody"), "span": minutes(must.within_minutes)}
    verdict = _("%(who)s answers within %(span)s") % filled
    conditions = ", ".join(_scope(must, names)) or _("Whatever is said")
    sentence = _("%(conditions)s: %(verdict)s.") % {"conditions": _capital(conditions), "verdict": verdict}
    return Line(_("Must"), "accent", sentence)


def check_line(check: CheckSpec, *, names: Names) -> Line:
    """ "Checked while writing: promises. After approval by Lead"."""
    about = words.word("checks", check.check)
    sentence = _("Checked while writing: %(check)s.") % {"check": about}
    if check.severity is Severity.APPROVAL:
        signed = _capital(approval(check.approvers, names=names))
        sentence = _("%(checked)s %(signed)s.") % {"checked": sentence, "signed": signed}
    return Line(words.word("severities", check.severity), _TONES_OF_CHECKS.get(check.severity, ""), sentence)


def approval(approvers: Approvers | None, *, names: Names) -> str:
    """ "approval by Lead or Nora Feld, within 2 hours; then Milan Okoro may, too"."""
    named = approvers if approvers is not None and approvers.anybody else LEADS
    by = [*_known(named.people, names.people), *_known(named.teams, names.teams), *_roles(named.roles)]
    said = _("approval by %(who)s") % {"who": either(by)}
    if named.within_minutes:
        said = _("%(approval)s within %(span)s") % {"approval": said, "span": minutes(named.within_minutes)}
    if named.deputies:
        then = either(_known(named.deputies, names.people))
        said = _("%(approval)s, then %(deputies)s may sign, too") % {"approval": said, "deputies": then}
    return said


def conditions(found: Conditions, *, names: Names) -> str:
    """Who, where, about what, towards whom and when, as one line."""
    return ", ".join([_who(found, names), *_scope(found, names), *_when(found)])


def minutes(count: int) -> str:
    """A span as the guideline sets it: "2 hours", not "2:00 h"."""
    if count and count % 1440 == 0:
        return ngettext("%(count)s day", "%(count)s days", count // 1440) % {"count": count // 1440}
    if count and count % 60 == 0:
        return ngettext("%(count)s hour", "%(count)s hours", count // 60) % {"count": count // 60}
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}


def either(named: Iterable[str]) -> str:
    """ "A, B or C"."""
    all_named = list(named)
    if len(all_named) < 2:
        return "".join(all_named)
    return _("%(first)s or %(last)s") % {"first": ", ".join(all_named[:-1]), "last": all_named[-1]}


def _who(found: Conditions, names: Names) -> str:
    roles, people = either(_roles(found.roles)), either(_known(found.people, names.people))
    if people and roles:
        return _("%(people)s in the role %(roles)s") % {"people": people, "roles": roles}
    if people:
        return people
    return _("Everybody in the role %(roles)s") % {"roles": roles} if roles else _("Everybody")


def _scope(scope: Scope, names: Names) -> Iterator[str]:
    if scope.networks:
        yield _("on %(networks)s") % {"networks": either(words.word("networks", one) for one in scope.networks)}
    if len(set(scope.visibilities)) == 1:
        yield {"PUBLIC": _("in public"), "PRIVATE": _("in private messages")}.get(scope.visibilities[0], "")
    if scope.intents:
        yield _("to %(intents)s") % {"intents": either(words.word("intents_of_many", one) for one in scope.intents)}
    if scope.topics:
        yield _("about %(topics)s") % {"topics": either(_known(scope.topics, names.topics))}
    if scope.groups:
        yield _("towards %(groups)s") % {"groups": either(_known(scope.groups, names.groups))}


def _when(found: Conditions) -> Iterator[str]:
    if found.hours:
        yield _("within business hours") if found.hours == "OPEN" else _("outside of business hours")
    if found.only_blank:
        yield _("without any text")
    if found.only_longer_than_network:
        yield _("longer than the network allows")


def _known(ids: Iterable[int], named: Mapping[int, str]) -> list[str]:
    return [named.get(one) or _("(removed)") for one in ids]


def _roles(codes: Iterable[str]) -> list[str]:
    return [words.word("roles", code) for code in codes]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
