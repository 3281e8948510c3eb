from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.service.models import Case, Snippet

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
HOSTILE = "<script>alert(1)</script>"


def write(client: Client, **more: str) -> int:
    typed = {"title": "Lieferzeit", "german": f"Ein Rad kommt in zwei Wochen. {HOSTILE}", **more}
    return client.post("/knowledge/new/", typed).status_code


def piece(client: Client, case: Case) -> str:
    answer = client.get(f"/inbox/{case.pk}/ideas/", headers={"HX-Request": "true"})
    return answer.content.decode()


def test_snippet_is_written_listed_found_and_offered_by_the_words_of_the_post(
    signed_in: Client, new_case: NewCase
) -> None:
    fitting, other = new_case("1", text="Wann kommt mein Rad?"), new_case("2", text="Eure Werbung nervt.")

    assert write(signed_in) == 302

    assert "Lieferzeit" in signed_in.get("/knowledge/", {"q": "Wochen"}).content.decode()
    assert "Lieferzeit" not in signed_in.get("/knowledge/", {"q": "Rechnung"}).content.decode()
    assert 'data-digit="1"' in piece(signed_in, fitting)
    assert HOSTILE not in piece(signed_in, fitting)
    assert "Lieferzeit" not in piece(signed_in, other)


def test_snippet_past_its_day_is_listed_as_such_and_offered_no_more(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("1", text="Wann kommt mein Rad?")
    write(signed_in, valid_until=(clock.now() - timedelta(days=2)).date().isoformat())

    assert "chip late" in signed_in.get("/knowledge/").content.decode()
    assert "Lieferzeit" not in piece(signed_in, case)


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"german": ""}, {"source": "javascript:alert(1)"}, {"title": "x" * 200}, {"owner": "999"}]
)
def test_bad_snippet_is_told_and_kept_in_the_form(signed_in: Client, wrong: dict[str, str]) -> None:
    answer = signed_in.post("/knowledge/new/", {"title": "Neu", "german": "Hallo", **wrong})

    assert "errorlist" in answer.content.decode()
    assert not Snippet.objects.exists()


def test_snippet_is_changed_and_removed(signed_in: Client) -> None:
    write(signed_in)
    found = Snippet.objects.get()

    signed_in.post(f"/knowledge/{found.pk}/", {"title": "Lieferzeit", "english": "Two weeks."})
    assert Snippet.objects.get().english == "Two weeks."

    signed_in.post(f"/knowledge/{found.pk}/remove/")
    assert not Snippet.objects.exists()


def test_agents_read_knowledge_leads_write_it_and_analysts_do_neither(client: Client, new_case: NewCase) -> None:
    case = new_case("1")
    agent = User.objects.create_user("ole@nordhain.example", name="Ole", role=Role.AGENT, created_at=clock.now())
    client.force_login(agent, backend=BACKEND)
    assert client.get("/knowledge/").status_code == 200
    assert client.get(f"/inbox/{case.pk}/ideas/").status_code == 200
    assert client.get("/knowledge/new/").status_code == 403

    analyst = User.objects.create_user("ana@nordhain.example", name="Ana", role=Role.ANALYST, created_at=clock.now())
    client.force_login(analyst, backend=BACKEND)
    assert client.get("/knowledge/").status_code == 403
    assert client.get(f"/inbox/{case.pk}/ideas/").status_code == 403


def test_help_costs_the_same_however_much_is_known(
    signed_in: Client, new_case: NewCase, django_assert_max_num_queries: Callable[..., object]
) -> None:
    case = new_case("1", text="Wann kommt mein Rad?")
    for number in range(7):
        write(signed_in, title=f"Rad {number}")

    with django_assert_max_num_queries(22):  # type: ignore[attr-defined]
        assert piece(signed_in, case).count("data-insert") == 5
