"""What clauses name by id and may be gone: topics, target groups, colleagues, teams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Model, Q

from resonanz.accounts.models import Role, Team, User
from resonanz.core import clock
from resonanz.guidelines.acknowledging import SENDING_ROLES
from resonanz.guidelines.document import Clause, Document, read
from resonanz.guidelines.in_force import published
from resonanz.guidelines.models import Guideline, GuidelineState
from resonanz.guidelines.ruling import LEADS, Approvers
from resonanz.listening.models import Topic
from resonanz.people.models import TargetGroup


class Named(StrEnum):
    """What a clause can name by id."""

    TOPIC = "topics"
    GROUP = "groups"
    PERSON = "people"
    TEAM = "teams"


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """That a clause names something."""

    clause: str
    named: Named
    id: int


_MODELS: dict[Named, type[Model]] = {
    Named.TOPIC: Topic,
    Named.GROUP: TargetGroup,
    Named.PERSON: User,
    Named.TEAM: Team,
}


def gone(document: Document) -> tuple[Reference, ...]:
    """What clauses name and is not there any more; a condition of that fits nothing, and such a person cannot sign."""
    references = sorted(set(_references(document)))
    here = {named: _present(named, (one.id for one in references if one.named is named)) for named in Named}
    return tuple(one for one in references if one.id not in here[one.named])


def or_leads(approvers: Approvers) -> Approvers:
    """The same; the leads, too, where nobody of those who were named may sign any more, deputies among them."""
    if Role.ADMIN in approvers.roles:  # there always is one
        return approvers
    named = Q(role__in=approvers.roles) | Q(teams__in=approvers.teams)
    named |= Q(pk__in=[*approvers.people, *approvers.deputies])
    here = User.objects.filter(named, is_active=True, role__in=SENDING_ROLES).exists()
    return approvers if here else replace(approvers, roles=tuple(dict.fromkeys([*approvers.roles, *LEADS.roles])))


def unsigned(document: Document) -> tuple[str, ...]:
    """Numbers of the clauses whose signers are all gone, so that the leads sign; one query at most."""
    asked = [
        (clause.number, holder.approvers)
        for clause in document.clauses
        for holder in (clause.rule, clause.check)
        if holder is not None and holder.approvers is not None and Role.ADMIN not in holder.approvers.roles
    ]
    here = User.objects.filter(is_active=True, role__in=SENDING_ROLES).values_list("pk", "role", "teams")
    people, roles, teams = map(set, zip(*here, strict=True)) if asked and here else (set(), set(), set())
    return tuple(
        number
        for number, named in asked
        if not (people & {*named.people, *named.deputies} or roles & set(named.roles) or teams & set(named.teams))
    )


def clauses_naming(*, named: Named, id: int) -> list[tuple[Guideline, str]]:
    """Clauses of versions in force, to come or at work that name it; for whoever is about to remove it."""
    now = clock.now()
    alive: dict[tuple[int, str], Guideline] = {}
    for version in published().order_by("effective_at", "version"):
        if version.effective_at is not None and version.effective_at <= now:
            alive[version.series, version.part] = version
    others = [*published().filter(effective_at__gt=now), *Guideline.objects.exclude(state=GuidelineState.PUBLISHED)]
    return [
        (version, one.clause)
        for version in [*alive.values(), *others]
        for one in sorted(set(_references(read(version.document))))
        if (one.named, one.id) == (named, id)
    ]


def _references(document: Document) -> Iterator[Reference]:
    for clause in document.clauses:
        for part in _parts(clause):
            for named in Named:
                yield from (Reference(clause.number, named, one) for one in getattr(part, named.value, ()))
            if isinstance(part, Approvers):
                yield from (Reference(clause.number, Named.PERSON, one) for one in part.deputies)


def _parts(clause: Clause) -> Iterator[object]:
    yield from (part for part in (clause.rule, clause.must) if part is not None)
    for holder in (clause.rule, clause.check):
        if holder is not None and holder.approvers is not None:
            yield holder.approvers


def _present(named: Named, ids: Iterable[int]) -> set[int]:
    wanted = list(ids)
    if not wanted:
        return set()
    rows = _MODELS[named]._default_manager.filter(pk__in=wanted)
    rows = rows.filter(is_active=True) if named is Named.PERSON else rows
    return set(rows.values_list("pk", flat=True))
