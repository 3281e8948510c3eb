from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from resonanz.accounts.models import User
from resonanz.service.models import Case, CaseNote, Enquiry

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def with_mail(settings: Settings) -> None:
    settings.MAIL_IS_READY = True
    settings.DEFAULT_FROM_EMAIL = "resonanz@nordhain.example"


def ask(client: Client, case: Case, **more: str) -> str:
    asked = {"name": "Doris", "email": "doris@werkstatt.example", "question": f"Wann? {HOSTILE}", "days": "3",
             "excerpt": "Wann kommt der Akku?"}  # fmt: skip
    answer = client.post(f"/inbox/{case.pk}/ask/", {**asked, **more})
    assert answer.status_code in {200, 302}, answer.content
    return unescape(answer.content.decode())


def shown(page: str, element: str) -> str:
    found = re.search(rf'id="{element}"[^>]*value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_expert_answers_by_link_and_code_passed_on(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("1", text="Geheimes steht hier", name="Jonas B.")
    page = ask(signed_in, case)
    link, code = path_of(shown(page, "enquiry-link")), shown(page, "enquiry-code")
    expert = Client()

    closed = expert.get(link).content.decode()
    opened = expert.post(link, {"step": "unlock", "code": code}).content.decode()
    proof = shown(opened.replace('name="proof"', 'id="proof"'), "proof")
    thanks = expert.post(link, {"step": "answer", "proof": proof, "text": f"Dienstag {HOSTILE}"})

    assert "Wann" not in closed
    assert "Wann kommt der Akku?" in opened
    assert HOSTILE not in opened
    assert not any(word in closed + opened for word in ("Geheimes", "Jonas", "nordhain.example"))
    assert thanks.status_code == 200
    talk = signed_in.get(f"/inbox/{case.pk}/").content.decode()
    assert "Dienstag &lt;script&gt;" in talk
    assert "Doris" in talk
    assert expert.get(link).status_code == 410


def test_code_goes_to_the_addressee_alone(signed_in: Client, new_case: NewCase, with_mail: None) -> None:
    case = new_case("1")
    asked = ask(signed_in, case)
    link = path_of(re.search(r"https?://\S+", str(mail.outbox[0].body)).group(0))  # type: ignore[union-attr]
    expert = Client()

    expert.post(link, {"step": "send"})

    code = re.search(r"\d{6}", str(mail.outbox[1].subject)).group(0)  # type: ignore[union-attr]
    assert [message.to for message in mail.outbox] == [["doris@werkstatt.example"]] * 2
    assert "Wann" not in str(mail.outbox[0].body) + str(mail.outbox[1].body)
    assert "enquiry-link" not in asked
    assert "Akku" in expert.post(link, {"step": "unlock", "code": code}).content.decode()


def test_wrong_code_opens_nothing(signed_in: Client, new_case: NewCase, miriam: User) -> None:
    page = ask(signed_in, new_case("1"))
    link, code = path_of(shown(page, "enquiry-link")), shown(page, "enquiry-code")
    expert = Client()

    answer = expert.post(link, {"step": "unlock", "code": f"{(int(code) + 1) % 1_000_000:06d}"})
    forged = expert.post(link, {"step": "answer", "proof": "made-up", "text": "hallo"})

    assert (answer.status_code, forged.status_code) == (422, 422)
    assert "Akku" not in answer.content.decode() + forged.content.decode()
    assert f"{miriam} has a question" in answer.content.decode()  # as before the code was typed
    assert not CaseNote.objects.exists()


def test_question_taken_back_shows_nothing(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("1")
    page = ask(signed_in, case)
    link, code = path_of(shown(page, "enquiry-link")), shown(page, "enquiry-code")
    assert "Doris" in signed_in.get(f"/inbox/{case.pk}/").content.decode()

    signed_in.post(f"/enquiries/{Enquiry.objects.get().pk}/revoke/")

    assert Client().post(link, {"step": "unlock", "code": code}).status_code == 410


def test_link_that_nobody_made_says_so(client: Client) -> None:
    page = client.get("/ask/made-up/")

    assert page.status_code == 410
    assert "This link does not open anything" in page.content.decode()


def test_long_answer_and_empty_one_are_told_and_kept(signed_in: Client, new_case: NewCase) -> None:
    page = ask(signed_in, new_case("1"))
    link, code = path_of(shown(page, "enquiry-link")), shown(page, "enquiry-code")
    expert = Client()
    opened = expert.post(link, {"step": "unlock", "code": code}).content.decode()
    proof = shown(opened.replace('name="proof"', 'id="proof"'), "proof")

    for text in ("", "x" * 100_000):
        answer = expert.post(link, {"step": "answer", "proof": proof, "text": text})
        assert answer.status_code == 422
        assert text in answer.content.decode()
    assert not CaseNote.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"email": "doris"}, {"question": ""}, {"days": "400"}, {"name": ""}, {"question": "x" * 5000}]
)
def test_bad_question_is_told_and_not_asked(signed_in: Client, new_case: NewCase, wrong: dict[str, str]) -> None:
    page = ask(signed_in, new_case("1"), **wrong)

    assert "errorlist" in page
    assert not Enquiry.objects.exists()


def test_link_in_the_address_suggests_who_knew(signed_in: Client, new_case: NewCase, miriam: User) -> None:
    case = new_case("1")

    page = signed_in.get(
        f"/inbox/{case.pk}/ask/", {"name": HOSTILE, "email": "emil@werkstatt.example"}
    ).content.decode()

    assert "emil@werkstatt.example" in page
    assert HOSTILE not in page
