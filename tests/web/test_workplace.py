from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.service import cases
from resonanz.service.models import Case, CaseLink, SavedView, TagColour
from resonanz.service.work import tagging

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
SCRIPT = {"HX-Request": "true"}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def analyst(client: Client) -> Client:
    user = User.objects.create_user("ana@x.example", name="Ana", role=Role.ANALYST, created_at=clock.now())
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def nora(miriam: User) -> User:
    return User.objects.create_user("nora@x.example", name="Nora Feld", role=Role.AGENT, created_at=clock.now())


@pytest.mark.parametrize(
    "address",
    ["/inbox/views/", "/inbox/views/counts/", "/inbox/complete/?q=is", "/inbox/ids/", "/inbox/bulk/claim/",
     "/inbox/{case}/do/snooze/", "/inbox/{case}/link/"],
)  # fmt: skip
def test_pages_of_the_workplace_are_for_those_who_read_cases(analyst: Client, new_case: NewCase, address: str) -> None:
    case = new_case("p")

    assert analyst.get(address.format(case=case.pk)).status_code == 403
    assert analyst.post(address.format(case=case.pk)).status_code == 403


@pytest.mark.parametrize("name", ["snooze", "tag", "hand-over"])
def test_form_of_an_act_is_a_page_of_its_own_and_a_piece_of_another(
    signed_in: Client, new_case: NewCase, miriam: User, name: str
) -> None:
    case = new_case("p")
    tagging.create(name=HOSTILE, colour=TagColour.LATE, actor=miriam)

    page = signed_in.get(f"/inbox/{case.pk}/do/{name}/").content.decode()
    piece = signed_in.get(f"/inbox/{case.pk}/do/{name}/", headers=SCRIPT).content.decode()
    for_many = signed_in.get(f"/inbox/bulk/{name}/", headers=SCRIPT).content.decode()

    assert "<html" in page
    for shown in (page, piece, for_many):
        assert f'data-act="{name}"' in shown
        assert HOSTILE not in shown
    assert "<html" not in piece + for_many


def test_case_is_snoozed_tagged_and_handed_over_from_its_page(signed_in: Client, new_case: NewCase, nora: User) -> None:
    case = new_case("p")

    signed_in.post(f"/inbox/{case.pk}/do/tag/", {"new": "Rückruf", "colour": "LATE"}, headers=SCRIPT)
    signed_in.post(f"/inbox/{case.pk}/do/hand-over/", {"assignee": nora.pk, "text": "Akku"}, headers=SCRIPT)
    pieces = signed_in.post(f"/inbox/{case.pk}/do/snooze/", {"until": "answer"}, headers=SCRIPT).content.decode()

    case.refresh_from_db()
    assert (case.assignee, case.is_snoozed, case.snoozed_until) == (nora, True, None)
    assert case.notes.get().text == "Akku"
    assert "Handed over to Nora Feld" in pieces
    assert "Snoozed until they write again" in pieces
    assert '<span class="chip tag late">Rückruf</span>' in pieces


@pytest.mark.parametrize(("until", "told"), [("2020-01-01T09:00", "over already"), ("soon", "no day and time")])
def test_moment_that_cannot_be_is_told(signed_in: Client, new_case: NewCase, until: str, told: str) -> None:
    case = new_case("p")

    answer = signed_in.post(f"/inbox/{case.pk}/do/snooze/", {"own": until}, headers=SCRIPT)

    assert answer.status_code == 409
    assert told in answer.json()["refused"]


def test_done_asks_why_and_closes_with_the_reason(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    page = signed_in.get(f"/inbox/{case.pk}/").content.decode()
    assert 'name="reason" value="PRAISE" data-digit="1"' in page

    pieces = signed_in.post(f"/inbox/{case.pk}/resolve/", {"reason": "TROLL"}, headers=SCRIPT).content.decode()

    assert "Resolved: trolling" in pieces
    assert Case.objects.get(pk=case.pk).closed_because == "TROLL"


def test_bulk_does_what_it_can_and_names_the_rest(signed_in: Client, new_case: NewCase, nora: User) -> None:
    free, held = new_case("1"), new_case("2", name=HOSTILE)
    cases.claim(case_id=held.pk, actor=nora)

    asked = {"ids": f"{free.pk},{held.pk},x,99999", "batch": uuid4().hex}
    answer = signed_in.post("/inbox/bulk/claim/", asked, headers=SCRIPT).json()

    assert answer["done"] == 1
    assert [(one["name"], one["why"]) for one in answer["refused"]] == [
        (HOSTILE, "Nora Feld took this case meanwhile."),
        ("#99999", "This case is no longer here."),
    ]
    assert 'action="/undo/' in answer["undo"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"ids": "1", "batch": "no"}, 422), ({"ids": ",".join(map(str, range(501))), "batch": uuid4().hex}, 409)],
)
def test_bulk_refuses_what_it_cannot_take(signed_in: Client, asked: dict[str, str], status: int) -> None:
    assert signed_in.post("/inbox/bulk/claim/", asked, headers=SCRIPT).status_code == status


def test_ids_of_a_list_are_those_of_what_was_typed(signed_in: Client, new_case: NewCase) -> None:
    wanted, other = new_case("1"), new_case("2")
    Case.objects.filter(pk=other.pk).update(intent="PRAISE")

    assert signed_in.get("/inbox/ids/?view=all&q=-kind:praise").json() == {"ids": [wanted.pk]}


def test_mistake_in_the_search_is_pointed_at_and_the_rest_holds(signed_in: Client, new_case: NewCase) -> None:
    new_case("1", name="Jonas")

    page = signed_in.get("/inbox/", {"view": "all", "q": f"is:laet kind:praise {HOSTILE}"}).content.decode()

    assert "<mark>laet</mark>" in page
    assert "laet cannot stand behind is:" in page
    assert "Jonas" not in page.split('id="cases"')[1]
    assert HOSTILE not in page


def test_search_offers_filters_and_their_values(signed_in: Client, miriam: User) -> None:
    tagging.create(name="Rückruf 7", colour=TagColour.LATE, actor=miriam)

    def offered(typed: str) -> list[str]:
        answer = signed_in.get("/inbox/complete/", {"q": typed, "caret": str(len(typed))}).json()["offered"]
        return [f"{typed[: one['start']]}{one['text']}" for one in answer]

    assert offered("akku t") == ["akku topic:", "akku tag:"]
    assert offered("is:l") == ["is:late "]
    assert offered("-tag:rü") == ['-tag:"Rückruf 7" ']
    assert offered("http://x") == []
    assert "is:" in "".join(offered("\x00"))


def test_view_is_kept_counted_shown_and_removed(signed_in: Client, new_case: NewCase) -> None:
    new_case("1")
    late = new_case("2")
    Case.objects.filter(pk=late.pk).update(answer_due_at=clock.now() - timedelta(hours=1))

    kept = signed_in.post("/inbox/views/", {"view": "all", "q": "is:late", "name": HOSTILE, "audience": "EVERYBODY"})
    view = SavedView.objects.get()

    assert kept["Location"] == "/inbox/views/"
    assert signed_in.get("/inbox/views/counts/").json() == {"counts": {str(view.pk): "1"}}
    page = signed_in.get("/inbox/?view=all&q=is:late").content.decode()
    assert 'href="/inbox/?view=all&amp;q=is%3Alate" aria-current="true"' in page
    assert HOSTILE not in page + signed_in.get("/inbox/views/").content.decode()
    signed_in.post(f"/inbox/views/{view.pk}/", {"do": "change", "name": "Spät", "audience": "OWN"})
    assert SavedView.objects.get().name == "Spät"
    signed_in.post(f"/inbox/views/{view.pk}/", {"do": "remove"})
    assert not SavedView.objects.exists()


def test_cases_are_linked_by_number_or_address(signed_in: Client, new_case: NewCase) -> None:
    one, other, third = new_case("1"), new_case("2"), new_case("3")

    signed_in.post(f"/inbox/{one.pk}/link/", {"other": f"#{other.pk}"}, headers=SCRIPT)
    written = f"https://resonanz.example/inbox/{third.pk}/?view=all"
    page = signed_in.post(f"/inbox/{one.pk}/link/", {"other": written}, headers=SCRIPT).content.decode()

    assert f'href="/inbox/{other.pk}/' in page
    assert CaseLink.objects.count() == 2
    refused = signed_in.post(f"/inbox/{one.pk}/link/", {"other": "Jonas"}, headers=SCRIPT)
    assert refused.json() == {"refused": "This names no case; its number or its address does."}


def test_whoever_signs_out_holds_nothing(signed_in: Client, new_case: NewCase, miriam: User) -> None:
    case = new_case("p")
    cases.claim(case_id=case.pk, actor=miriam)

    signed_in.post("/accounts/logout/")

    assert Case.objects.get(pk=case.pk).claimed_by is None


def test_palette_reaches_views(signed_in: Client) -> None:
    signed_in.post("/inbox/views/", {"view": "late", "q": "tag:Rückruf", "name": "Rückrufe, spät", "audience": "OWN"})

    page = signed_in.get("/find/?q=rückrufe").content.decode()

    assert 'href="/inbox/?view=late&amp;q=tag%3AR%C3%BCckruf"' in page
