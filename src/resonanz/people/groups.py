"""Target groups: existing customers, press, partners. Who belongs to one is said by hand or by its rule.

What was said by hand outweighs the rule, in both directions, and holds for the person behind all their accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.people.group_rules import GroupRule, read_rule
from resonanz.people.models import Identity, Person, TargetGroup, TargetGroupMember
from resonanz.privacy import audit

CountCases = Callable[[Collection[int]], Mapping[int, int]]
"""Settled cases by identity id; those without any may be left out."""
MOST_PREVIEWED = 500
_EMPTY: frozenset[int] = frozenset()
_counters: list[CountCases] = []


class GroupNameTaken(ResonanzError):
    """There is a group of this name already, or the name is empty."""

    code = "group.name_taken"


@dataclass(frozen=True, slots=True)
class _Account:
    pk: int
    network: str
    handle: str
    name: str
    person_id: int


def count_cases_with(counter: CountCases) -> None:
    """Declare, from the room that has cases, how settled ones are counted; asked only where a rule depends on it."""
    _counters[:] = [counter]


def groups_of(*, identity_id: int) -> frozenset[int]:
    """Ids of the groups to which an account belongs; none for one that is not there."""
    return groups_of_many(identity_ids=[identity_id]).get(identity_id, _EMPTY)


def groups_of_many(*, identity_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The same for many accounts, with as many queries as for one; only one where there is no group at all."""
    rules = {group.pk: read_rule(group.rule) for group in TargetGroup.objects.all()}
    if not rules or not identity_ids:
        return {}
    rows = Identity.objects.filter(pk__in=identity_ids)
    accounts = [_Account(*row) for row in rows.values_list("pk", "network", "handle", "name", "person_id")]
    by_hand = _by_hand([account.person_id for account in accounts])
    cases = _settled_cases(accounts, rules.values())
    return {one.pk: _groups(one, rules, by_hand.get(one.person_id, {}), cases.get(one.pk, 0)) for one in accounts}


def sorted_for(*, identity: Identity) -> tuple[list[TargetGroup], list[TargetGroup]]:
    """The groups an account belongs to, and the others, by name; in one query, if no rule depends on settled cases."""
    said = TargetGroupMember.objects.filter(group=OuterRef("pk"), person=identity.person_id)
    known = list(TargetGroup.objects.annotate(said=Subquery(said.values("belongs")[:1])).order_by("name"))
    rules = {group.pk: read_rule(group.rule) for group in known}
    by_hand = {group.pk: group.said for group in known if group.said is not None}
    account = _Account(identity.pk, identity.network, identity.handle, identity.name, identity.person_id)
    mine = _groups(account, rules, by_hand, _settled_cases([account], rules.values()).get(account.pk, 0))
    return [group for group in known if group.pk in mine], [group for group in known if group.pk not in mine]


def fitting(*, rule: GroupRule, most: int = 20) -> list[Identity]:
    """Accounts that the rule would fit, among those met last; for a look before it is saved."""
    met = list(Identity.objects.order_by("-last_seen_at", "-pk")[:MOST_PREVIEWED])
    accounts = [_Account(one.pk, one.network, one.handle, one.name, one.person_id) for one in met]
    cases = _settled_cases(accounts, [rule])
    fit = {one.pk for one in accounts if _fits(rule, one, cases.get(one.pk, 0))}
    return [one for one in met if one.pk in fit][:most]


def create(*, name: str, rule: Mapping[str, object], actor: User) -> TargetGroup:
    """A new group; raises GroupNameTaken, GroupRuleInvalid."""
    now = clock.now()
    group = TargetGroup(rule=read_rule(rule).as_json(), created_at=now)
    return _save(group, name, actor, "group.created")


def change(*, group_id: int, name: str, rule: Mapping[str, object], actor: User) -> TargetGroup:
    """Another name or rule; raises TargetGroup.DoesNotExist, GroupNameTaken, GroupRuleInvalid."""
    group = TargetGroup.objects.get(pk=group_id)
    group.rule = read_rule(rule).as_json()
    return _save(group, name, actor, "group.changed")


def remove(*, group_id: int, actor: User) -> None:
    """Dissolve a group. A rule of the guideline that speaks of it fits nobody from then on."""
    with transaction.atomic():
        if TargetGroup.objects.filter(pk=group_id).delete()[0]:
            audit.record(act="group.removed", actor=actor_of(actor), thing="target_group", thing_id=group_id)


def say_by_hand(*, group_id: int, person_id: int, belongs: bool | None, actor: User) -> None:
    """Say that a person belongs to a group or does not, whatever the rule says; None leaves it to the rule again.

    Raises TargetGroup.DoesNotExist, Person.DoesNotExist.
    """
    with transaction.atomic():
        group, person = TargetGroup.objects.get(pk=group_id), Person.objects.get(pk=person_id)
        rows = TargetGroupMember.objects.filter(group=group, person=person)
        if belongs is None:
            rows.delete()
        else:
            TargetGroupMember.objects.update_or_create(
                group=group, person=person, defaults={"belongs": belongs, "said_at": clock.now()}
            )
        audit.record(
            act="group.said_by_hand", actor=actor_of(actor), thing="target_group", thing_id=group_id,
            person=person_id, belongs=belongs,
        )  # fmt: skip


def _save(group: TargetGroup, name: str, actor: User, act: str) -> TargetGroup:
    group.name, group.changed_at = clean(name, most=120), clock.now()
    if not group.name:
        raise GroupNameTaken(name="")
    try:
        with transaction.atomic():
            group.save()
            audit.record(act=act, actor=actor_of(actor), thing="target_group", thing_id=group.pk)
    except IntegrityError as error:
        raise GroupNameTaken(name=group.name) from error
    return group


def _by_hand(person_ids: Sequence[int]) -> dict[int, dict[int, bool]]:
    found: dict[int, dict[int, bool]] = {}
    rows = TargetGroupMember.objects.filter(person_id__in=person_ids)
    for person_id, group_id, belongs in rows.values_list("person_id", "group_id", "belongs"):
        found.setdefault(person_id, {})[group_id] = belongs
    return found


def _settled_cases(accounts: Sequence[_Account], rules: Collection[GroupRule]) -> Mapping[int, int]:
    if not _counters or not any(rule.least_cases for rule in rules):
        return {}
    return _counters[0]([account.pk for account in accounts])


def _groups(
    account: _Account, rules: Mapping[int, GroupRule], by_hand: Mapping[int, bool], settled_cases: int
) -> frozenset[int]:
    return frozenset(
        group_id for group_id, rule in rules.items() if by_hand.get(group_id, _fits(rule, account, settled_cases))
    )


def _fits(rule: GroupRule, account: _Account, settled_cases: int) -> bool:
    return rule.fits(network=account.network, handle=account.handle, name=account.name, settled_cases=settled_cases)
