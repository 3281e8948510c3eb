from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.service import cases
from resonanz.service.answers import drafts
from resonanz.service.models import Case, CaseNote, CaseState, Outgoing, OutgoingState

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NewCase = Callable[..., Case]
SCRIPT = {"HX-Request": "true"}
# Session, reader, navigation, which cases belong to the list, their rows.
QUERIES_OF_ROWS = 5
# As the page of a case; its row is asked for where its id stands in the list.
QUERIES_OF_NEWS = 10
# Session, reader, the case; the claim of whoever writes, in two: as a row and as a notice.
QUERIES_OF_PRESENCE = 6


@pytest.fixture
def nora(miriam: User) -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora Feld", role=Role.AGENT, created_at=clock.now())


def draft_form(case: Case, text: str, **more: object) -> dict[str, object]:
    return {"text": text, "post_id": case.case_posts.get().post_id, "key": str(uuid4()), **more}


@pytest.mark.parametrize("count", [1, 3])
def test_rows_that_changed_come_alone_and_those_that_left_are_named(
    count: int, signed_in: Client, new_case: NewCase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cases = [new_case(f"p{number}") for number in range(count)]
    gone = new_case("gone")
    Case.objects.filter(pk=gone.pk).update(assignee=None)
    ids = ",".join(str(case.pk) for case in [*cases, gone])

    with django_assert_num_queries(QUERIES_OF_ROWS):
        rows = signed_in.get(f"/inbox/rows/?view=mine&ids={ids}", headers=SCRIPT).content.decode()

    assert rows.count("data-case=") == count
    assert f'data-gone="{gone.pk}"' in rows
    assert "<html" not in rows


def test_rows_of_nonsense_are_no_rows(signed_in: Client, new_case: NewCase) -> None:
    new_case("p")

    rows = signed_in.get("/inbox/rows/?ids=x,-1,,9999999999999999999999", headers=SCRIPT)

    assert (rows.status_code, b"data-case=" in rows.content) == (200, False)


def test_open_case_is_asked_without_the_list_around_it(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    piece = signed_in.get(f"/inbox/{case.pk}/", headers={**SCRIPT, "HX-Target": "open"}).content.decode()

    assert 'id="thread"' in piece
    assert "data-case=" not in piece
    assert "<html" not in piece


def test_news_of_a_case_leave_the_field_alone(
    signed_in: Client, new_case: NewCase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = new_case("p")

    with django_assert_num_queries(QUERIES_OF_NEWS):
        news = signed_in.get(f"/inbox/{case.pk}/news/", headers=SCRIPT).content.decode()

    assert 'id="thread" data-merge' in news
    assert "<textarea" not in news


def test_list_is_narrowed_by_its_address_and_says_so(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p", name="Jonas")
    praise = new_case("q", name="Anke")
    Case.objects.filter(pk=praise.pk).update(intent="PRAISE")

    page = signed_in.get(f"/inbox/?kind=PRAISE&channel={case.channel_id}&topic=x").content.decode()

    assert "Anke" in page
    assert "Jonas" not in page
    assert 'class="chip accent" href="/inbox/?view=mine&amp;kind=PRAISE"' in page


def test_act_asked_by_a_script_answers_with_pieces_and_the_way_back(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    Case.objects.filter(pk=case.pk).update(assignee=None)

    pieces = signed_in.post(f"/inbox/{case.pk}/claim/", headers=SCRIPT).content.decode()

    assert "I am at it" in pieces
    assert 'action="/undo/' in pieces
    assert "<html" not in pieces


def test_claim_that_somebody_else_won_is_refused_by_name(signed_in: Client, new_case: NewCase, nora: User) -> None:
    case = new_case("p")
    cases.claim(case_id=case.pk, actor=nora)

    answer = signed_in.post(f"/inbox/{case.pk}/claim/", headers=SCRIPT)

    assert answer.status_code == 409
    assert answer.json() == {"refused": "Nora Feld took this case meanwhile."}


def test_note_is_kept_and_taken_back(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    pieces = signed_in.post(f"/inbox/{case.pk}/note/", {"text": "Akku aus <KW 14>"}, headers=SCRIPT).content.decode()
    undo = pieces.split('action="/undo/')[1].split('"')[0]
    signed_in.post(f"/undo/{undo}", headers=SCRIPT)

    assert "Akku aus &lt;KW 14&gt;" in pieces
    assert not CaseNote.objects.exists()


def test_empty_note_is_refused_with_a_reason(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    answer = signed_in.post(f"/inbox/{case.pk}/note/", {"text": "  "}, headers=SCRIPT)

    assert (answer.status_code, answer.json()) == (409, {"refused": "The note has no text yet."})


def test_what_somebody_else_did_is_not_mine_to_take_back(
    signed_in: Client, client: Client, new_case: NewCase, nora: User
) -> None:
    case = new_case("p")
    signed_in.post(f"/inbox/{case.pk}/note/", {"text": "Bitte warten."})
    event = case.events.latest("id")
    hers = Client()
    hers.force_login(nora, backend=BACKEND)

    answer = hers.post(f"/undo/{event.pk}/", headers=SCRIPT)

    assert answer.status_code == 409
    assert CaseNote.objects.count() == 1


def test_refused_answer_tells_a_script_why_and_keeps_the_words_as_draft(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    answer = signed_in.post(f"/inbox/{case.pk}/reply/", draft_form(case, "Ja. " * 200), headers=SCRIPT)

    assert answer.status_code == 422
    assert answer.json() == {
        "refused": "An answer is not longer than the network allows. Too long for this network: 799 of 500 characters."
    }
    assert Outgoing.objects.get().state == OutgoingState.DRAFT


def test_draft_is_kept_and_shown_again(signed_in: Client, new_case: NewCase, miriam: User) -> None:
    case = new_case("p")

    kept = signed_in.post(f"/inbox/{case.pk}/draft/", draft_form(case, "Halb fertig")).json()
    page = signed_in.get(f"/inbox/{case.pk}/").content.decode()

    assert kept["kept"] is True
    assert ">Halb fertig</textarea>" in page
    assert f'data-mark="{kept["mark"]}"' in page


def test_draft_of_another_tab_wins_over_one_without_the_focus(
    signed_in: Client, new_case: NewCase, miriam: User
) -> None:
    case = new_case("p")
    first = signed_in.post(f"/inbox/{case.pk}/draft/", draft_form(case, "Erster Tab")).json()
    signed_in.post(f"/inbox/{case.pk}/draft/", draft_form(case, "Zweiter Tab", mark=first["mark"]))

    behind = signed_in.post(f"/inbox/{case.pk}/draft/", draft_form(case, "Erster Tab weiter", mark=first["mark"]))
    focused = signed_in.post(f"/inbox/{case.pk}/draft/", draft_form(case, "Ich bin vorn", mark="", mine="1"))

    assert (behind.status_code, behind.json()["text"]) == (409, "Zweiter Tab")
    assert focused.status_code == 200
    standing = drafts.of(case_id=case.pk, author=miriam)
    assert standing is not None
    assert standing.text == "Ich bin vorn"


def test_draft_of_a_colleague_is_nobodys_business(signed_in: Client, new_case: NewCase, nora: User) -> None:
    case = new_case("p")
    post_id = case.case_posts.get().post_id
    drafts.keep(case_id=case.pk, post_id=post_id, text="Noras Entwurf", author=nora, key=uuid4())

    assert "Noras Entwurf" not in signed_in.get(f"/inbox/{case.pk}/").content.decode()


def test_presence_is_told_and_nonsense_is_not(
    signed_in: Client, new_case: NewCase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = new_case("p")

    with django_assert_num_queries(QUERIES_OF_PRESENCE):
        told = signed_in.post(f"/inbox/{case.pk}/presence/", {"doing": "writing"})

    assert told.status_code == 204
    assert signed_in.post(f"/inbox/{case.pk}/presence/", {"doing": "spying"}).status_code == 422
    assert signed_in.post("/inbox/4711/presence/", {"doing": "looking"}).status_code == 404


def test_reply_that_resolves_goes_on_to_the_next_case(signed_in: Client, new_case: NewCase) -> None:
    case, following = new_case("p"), new_case("q")
    form = draft_form(case, "Morgen.", then_resolve="1", after=f"/inbox/{following.pk}/", next=f"/inbox/{case.pk}/")

    answer = signed_in.post(f"/inbox/{case.pk}/reply/", form)

    assert answer.headers["Location"] == f"/inbox/{following.pk}/"
    assert Outgoing.objects.get().then_resolve is True
    assert Case.objects.get(pk=case.pk).state == CaseState.OPEN


@pytest.mark.parametrize("act", ["news", "rows", "draft", "presence", "claim", "note", "filters", "undo"])
def test_whoever_may_not_read_cases_is_refused(act: str, client: Client, new_case: NewCase) -> None:
    case = new_case("p")
    analyst = User.objects.create_user("a@nordhain.example", name="A", role=Role.ANALYST, created_at=clock.now())
    client.force_login(analyst, backend=BACKEND)
    address = {"rows": "/inbox/rows/", "filters": "/inbox/filters/", "undo": "/undo/1/"}

    refused = client.post(address.get(act, f"/inbox/{case.pk}/{act}/"), {"text": "x", "doing": "looking"})

    assert refused.status_code == 403


def test_text_of_a_hundred_thousand_characters_is_folded(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p", text="Rad " * 25_000)

    page = signed_in.get(f"/inbox/{case.pk}/").content.decode()

    assert "<summary>" in page
    assert "Show all" in page
