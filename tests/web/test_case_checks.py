from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.service.models import Case, Outgoing

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]


def test_look_shows_the_words_the_clause_and_a_mend(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    page = signed_in.post(f"/inbox/{case.pk}/look/", {"text": "Rufen Sie mich an: 0151 23456789."}).content.decode()

    assert 'data-check="personal_data"' in page
    assert "<mark>0151 23456789</mark>" in page
    assert 'data-start="17" data-end="32"' in page
    assert 'href="/guideline/' in page
    assert 'data-outcome="FORBIDDEN"' in page


def test_what_a_finding_says_is_not_said_twice(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    page = signed_in.post(f"/inbox/{case.pk}/look/", {"text": "Rufen Sie mich an: 0151 23456789."}).content.decode()

    assert '<p data-outcome="FORBIDDEN" class="ruling" hidden>' in page
    assert page.count('data-severity="FORBIDDEN"') == 1


def test_look_stores_nothing(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    signed_in.post(f"/inbox/{case.pk}/look/", {"text": "Rufen Sie mich an: 0151 23456789."})

    assert Outgoing.objects.count() == 0


def test_look_bears_hostile_words(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    hostile = '<script>alert(1)</script>" onclick="x" \u202e\x00 Idiot <b>mail: a@b.de</b>'

    page = signed_in.post(f"/inbox/{case.pk}/look/", {"text": hostile}).content.decode()

    assert "<script>alert" not in page
    assert "&lt;b&gt;" in page


def test_look_at_nothing_says_nothing(signed_in: Client, new_case: NewCase) -> None:
    assert signed_in.post(f"/inbox/{new_case('p').pk}/look/", {"text": " \r\n"}).content.strip() == b""


def test_look_is_for_those_who_answer(client: Client, new_case: NewCase) -> None:
    case = new_case("p")
    analyst = User.objects.create_user("ana@nordhain.example", name="Ana", role=Role.ANALYST, created_at=clock.now())
    client.force_login(analyst, backend=BACKEND)

    assert client.post(f"/inbox/{case.pk}/look/", {"text": "Hallo"}).status_code == 403


def test_what_is_forbidden_is_not_sent_and_names_its_clause(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    form = {"text": "Rufen Sie mich an: 0151 23456789.", "post_id": case.case_posts.get().post_id, "key": uuid4()}

    answer = signed_in.post(f"/inbox/{case.pk}/reply/", form)

    assert answer.status_code == 422
    assert not Outgoing.objects.exclude(state="DRAFT").exists()
