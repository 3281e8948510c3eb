"""Finding anything: to each role what its pages are, hostile words, and a bounded number of queries."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Topic
from resonanz.people.models import Identity
from resonanz.people.queries import identities_called
from resonanz.service.models import Case

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


@pytest.fixture
def jonas(new_case: Callable[..., Case]) -> Case:
    now = clock.now()
    Topic.objects.create(name="Bergmannsheil", query="x", created_at=now, changed_at=now)
    return new_case("p", text="Der Gepäckträger wackelt, 100 % ehrlich", name="Jonas Bergmann")


def part(client: Client, words: str) -> str:
    return client.get("/find/", {"q": words}, headers=PART).content.decode()


@pytest.mark.parametrize("words", ["bergm", "jonas berg", "GEPÄCKTRÄGER", "100 %"])
def test_case_is_found_by_name_and_by_words(signed_in: Client, jonas: Case, words: str) -> None:
    assert f'href="/inbox/{jonas.pk}/"' in part(signed_in, words)


def test_case_is_found_by_its_number(signed_in: Client, jonas: Case) -> None:
    assert f'href="/inbox/{jonas.pk}/"' in part(signed_in, f"#{jonas.pk}")
    assert "/inbox/999999/" not in part(signed_in, "999999999999999999999999")


def test_case_is_found_by_its_handle(signed_in: Client, jonas: Case) -> None:
    Identity.objects.filter(cases=jonas).update(handle="@berta@radhaus.example")

    assert f'href="/inbox/{jonas.pk}/"' in part(signed_in, "@berta@rad")


@pytest.mark.parametrize(
    ("role", "groups"),
    [
        (Role.ADMIN, {"Cases", "People", "Topics", "Pages", "Actions"}),
        (Role.AGENT, {"Cases", "People", "Topics", "Pages", "Actions"}),
        (Role.ANALYST, {"Topics", "Pages", "Actions"}),
    ],
)
def test_each_role_finds_only_what_it_may_enter(
    signed_in: Client, miriam: User, jonas: Case, role: Role, groups: set[str]
) -> None:
    User.objects.filter(pk=miriam.pk).update(role=role)

    found = part(signed_in, "berg") + part(signed_in, "")

    assert {name for name in ("Cases", "People", "Topics", "Pages", "Actions") if f"<h2>{name}</h2>" in found} == groups
    assert ("/channels/" in found) == (role == Role.ADMIN)
    assert ("Jonas" in found) == (role != Role.ANALYST)


@pytest.mark.parametrize("words", ["<b>", "'; --", "%", "\\", "((&|!:*", "ß" * 300, "\x00", "-", "🤔"])
def test_hostile_words_are_only_words(signed_in: Client, jonas: Case, words: str) -> None:
    answer = signed_in.get("/find/", {"q": words})

    assert answer.status_code == 200
    assert "<b>" not in answer.content.decode().partition("<main")[2].partition("</main")[0].replace("<b>Show", "")


def test_found_names_are_escaped(signed_in: Client, new_case: Callable[..., Case]) -> None:
    new_case("p", name="Mallory <script>alert(1)</script>")

    assert "<script" not in part(signed_in, "mallory")


def test_finding_asks_few_questions(
    signed_in: Client, new_case: Callable[..., Case], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        new_case(f"p{number}", text="Mein Akku", name=f"Akku {number}")

    with django_assert_max_num_queries(12):
        found = part(signed_in, "akku")

    assert found.count('href="/inbox/') == 6


def test_names_are_found_with_the_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = identities_called(words="berta rad").explain()

    assert "people_identity_words" in plan
