"""What a typed filter means for a list of cases: which rows, and where none can be meant, why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from resonanz.accounts.models import Team, User
from resonanz.core import clock
from resonanz.listening.models import Topic
from resonanz.networks import registry
from resonanz.networks.models import Channel
from resonanz.people.models import Identity
from resonanz.people.queries import identities_called
from resonanz.service import naming
from resonanz.service.lists import filter_language
from resonanz.service.lists.filter_language import Parsed, Problem, Term
from resonanz.service.models import CasePost, CaseState, CaseTag, Declaration, NoteMention, Outgoing, Tag

_MOST_PEOPLE = 200
_PLANNED = Outgoing.objects.filter(planned_for__isnull=False, state__in=["AWAITING", "QUEUED"])
_DECLARED = Declaration.objects.filter(state__in=["FOUND", "RUNNING"])
Meaning = Q | str
"""Which cases, or the code of why none can be meant."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Conditions that all hold, words to look for besides, and what could not be meant."""

    conditions: tuple[Q, ...] = ()
    words: str = ""
    problems: tuple[Problem, ...] = ()
    parsed: Parsed = field(default_factory=Parsed)

    def asks(self, name: str, value: str) -> bool:
        """Whether it was typed, without a minus."""
        return any(term.field == name and term.value == value and not term.negated for term in self.parsed.terms)


def meant(*, text: str, user: User) -> Meant:
    """What somebody typed, for this reader."""
    parsed = filter_language.parse(text)
    conditions, problems = [], list(parsed.problems)
    for term in parsed.terms:
        condition = _CONDITIONS[term.field](term, user)
        if isinstance(condition, str):
            problems.append(Problem(condition, term.start, term.end, {"value": term.value}))
        else:
            conditions.append(~condition if term.negated else condition)
    if parsed.words and naming.out_of_reach(words=parsed.words, reader=user):
        conditions.append(Q(names_employees=False))
    return Meant(tuple(conditions), parsed.words, tuple(problems), parsed)


def _from(term: Term, _user: User) -> Meaning:
    """Cases in which somebody of this name or handle speaks; found through their accounts, not by reading posts."""
    people = list(identities_called(words=term.value)[:_MOST_PEOPLE])
    if not people:
        return "filter.unknown_person"
    accounts: dict[tuple[str, str], list[str]] = {}
    for identity in people:
        accounts.setdefault((identity.network, identity.origin), []).append(identity.native_id)
    spoke = Q()
    for (network, origin), native_ids in accounts.items():
        spoke |= Q(post__network=network, post__origin=origin, post__author_native_id__in=native_ids)
    return Q(pk__in=CasePost.objects.filter(spoke).values("case"))


def _topic(term: Term, _user: User) -> Meaning:
    found = list(Topic.objects.filter(name__istartswith=term.value).values_list("pk", flat=True))
    if not found:
        return "filter.unknown_topic"
    return Q(topic__in=found)


def _network(term: Term, _user: User) -> Meaning:
    wanted = term.value.casefold()
    found = [name for name in registry.names() if name.casefold().startswith(wanted)]
    if not found:
        return "filter.unknown_network"
    return Q(channel__in=list(Channel.objects.filter(network__in=found).values_list("pk", flat=True)))


def _channel(term: Term, _user: User) -> Meaning:
    found = list(Channel.objects.filter(name__istartswith=term.value).values_list("pk", flat=True))
    if not found:
        return "filter.unknown_channel"
    return Q(channel__in=found)


def _tag(term: Term, _user: User) -> Meaning:
    found = list(Tag.objects.filter(name__istartswith=term.value).values_list("pk", flat=True))
    if not found:
        return "filter.unknown_tag"
    return Q(pk__in=CaseTag.objects.filter(tag__in=found).values("case"))


def _kind(term: Term, _user: User) -> Meaning:
    return Q(intent=term.value)


def _lang(term: Term, _user: User) -> Meaning:
    said = CasePost.objects.filter(case=OuterRef("pk"), post__speaker="OUTSIDER")
    return Q(Exists(said.filter(post__language__iexact=term.value)))


def _before(term: Term, _user: User) -> Meaning:
    begins = _begins(term)
    return Q(last_post_at__lt=begins) if begins else "filter.no_day"


def _after(term: Term, _user: User) -> Meaning:
    """From the day itself on, as people mean it."""
    begins = _begins(term)
    return Q(last_post_at__gte=begins) if begins else "filter.no_day"


def _begins(term: Term) -> datetime | None:
    zone = timezone.get_current_timezone()
    day = filter_language.day(term.value, today=timezone.localtime(clock.now()).date())
    return datetime.combine(day, time(), zone) if day else None


def _assignee(term: Term, user: User) -> Meaning:
    """Oneself, nobody, others, or a team: lists know no other colleague by name (docs/decisions/0019)."""
    if term.value == "me":
        return Q(assignee=user)
    if term.value == "nobody":
        return Q(assignee__isnull=True)
    if term.value == "others":
        return Q(assignee__isnull=False) & ~Q(assignee=user)
    teams = list(Team.objects.filter(name__istartswith=term.value).values_list("pk", flat=True))
    if teams:
        return Q(team__in=teams)
    named = User.objects.filter(name__istartswith=term.value)
    return "filter.colleague" if named.exists() else "filter.unknown_assignee"


def _mentions(_term: Term, user: User) -> Meaning:
    """Cases with a note that calls the reader; nobody finds what calls others."""
    return Q(pk__in=NoteMention.objects.filter(user=user).values("note__case"))


def _is(term: Term, user: User) -> Meaning:
    now = clock.now()
    held = Q(claimed_until__gt=now, claimed_by__isnull=False)
    return {
        "late": Q(answer_due_at__lt=now),
        "open": Q(state=CaseState.OPEN),
        "mine": Q(assignee=user) | (held & Q(claimed_by=user)),
        "snoozed": Q(is_snoozed=True),
        "resolved": Q(state=CaseState.RESOLVED),
        "free": Q(claimed_by__isnull=True) | Q(claimed_until__lte=now),
        "claimed": held,
        "returned": Q(returned_at__isnull=False),
        "public": Q(visibility="PUBLIC"),
        "private": Q(visibility="PRIVATE"),
        "planned": Q(pk__in=_PLANNED.values("case")),
        "declaration": Q(pk__in=_DECLARED.values("case")),
        "crisis": Q(crisis_at__isnull=False),
    }[term.value]


_CONDITIONS: dict[str, Callable[[Term, User], Meaning]] = {
    "from": _from,
    "topic": _topic,
    "network": _network,
    "channel": _channel,
    "kind": _kind,
    "is": _is,
    "tag": _tag,
    "before": _before,
    "after": _after,
    "assignee": _assignee,
    "lang": _lang,
    "mentions": _mentions,
}


def values(*, name: str, typed: str, german: bool, most: int) -> list[str]:
    """What could stand behind the colon: values everybody knows, and names of topics, tags, channels, people."""
    offered = filter_language.values_beginning(name, typed, german=german)
    named = _NAMES.get(name)
    return [*offered, *(named(typed, most) if named else [])][:most]


def _names_of_people(typed: str, most: int) -> list[str]:
    found = identities_called(words=typed)[:most] if typed else Identity.objects.none()
    return list(dict.fromkeys(identity.handle or identity.name for identity in found))


def _named(rows: QuerySet[Any], most: int) -> list[str]:
    return list(rows.order_by("name").values_list("name", flat=True)[:most])


_NAMES: dict[str, Callable[[str, int], list[str]]] = {
    "from": _names_of_people,
    "topic": lambda typed, most: _named(Topic.objects.filter(name__istartswith=typed), most),
    "tag": lambda typed, most: _named(Tag.objects.filter(name__istartswith=typed), most),
    "channel": lambda typed, most: _named(Channel.objects.filter(name__istartswith=typed), most),
    "assignee": lambda typed, most: _named(Team.objects.filter(name__istartswith=typed), most),
    "network": lambda typed, most: [n for n in registry.names() if n.startswith(typed.casefold())][:most],
}
