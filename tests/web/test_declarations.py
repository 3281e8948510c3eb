"""The page of a case with a declaration: calm, one act to say no, and refused to whoever may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.web.test_workplace import HOSTILE, SCRIPT, analyst

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties.models import Appointment
from resonanz.listening.models import Post
from resonanz.service.models import Case, CasePost, Declaration
from resonanz.triage.models import Evaluation

__all__ = ["analyst"]
pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
JUDGED = {"value": True, "probability": 0.6, "unsure": True, "because": [], "version": "de-1"}


@pytest.fixture
def case(new_case: NewCase) -> Case:
    return new_case("p", text=f"Hiermit kündige ich. {HOSTILE}", labels={"declaration": JUDGED})


@pytest.fixture
def declared(case: Case) -> Declaration:
    now = clock.now()
    return Declaration.objects.create(
        case=case, post=Post.objects.get(), probability=0.6, received_at=now - timedelta(hours=1), by_network=True,
        found_at=now, due_at=now + timedelta(hours=3),
    )  # fmt: skip


def test_deciding_is_for_those_who_answer_and_naming_for_those_who_lead(
    analyst: Client, case: Case, declared: Declaration
) -> None:
    address = f"/declarations/{declared.pk}/"

    refused = [
        analyst.get(address), analyst.post(address, {"kind": "NONE"}), analyst.post(f"/inbox/{case.pk}/no-crisis/"),
        analyst.post("/responsibilities/declarations/", {"who": "ADMIN"}),
    ]  # fmt: skip

    assert [answer.status_code for answer in refused] == [403] * 4
    assert Declaration.objects.get().state == "FOUND"
    agent = User.objects.create_user("a@x.example", role=Role.AGENT, created_at=clock.now())
    analyst.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert analyst.post("/responsibilities/declarations/", {"who": ""}).status_code == 403
    assert analyst.get(address).status_code == 200


def test_the_band_tells_the_time_and_says_no_in_one_act(signed_in: Client, case: Case, declared: Declaration) -> None:
    page = signed_in.get(f"/inbox/{case.pk}/?view=all").content.decode()

    assert "Perhaps a declaration" in page
    assert "as the network tells" in page
    signed_in.post(f"/declarations/{declared.pk}/", {"kind": "NONE"})
    assert Declaration.objects.get().state == "NONE"
    after = signed_in.get(f"/inbox/{case.pk}/?view=all").content.decode()
    assert "Perhaps a declaration" not in after
    assert "Not a declaration" in after


def test_a_script_gets_the_pieces_and_a_refusal_its_reason(
    signed_in: Client, case: Case, declared: Declaration
) -> None:
    refused = signed_in.post(f"/inbox/{case.pk}/resolve/", {"reason": "SPAM"}, headers=SCRIPT)
    no_day = signed_in.post(f"/declarations/{declared.pk}/", {"kind": "DEADLINE", "day": "soon"}, headers=SCRIPT)
    chosen = signed_in.post(f"/declarations/{declared.pk}/", {"kind": "WITHDRAWAL"}, headers=SCRIPT)

    assert (refused.status_code, no_day.status_code, chosen.status_code) == (409, 409, 200)
    assert "may be a declaration" in refused.json()["refused"]
    assert "Withdrawal from a contract" in chosen.content.decode()


def test_its_form_is_a_page_of_its_own_and_a_piece_and_shows_no_foreign_markup(
    signed_in: Client, declared: Declaration
) -> None:
    page = signed_in.get(f"/declarations/{declared.pk}/").content.decode()
    piece = signed_in.get(f"/declarations/{declared.pk}/", headers=SCRIPT).content.decode()

    assert "<html" in page
    assert "<html" not in piece
    assert HOSTILE not in page + piece


def test_what_was_done_is_shown_as_words(signed_in: Client, case: Case, declared: Declaration) -> None:
    address = f"/declarations/{declared.pk}/"
    signed_in.post(address, {"kind": "TERMINATION"})
    signed_in.post(address, {"kind": "DONE", "done": HOSTILE})

    page = signed_in.get(f"/inbox/{case.pk}/?view=all").content.decode()

    assert Declaration.objects.get().state == "DONE"
    assert HOSTILE not in page
    assert "Miriam Kessler" in page


def test_the_start_page_shows_the_declarations_of_whoever_looks_after_them(
    signed_in: Client, declared: Declaration, miriam: User
) -> None:
    assert 'id="declarations-today"' in signed_in.get("/").content.decode()

    ole = User.objects.create_user("ole@x.example", name="Ole", role=Role.AGENT, created_at=clock.now())
    signed_in.post("/responsibilities/declarations/", {"who": str(ole.pk)})

    assert Appointment.objects.get().user == ole
    assert 'id="declarations-today"' not in signed_in.get("/").content.decode()
    signed_in.post("/responsibilities/declarations/", {"who": "nobody"})
    assert Appointment.objects.get().user == ole
    signed_in.post("/responsibilities/declarations/", {"who": ""})
    assert not Appointment.objects.exists()


def test_a_crisis_stands_on_top_until_somebody_says_that_it_is_none(signed_in: Client, case: Case) -> None:
    Case.objects.update(crisis_at=clock.now())

    page = signed_in.get(f"/inbox/{case.pk}/?view=all").content.decode()
    signed_in.post(f"/inbox/{case.pk}/no-crisis/")

    assert "Somebody should look at this at once." in page
    assert Case.objects.get().crisis_at is None


def test_the_parts_of_urgency_are_told_in_words(signed_in: Client, case: Case) -> None:
    now = clock.now()
    due = now + timedelta(hours=2)
    labels = {"complaint": JUDGED, "crisis": {**JUDGED, "said": "false"}}
    Evaluation.objects.update(labels=labels, urgency=0.7)
    Post.objects.update(shares=120, text="Bitte dringend!")
    CasePost.objects.update(due_at=due)
    Case.objects.update(urgency=0.9, answer_due_at=due)

    page = signed_in.get(f"/inbox/{case.pk}/?view=all").content.decode()

    assert "Urgent because: a complaint, pressing words, shared 120 times, answer promised by" in page
    Case.objects.update(urgency=0.3)
    assert "Urgent because" not in signed_in.get(f"/inbox/{case.pk}/?view=all").content.decode()
