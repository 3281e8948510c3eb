"""What a form asks to be done to one case or to many: the same fields, the same acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from resonanz.accounts.access import ACTS_BY_ROLE, Act, may
from resonanz.accounts.models import Team, User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.duties.calendars import promises
from resonanz.service.cases import Assign
from resonanz.service.models import Case, ClosedBecause, IssueState, KnownIssue, Tag, TagColour
from resonanz.service.work import closing, known_issues, snoozing, tagging
from resonanz.service.work.acting import CaseAct
from resonanz.service.work.handover import HandOver
from resonanz.service.work.leases import Claim, Release
from resonanz.service.work.merging import Merge
from resonanz.web import moderating
from resonanz.web.acts import signed_in
from resonanz.web.wording import known_issue_words, words

MOST_ISSUES = 30
ANSWERING_ROLES = [role for role, acts in ACTS_BY_ROLE.items() if Act.ANSWER in acts]


class NoMoment(ResonanzError):
    """What was typed is no day and time."""

    code = "snooze.no_moment"


def asked_of(request: HttpRequest, name: str) -> CaseAct:
    """The act that the form asks for; raises what speaks against it, and PermissionDenied."""
    if name in _GIVES_AWAY and not may(request.user, Act.ASSIGN):
        raise PermissionDenied
    return _ACTS[name](request.POST, signed_in(request))


def fields_of(name: str, *, case: Case | None) -> Mapping[str, Any]:
    """What the form of an act offers; of one case, or of many."""
    return _FIELDS[name](case) if name in _FIELDS else {}


def _assign(typed: QueryDict, _actor: User) -> CaseAct:
    return Assign(_colleague(typed))


def _claim(_typed: QueryDict, actor: User) -> CaseAct:
    return Claim(actor)


def _tag(typed: QueryDict, actor: User) -> CaseAct:
    add, remove = _ids(typed, "add"), _ids(typed, "remove")
    if name := typed.get("new", "").strip():
        add.append(_tag_called(name, typed.get("colour", ""), actor).pk)
    return tagging.Retag(add=add, remove=remove)


def _tag_called(name: str, colour: str, actor: User) -> Tag:
    standing = Tag.objects.filter(name__iexact=name).first()
    chosen = TagColour(colour) if colour in TagColour.values else TagColour.PLAIN
    return standing or tagging.create(name=name, colour=chosen, actor=actor)


def _known_issue(typed: QueryDict, actor: User) -> CaseAct:
    if without := _ids(typed, "unbind"):
        return known_issues.Unbind(issue_id=without[0])
    return known_issues.Bind(issue_id=next(iter(_ids(typed, "issue")), 0), actor=actor)


def _snooze(typed: QueryDict, _actor: User) -> CaseAct:
    """Until a moment that was offered, or one of one's own, or until the person writes again."""
    written = typed.get("until", "") or typed.get("own", "")
    if written == "answer":
        return snoozing.Snooze(None)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise NoMoment from None
    return snoozing.Snooze(timezone.make_aware(moment) if timezone.is_naive(moment) else moment)


def _resolve(typed: QueryDict, _actor: User) -> CaseAct:
    reason = typed.get("reason", "")
    return closing.Resolve(reason if reason in ClosedBecause.values else "")


def _hand_over(typed: QueryDict, actor: User) -> CaseAct:
    team = Team.objects.filter(pk__in=_ids(typed, "team")).first()
    return HandOver(
        actor=actor,
        assignee_id=None if team else _colleague(typed),
        team_id=team.pk if team else None,
        text=typed.get("text", ""),
    )


_ACTS: dict[str, Callable[[QueryDict, User], CaseAct]] = {
    "assign": _assign,
    "claim": _claim,
    "release": lambda _typed, actor: Release(actor),
    "tag": _tag,
    "snooze": _snooze,
    "wake": lambda _typed, _actor: snoozing.Wake(),
    "resolve": _resolve,
    "hand-over": _hand_over,
    "like": moderating.asked_like,
    "moderate": moderating.asked_moderation,
    "merge": lambda _typed, _actor: Merge(),
    "known-issue": _known_issue,
}
NAMES = frozenset(_ACTS)
_GIVES_AWAY = frozenset(("assign", "hand-over"))


def _colleague(typed: QueryDict) -> int | None:
    """A colleague who may answer; None for nobody, and for somebody who cannot be given anything."""
    chosen = colleagues().filter(pk__in=_ids(typed, "assignee")).first()
    return chosen.pk if chosen else None


def colleagues() -> Any:
    """Those who answer, by name."""
    return User.objects.filter(is_active=True, role__in=ANSWERING_ROLES).order_by("name", "id")


def _ids(typed: QueryDict, name: str) -> list[int]:
    return [int(each) for each in typed.getlist(name) if each.isascii() and each.isdecimal() and len(each) < 19]


def _snooze_fields(case: Case | None) -> Mapping[str, Any]:
    calendar = promises().calendar(team_id=case.team_id if case else None)
    now = clock.now()
    offered = snoozing.choices(now=now, calendar=calendar, due_at=case.answer_due_at if case else None)
    return {"choices": [(one, words.word("snoozes", one.code)) for one in offered], "earliest": timezone.localtime(now)}


def _tag_fields(case: Case | None) -> Mapping[str, Any]:
    borne = set(case.case_tags.values_list("tag_id", flat=True)) if case else set()
    tags = [(tag, tag.pk in borne) for tag in Tag.objects.order_by("name")]
    return {"tags": tags, "colours": words.choices("tag_colours")}


def _hand_over_fields(_case: Case | None) -> Mapping[str, Any]:
    return {"colleagues": colleagues(), "teams": Team.objects.order_by("name", "id")}


def _known_issue_fields(case: Case | None) -> Mapping[str, Any]:
    if case is None:
        return {"issues": KnownIssue.objects.filter(state=IssueState.OPEN).order_by("-opened_at")[:MOST_ISSUES]}
    return {
        "issues": known_issues.fitting(case=case)[:MOST_ISSUES],
        "bound": [(one, known_issue_words.offered(one)) for one in known_issues.issues_of(case=case)],
    }


def _resolve_fields(_case: Case | None) -> Mapping[str, Any]:
    codes = [*closing.REASONS, ClosedBecause.ANSWERED]
    return {"closing": [(code.value, words.word("closed_because", code)) for code in codes]}


_FIELDS: dict[str, Callable[[Case | None], Mapping[str, Any]]] = {
    "assign": lambda _case: {"colleagues": colleagues()},
    "tag": _tag_fields,
    "snooze": _snooze_fields,
    "hand-over": _hand_over_fields,
    "moderate": lambda _case: moderating.fields(case=None, post=None, reader=None),
    "resolve": _resolve_fields,
    "known-issue": _known_issue_fields,
}
ASKING = frozenset(_FIELDS)
"""The acts that have to know something first."""
