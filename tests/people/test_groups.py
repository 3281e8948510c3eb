from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.people import groups
from resonanz.people.group_rules import GroupRule, GroupRuleInvalid
from resonanz.people.models import Person, TargetGroup, TargetGroupMember
from resonanz.privacy import audit, erasure, export
from tests.privacy.holdings import case, identity, post

pytestmark = pytest.mark.django_db
PRESS = {"handles": ["*zeitung"]}


@pytest.fixture
def nele() -> User:
    return User.objects.create_user("nele@nordhain.example", name="Nele", created_at=clock.now())


def test_group_by_rule_and_by_hand(nele: User) -> None:
    paper, anna = identity("nordzeitung", "Nordzeitung"), identity("anna")
    press = groups.create(name="Presse", rule=PRESS, actor=nele)
    partners = groups.create(name="Partner", rule={}, actor=nele)
    groups.say_by_hand(group_id=partners.pk, person_id=anna.person_id, belongs=True, actor=nele)

    assert groups.groups_of(identity_id=paper.pk) == {press.pk}
    assert groups.groups_of(identity_id=anna.pk) == {partners.pk}
    assert groups.groups_of(identity_id=0) == frozenset()


def test_hand_outweighs_the_rule_and_holds_for_all_accounts_of_a_person(nele: User) -> None:
    paper = identity("nordzeitung", "Nordzeitung")
    other = identity("suedzeitung", "Südzeitung", person=paper.person)
    press = groups.create(name="Presse", rule=PRESS, actor=nele)

    groups.say_by_hand(group_id=press.pk, person_id=paper.person_id, belongs=False, actor=nele)
    assert groups.groups_of_many(identity_ids=[paper.pk, other.pk]) == {paper.pk: set(), other.pk: set()}

    groups.say_by_hand(group_id=press.pk, person_id=paper.person_id, belongs=None, actor=nele)
    assert groups.groups_of_many(identity_ids=[paper.pk, other.pk]) == {paper.pk: {press.pk}, other.pk: {press.pk}}


def test_settled_cases_count_and_open_ones_do_not(nele: User) -> None:
    anna, bert = identity("anna"), identity("bert", "Bert")
    case(post("p1"), identity=anna, state="RESOLVED", resolved_at=clock.now())
    case(post("p2"), identity=bert)
    customers = groups.create(name="Bestandskunden", rule={"least_cases": 1}, actor=nele)

    found = groups.groups_of_many(identity_ids=[anna.pk, bert.pk])

    assert found == {anna.pk: {customers.pk}, bert.pk: set()}


def test_many_accounts_cost_as_many_queries_as_one(
    nele: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [identity(f"a{number}", f"A {number}").pk for number in range(3)]
    with django_assert_num_queries(1):
        groups.groups_of_many(identity_ids=ids)
    groups.create(name="Presse", rule=PRESS, actor=nele)
    groups.create(name="Bestandskunden", rule={"least_cases": 1}, actor=nele)

    for some in (ids[:1], ids):
        with django_assert_num_queries(4):
            groups.groups_of_many(identity_ids=some)


def test_preview_names_who_would_fit(nele: User) -> None:
    paper = identity("nordzeitung", "Nordzeitung")
    identity("anna")

    assert groups.fitting(rule=GroupRule(handles=("*zeitung",))) == [paper]


def test_names_and_rules_of_groups_are_looked_at(nele: User) -> None:
    press = groups.create(name="Presse", rule=PRESS, actor=nele)

    for name in ("Presse", " \n"):
        with pytest.raises(groups.GroupNameTaken):
            groups.create(name=name, rule={}, actor=nele)
    with pytest.raises(GroupRuleInvalid):
        groups.change(group_id=press.pk, name="Presse", rule={"handles": ["anna"]}, actor=nele)
    with pytest.raises(Person.DoesNotExist):
        groups.say_by_hand(group_id=press.pk, person_id=0, belongs=True, actor=nele)

    groups.change(group_id=press.pk, name="Medien", rule={}, actor=nele)
    assert list(TargetGroup.objects.values_list("name", "rule")) == [("Medien", {})]
    groups.remove(group_id=press.pk, actor=nele)
    assert not TargetGroup.objects.exists()


def test_what_was_said_by_hand_is_given_out_and_leaves_with_the_person(nele: User) -> None:
    anna = identity("anna")
    press = groups.create(name="Presse", rule={}, actor=nele)
    groups.say_by_hand(group_id=press.pk, person_id=anna.person_id, belongs=True, actor=nele)

    given = export.export_account(network="memory", origin="", native_id="id-of-anna")
    erasure.erase_account(network="memory", origin="", native_id="id-of-anna", actor=audit.SYSTEM, suppress=False)

    (row,) = given["tables"]["people_targetgroupmember"]["rows"]
    assert (row["group__name"], row["belongs"]) == ("Presse", True)
    assert not TargetGroupMember.objects.exists()
