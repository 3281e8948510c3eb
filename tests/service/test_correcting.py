"""Our own answers put right: corrected in the open, or withdrawn for a reason."""

from __future__ import annotations

from uuid import uuid4

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel
from resonanz.pipeline.polling import poll_once
from resonanz.service.answers import outbox
from resonanz.service.answers.approvals import NotAllowed, NothingLeft
from resonanz.service.answers.replies import queue_reply
from resonanz.service.conversation import conversation
from resonanz.service.models import Case, CasePost, Moderation, ModerationState, Outgoing
from resonanz.service.moderation import sending
from resonanz.service.moderation.acts import NotPossible, UnderWay
from resonanz.service.moderation.correcting import (
    NoReason,
    NothingChanged,
    NotStanding,
    NotYours,
    correct,
    withdraw,
)
from resonanz.service.work import splitting
from tests.networks.memory_process import MemoryProcess
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db
FIRST, SECOND = "Morgen um acht. ^MK", "Morgen um neun. ^MK"


@pytest.fixture
def answer(case: Case, agent: User, moving_clock: MovingClock) -> Outgoing:
    """An answer that stands on the network."""
    post_id = CasePost.objects.filter(case=case, post__speaker="OUTSIDER").values_list("post_id", flat=True)[0]
    outgoing = queue_reply(case_id=case.pk, post_id=post_id, text=FIRST, author=agent, key=uuid4())
    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=outgoing.pk)
    outgoing.refresh_from_db()
    return outgoing


def leave(row: Moderation, moving_clock: MovingClock, seconds: float = 11) -> Moderation:
    moving_clock.forward(seconds=seconds)
    sending.send_due(moderation_id=row.pk)
    row.refresh_from_db()
    return row


def standing(network: MemoryProcess, stranger: Account) -> list[str]:
    events = network.call("GET", "/events?after=0&limit=500", stranger.secret)["events"]
    gone = {event["post_id"] for event in events if event["type"] == "deleted"}
    words = {event["post"]["id"]: event["post"]["text"] for event in events if event["type"] == "posted"}
    words |= {event["post_id"]: event["text"] for event in events if event["type"] == "edited"}
    return [text for post_id, text in words.items() if post_id not in gone and "^MK" in text]


def test_correction_stands_there_and_the_earlier_wording_stays(
    case: Case, answer: Outgoing, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    row = leave(correct(outgoing_id=answer.pk, text=SECOND, actor=agent), moving_clock)

    answer.refresh_from_db()
    shown = next(entry for entry in conversation(case=case).entries if entry.outgoing)
    assert (row.state, answer.text, row.text_before) == (ModerationState.DONE, SECOND, FIRST)
    assert standing(network, stranger) == [SECOND]
    assert list(shown.moderations) == [row]


def test_lost_answer_of_a_correction_corrects_once(
    answer: Outgoing, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    row = correct(outgoing_id=answer.pk, text=SECOND, actor=agent)
    network.trouble("lost", method="PATCH")

    assert leave(row, moving_clock).state == ModerationState.UNKNOWN
    assert leave(row, moving_clock, seconds=120).state == ModerationState.DONE

    events = network.call("GET", "/events?after=0&limit=500", stranger.secret)["events"]
    assert [event["text"] for event in events if event["type"] == "edited"] == [SECOND]


def test_withdrawn_answer_is_gone_for_its_reason_though_the_network_lost_its_word(
    answer: Outgoing, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    with pytest.raises(NoReason):
        withdraw(outgoing_id=answer.pk, words=" ", actor=agent)
    row = withdraw(outgoing_id=answer.pk, words="Falscher Tag", actor=agent)
    network.trouble("lost", method="DELETE")
    leave(row, moving_clock)

    leave(row, moving_clock, seconds=120)

    answer.refresh_from_db()
    assert (row.state, row.words, standing(network, stranger)) == (ModerationState.DONE, "Falscher Tag", [])
    assert answer.withdrawn_at is not None
    with pytest.raises(NotStanding):
        correct(outgoing_id=answer.pk, text=SECOND, actor=agent)


def test_correction_is_judged_like_an_answer(answer: Outgoing, agent: User) -> None:
    with pytest.raises(NotAllowed) as forbidden:
        correct(outgoing_id=answer.pk, text="Die IBAN ist DE02120300000000202051. ^MK", actor=agent)

    assert forbidden.value.params["clause"] == "9.3"


def test_correction_that_needs_a_signature_waits_for_it(
    answer: Outgoing, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    row = correct(outgoing_id=answer.pk, text="Darüber entscheidet unser Anwalt. ^MK", actor=agent)

    assert leave(row, moving_clock).state == ModerationState.AWAITING
    assert standing(network, stranger) == [FIRST]


def test_only_its_author_or_a_lead_puts_it_right(answer: Outgoing, colleague: User) -> None:
    lead = User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.LEAD, created_at=clock.now())

    with pytest.raises(NotYours):
        correct(outgoing_id=answer.pk, text=SECOND, actor=colleague)
    correct(outgoing_id=answer.pk, text=SECOND, actor=lead)

    with pytest.raises(UnderWay):
        withdraw(outgoing_id=answer.pk, words="Doch nicht", actor=lead)


def test_same_words_and_posted_by_hand_are_no_corrections(answer: Outgoing, agent: User) -> None:
    with pytest.raises(NothingChanged):
        correct(outgoing_id=answer.pk, text=f" {FIRST}\n", actor=agent)
    Outgoing.objects.filter(pk=answer.pk).update(native_id="", proof="CONFIRMED")
    with pytest.raises(NotPossible):
        correct(outgoing_id=answer.pk, text=SECOND, actor=agent)


def test_answer_is_neither_emptied_nor_taken_away_without_words(answer: Outgoing, agent: User) -> None:
    with pytest.raises(NothingLeft):
        correct(outgoing_id=answer.pk, text=" \x00 ", actor=agent)
    with pytest.raises(NoReason):
        withdraw(outgoing_id=answer.pk, words="\x00", actor=agent)

    assert not Moderation.objects.exists()


def test_correction_goes_with_its_answer_when_that_is_split_off(
    case: Case, answer: Outgoing, agent: User, network: MemoryProcess, channel: Channel, stranger: Account
) -> None:
    asked = answer.in_reply_to
    assert asked is not None
    network.say(stranger, "@nordhain Und die Werkstatt?", parent_id=asked.native_id)
    poll_once(channel.pk)
    row = correct(outgoing_id=answer.pk, text=SECOND, actor=agent)

    part = splitting.split(case_id=case.pk, post_ids=[asked.pk], actor=agent)

    row.refresh_from_db()
    answer.refresh_from_db()
    assert (row.case_id, answer.case_id) == (part.pk, part.pk)
