from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.service import enquiries
from resonanz.service.conversation import conversation
from resonanz.service.enquiries import EnquiryEnded, EnquiryUnknown, NoAddress, NothingAsked, TooManyCodes, WrongCode
from resonanz.service.models import Case, CaseNote, Enquiry
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db


def ask(case: Case, agent: User, **more: object) -> enquiries.Asked:
    asked: dict[str, object] = {
        "case_id": case.pk, "name": "Doris", "email": "Doris@Werkstatt.example", "question": "Wann sind Akkus da?",
        "excerpt": "Wann?", "days": 3, "author": agent, "language": "de",
    }  # fmt: skip
    return enquiries.ask(**asked | more)  # type: ignore[arg-type]


def unlocked(token: str) -> str:
    _, code = enquiries.new_code(token=token)
    return enquiries.unlock(token=token, code=code)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_answer_lands_as_a_note_and_the_excerpt_leaves(quiet_case: Case, agent: User) -> None:
    asked = ask(quiet_case, agent)

    enquiries.answer(token=asked.token, proof=unlocked(asked.token), text="Am Dienstag, 40 Stück.")

    asked.enquiry.refresh_from_db()
    note = CaseNote.objects.get()
    assert (note.text, note.author, note.enquiry) == ("Am Dienstag, 40 Stück.", None, asked.enquiry)
    assert asked.enquiry.excerpt == ""
    assert note in [entry.note for entry in conversation(case=quiet_case).entries]


def test_looking_consumes_nothing(quiet_case: Case, agent: User) -> None:
    asked = ask(quiet_case, agent)
    proof = unlocked(asked.token)

    for _ in range(3):
        assert enquiries.behind(token=asked.token) == asked.enquiry
        assert enquiries.read(token=asked.token, proof=proof).question == "Wann sind Akkus da?"


def test_second_answer_is_refused_and_the_first_stays(quiet_case: Case, agent: User) -> None:
    asked = ask(quiet_case, agent)
    proof = unlocked(asked.token)
    enquiries.answer(token=asked.token, proof=proof, text="Dienstag")

    with pytest.raises(EnquiryEnded):
        enquiries.answer(token=asked.token, proof=proof, text="Doch Mittwoch")

    assert CaseNote.objects.get().text == "Dienstag"


def test_code_works_once_and_only_the_newest(quiet_case: Case, agent: User) -> None:
    asked = ask(quiet_case, agent)
    _, old = enquiries.new_code(token=asked.token)
    _, code = enquiries.new_code(token=asked.token)

    if old != code:
        with pytest.raises(WrongCode):
            enquiries.unlock(token=asked.token, code=old)
    enquiries.unlock(token=asked.token, code=f" {code[:3]} {code[3:]} ")
    with pytest.raises(WrongCode):
        enquiries.unlock(token=asked.token, code=code)


def test_code_ends_after_five_wrong_tries(quiet_case: Case, agent: User) -> None:
    asked = ask(quiet_case, agent)
    _, code = enquiries.new_code(token=asked.token)
    for _ in range(enquiries.MOST_TRIES):
        with pytest.raises(WrongCode):
            enquiries.unlock(token=asked.token, code=wrong(code))

    with pytest.raises(WrongCode):
        enquiries.unlock(token=asked.token, code=code)


def test_code_ends_after_its_minutes(quiet_case: Case, agent: User, moving_clock: MovingClock) -> None:
    asked = ask(quiet_case, agent)
    _, code = enquiries.new_code(token=asked.token)
    moving_clock.forward(minutes=enquiries.CODE_MINUTES + 1)

    with pytest.raises(WrongCode):
        enquiries.unlock(token=asked.token, code=code)


def test_codes_are_not_sent_for_ever(quiet_case: Case, agent: User) -> None:
    asked = ask(quiet_case, agent)
    for _ in range(enquiries.MOST_CODES):
        enquiries.new_code(token=asked.token)

    with pytest.raises(TooManyCodes):
        enquiries.new_code(token=asked.token)


@pytest.mark.parametrize("ending", ["revoked", "late", "case gone"])
def test_ended_enquiry_shows_and_takes_nothing(
    quiet_case: Case, agent: User, moving_clock: MovingClock, ending: str
) -> None:
    asked = ask(quiet_case, agent)
    proof = unlocked(asked.token)
    if ending == "revoked":
        enquiries.revoke(enquiry_id=asked.enquiry.pk, actor=agent)
        assert Enquiry.objects.get().excerpt == ""
    elif ending == "late":
        moving_clock.forward(days=4)
    else:
        quiet_case.delete()

    for looking in (
        lambda: enquiries.read(token=asked.token, proof=proof),
        lambda: enquiries.new_code(token=asked.token),
        lambda: enquiries.answer(token=asked.token, proof=proof, text="zu spät"),
    ):
        with pytest.raises((EnquiryEnded, EnquiryUnknown)):
            looking()
    assert not CaseNote.objects.exists()


def test_proof_of_one_enquiry_opens_no_other(quiet_case: Case, agent: User) -> None:
    one, other = ask(quiet_case, agent), ask(quiet_case, agent, name="Emil", email="emil@werkstatt.example")
    proof = unlocked(one.token)

    for bad in (proof, "", "made-up", signing.dumps(other.enquiry.pk, salt="something else")):
        with pytest.raises(WrongCode):
            enquiries.read(token=other.token, proof=bad)


def test_made_up_link_is_unknown() -> None:
    with pytest.raises(EnquiryUnknown):
        enquiries.behind(token="made-up")


@pytest.mark.parametrize(
    ("more", "problem"),
    [({"question": " \n "}, NothingAsked), ({"email": "doris"}, NoAddress), ({"email": ""}, NoAddress)],
)
def test_enquiry_needs_a_question_and_an_address(
    quiet_case: Case, agent: User, more: dict[str, object], problem: type[ResonanzError]
) -> None:
    with pytest.raises(problem):
        ask(quiet_case, agent, **more)

    assert not Enquiry.objects.exists()


def test_nothing_in_the_row_opens_the_link(quiet_case: Case, agent: User) -> None:
    asked = ask(quiet_case, agent)
    _, code = enquiries.new_code(token=asked.token)

    row = repr(list(Enquiry.objects.values()))

    assert asked.token not in row
    assert code not in row


def test_who_knew_names_those_who_answered_on_the_topic_newest_first(
    quiet_case: Case, agent: User, moving_clock: MovingClock
) -> None:
    for name in ("Doris", "Emil", "Doris"):
        asked = ask(quiet_case, agent, name=name, email=f"{name}@werkstatt.example")
        enquiries.answer(token=asked.token, proof=unlocked(asked.token), text="Ja")
        moving_clock.forward(hours=1)
    ask(quiet_case, agent, name="Wer nie antwortet", email="nie@werkstatt.example")

    knew = enquiries.who_knew(topic_id=None)

    assert [(one.name, one.times) for one in knew] == [("Doris", 2), ("Emil", 1)]


def test_waiting_lists_what_may_still_be_answered(quiet_case: Case, agent: User) -> None:
    open_one = ask(quiet_case, agent).enquiry
    enquiries.revoke(enquiry_id=ask(quiet_case, agent).enquiry.pk, actor=agent)
    Enquiry.objects.filter(pk=ask(quiet_case, agent).enquiry.pk).update(ends_at=clock.now() - timedelta(seconds=1))

    assert list(enquiries.waiting(case_id=quiet_case.pk)) == [open_one]
