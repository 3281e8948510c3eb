from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from resonanz.accounts.models import Role, User
from resonanz.people import groups
from resonanz.people.models import TargetGroup
from resonanz.service.models import Case

pytestmark = pytest.mark.django_db
EVIL = "<b id=evil>Presse</b>"


def test_group_is_made_with_its_rule_in_words_and_its_name_is_text(signed_in: Client) -> None:
    form = {"name": EVIL, "networks": "memory", "handles": "*@zeitung.example\n*redaktion*", "least_cases": "2"}

    signed_in.post("/groups/", form)
    page = signed_in.get("/groups/").content.decode()

    assert "on Practice network, handle like *@zeitung.example or *redaktion*, at least 2 settled cases" in page
    assert "&lt;b id=evil&gt;Presse&lt;/b&gt;" in page
    assert "<b id=evil>" not in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "Presse", "handles": "jonas"}, "a star belongs into jonas"),
        ({"name": "Kunden"}, "There is already a group of this name"),
    ],
)
def test_what_a_group_lacks_stands_at_its_field(
    signed_in: Client, miriam: User, form: dict[str, str], said: str
) -> None:
    groups.create(name="Kunden", rule={}, actor=miriam)

    page = signed_in.post("/groups/", form).content.decode()

    assert said in page
    assert TargetGroup.objects.count() == 1


def test_rule_is_tried_on_people_without_saving(signed_in: Client, miriam: User, new_case: Callable[..., Case]) -> None:
    new_case("p", name="Redaktion Velo")
    made = groups.create(name="Presse", rule={}, actor=miriam)

    page = signed_in.post(f"/groups/{made.pk}/", {"name": "Presse", "name_words": "Redaktion", "act": "try"})

    assert "Redaktion Velo" in page.content.decode()
    made.refresh_from_db()
    assert made.rule == {}


def test_card_shows_the_groups_and_lets_a_person_in_and_out(
    signed_in: Client, miriam: User, new_case: Callable[..., Case]
) -> None:
    case = new_case("p", name="Jonas Bergmann")
    made = groups.create(name="Presse", rule={"name_words": ["Jonas"]}, actor=miriam)
    assert case.identity is not None
    address = f"/people/{case.identity.person_id}/groups/"

    by_rule = signed_in.get(f"/inbox/{case.pk}/").content.decode()
    signed_in.post(address, {"group": made.pk, "belongs": "no"})
    taken_out = groups.groups_of(identity_id=case.identity.pk)
    signed_in.post(address, {"group": made.pk, "belongs": "rule"})

    assert "Take out" in by_rule
    assert taken_out == frozenset()
    assert groups.groups_of(identity_id=case.identity.pk) == {made.pk}


def test_agents_sort_people_and_make_no_groups(client: Client, miriam: User, new_case: Callable[..., Case]) -> None:
    case = new_case("p")
    made = groups.create(name="Presse", rule={}, actor=miriam)
    User.objects.filter(pk=miriam.pk).update(role=Role.AGENT)
    client.force_login(User.objects.get(pk=miriam.pk), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert case.identity is not None

    sorted_in = client.post(f"/people/{case.identity.person_id}/groups/", {"group": made.pk})

    assert sorted_in.status_code == 302
    assert groups.groups_of(identity_id=case.identity.pk) == {made.pk}
    assert client.post("/groups/", {"name": "Neu"}).status_code == 403
    assert client.post(f"/groups/{made.pk}/remove/").status_code == 403


@pytest.mark.parametrize("belongs", ["0", "x", "９", "99999999999999999999"])
def test_groups_that_are_none_are_not_found(signed_in: Client, new_case: Callable[..., Case], belongs: str) -> None:
    case = new_case("p")
    assert case.identity is not None

    assert signed_in.post(f"/people/{case.identity.person_id}/groups/", {"group": belongs}).status_code == 404
