from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.service.models import Case, Macro

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
HOSTILE = "<script>alert(1)</script>"


def make(client: Client, **more: str) -> int:
    return client.post("/macros/new/", {"name": "Gruß", "german": "Hallo {name|zusammen}", **more}).status_code


def test_macro_is_written_listed_and_offered_in_the_case(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("1", name=f"Jonas {HOSTILE}")

    assert make(signed_in, german=f"Hallo {{name}} {HOSTILE}") == 302

    listed = signed_in.get("/macros/").content.decode()
    offered = signed_in.get(f"/inbox/{case.pk}/macros/", headers={"HX-Request": "true"}).content.decode()
    page = signed_in.get(f"/inbox/{case.pk}/macros/").content.decode()
    assert "Hallo {name}" in listed
    assert 'data-text="Hallo Jonas &lt;script&gt;' in offered
    assert not any(HOSTILE in text for text in (listed, offered, page))


def test_macro_sought_by_words(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("1")
    make(signed_in)

    for words, found in (("gruß", True), ("zusammen hallo", True), ("rechnung", False), (HOSTILE, False)):
        piece = signed_in.get(f"/inbox/{case.pk}/macros/", {"q": words}, headers={"HX-Request": "true"})
        assert ("data-macro" in piece.content.decode()) is found


@pytest.mark.parametrize("wrong", [{"name": ""}, {"german": ""}, {"german": "{nobody}"}, {"german": "x" * 100_000}])
def test_bad_macro_is_told_and_kept_in_the_form(signed_in: Client, wrong: dict[str, str]) -> None:
    answer = signed_in.post("/macros/new/", {"name": "Neu", "german": "Hallo", "english": "", **wrong})

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not Macro.objects.exists()


def test_answer_remembers_the_macro_it_began_with(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("1")
    make(signed_in)
    macro = Macro.objects.get()
    sent = {"text": "Hallo Jonas. ^MK", "post_id": case.case_posts.get().post_id, "macro_id": macro.pk,
            "key": "00000000-0000-4000-8000-000000000001"}  # fmt: skip

    signed_in.post(f"/inbox/{case.pk}/reply/", sent)

    assert macro.outgoings.get().case == case


def test_agents_choose_macros_and_leads_write_them(client: Client, new_case: NewCase) -> None:
    case = new_case("1")
    agent = User.objects.create_user("ole@nordhain.example", name="Ole", role=Role.AGENT, created_at=clock.now())
    client.force_login(agent, backend=BACKEND)

    assert client.get(f"/inbox/{case.pk}/macros/").status_code == 200
    assert client.get("/macros/").status_code == 403
    assert make(client) == 403
