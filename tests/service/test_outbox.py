from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.networks import registry
from resonanz.networks.connections import channels
from resonanz.networks.contract import Account, Receipt, Replies, ReplyOrder
from resonanz.networks.errors import NotAuthorised
from resonanz.pipeline.polling import poll_once
from resonanz.privacy.models import AuditRecord
from resonanz.service.answers import outbox
from resonanz.service.answers.replies import NotAllowed, TooLate, UnderWay, cancel, queue_reply
from resonanz.service.conversation import conversation
from resonanz.service.models import Case, CaseEvent, CasePost, CaseState, Outgoing, OutgoingState
from tests.networks.memory_process import MemoryProcess
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db

ANSWER = "Morgen früh, versprochen. ^MK"


def queue(case: Case, agent: User, key: UUID | None = None, text: str = ANSWER, **more: Any) -> Outgoing:
    post_id = CasePost.objects.filter(case=case, post__speaker="OUTSIDER").values_list("post_id", flat=True)[0]
    return queue_reply(case_id=case.pk, post_id=post_id, text=text, author=agent, key=key or uuid4(), **more)


def standing(network: MemoryProcess, stranger: Account) -> list[str]:
    """What stands on the network in answer to the stranger."""
    events = network.call("GET", "/events?after=0&limit=500", stranger.secret)["events"]
    return [event["post"]["text"] for event in events if (event.get("post") or {}).get("parent_id")]


def state(outgoing: Outgoing) -> str:
    return Outgoing.objects.get(pk=outgoing.pk).state


def test_reply_waits_for_the_undo_then_stands_once(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    outgoing = queue(case, agent)
    outbox.send_due(outgoing_id=outgoing.pk)
    assert state(outgoing) == OutgoingState.QUEUED

    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=outgoing.pk)
    outbox.send_due(outgoing_id=outgoing.pk)

    case.refresh_from_db()
    assert (state(outgoing), standing(network, stranger)) == (OutgoingState.SENT, [ANSWER])
    assert case.first_reply_at is not None
    assert case.answer_due_at is None
    acts = AuditRecord.objects.filter(thing="outgoing", thing_id=outgoing.pk).order_by("id")
    assert list(acts.values_list("act", flat=True)) == ["reply.queued", "outgoing.sending", "outgoing.sent"]


def test_same_form_twice_is_one_reply(case: Case, agent: User) -> None:
    key = uuid4()

    assert queue(case, agent, key) == queue(case, agent, key)
    assert Outgoing.objects.count() == 1


def test_cancelled_reply_never_leaves(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    outgoing = queue(case, agent)
    cancel(outgoing_id=outgoing.pk, actor=agent)
    moving_clock.forward(minutes=5)
    outbox.send_due(outgoing_id=outgoing.pk)

    assert (state(outgoing), standing(network, stranger)) == (OutgoingState.DRAFT, [])


def test_sent_reply_cannot_be_taken_back(case: Case, agent: User, moving_clock: MovingClock) -> None:
    outgoing = queue(case, agent)
    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=outgoing.pk)

    with pytest.raises(TooLate):
        cancel(outgoing_id=outgoing.pk, actor=agent)


def test_guideline_stops_what_may_not_be_said(case: Case, agent: User) -> None:
    agent.role = "ANALYST"

    with pytest.raises(NotAllowed) as refused:
        queue(case, agent)

    assert refused.value.params["clause"] == "5.2"
    assert not Outgoing.objects.exclude(state=OutgoingState.DRAFT).exists()


def test_lost_answer_is_read_back_not_sent_again(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    outgoing = queue(case, agent)
    moving_clock.forward(seconds=11)
    network.trouble("lost", next=1, method="POST")
    outbox.send_due(outgoing_id=outgoing.pk)
    assert state(outgoing) == OutgoingState.UNKNOWN

    outbox.send_due(outgoing_id=outgoing.pk)
    assert state(outgoing) == OutgoingState.UNKNOWN  # it could still take effect there

    moving_clock.forward(minutes=2)
    outbox.send_due(outgoing_id=outgoing.pk)

    assert (state(outgoing), standing(network, stranger)) == (OutgoingState.SENT, [ANSWER])


def test_two_equal_replies_are_told_apart_when_read_back(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    first, second = queue(case, agent), queue(case, agent)
    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=first.pk)
    network.trouble("lost", next=1, method="POST")
    outbox.send_due(outgoing_id=second.pk)
    moving_clock.forward(minutes=2)
    outbox.send_due(outgoing_id=second.pk)

    receipts = Outgoing.objects.values_list("native_id", flat=True)
    assert (len(set(receipts)), standing(network, stranger)) == (2, [ANSWER, ANSWER])


def test_same_words_to_another_message_of_the_conversation_are_not_this_answer(
    case: Case, agent: User, moving_clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[frozenset[str]] = []

    def find_sent(_self: object, _account: Account, _order: ReplyOrder, **asked: Any) -> Receipt | None:
        told.append(asked["known"])
        return None

    earlier, later = queue(case, agent), queue(case, agent)
    Outgoing.objects.filter(pk=earlier.pk).update(
        state=OutgoingState.SENT, parent_native_id="another", native_id="stands-there", sent_at=later.created_at
    )
    Outgoing.objects.filter(pk=later.pk).update(state=OutgoingState.UNKNOWN)
    monkeypatch.setattr(type(registry.connector("memory")), "find_sent", find_sent)
    moving_clock.forward(minutes=10)

    outbox.send_due(outgoing_id=later.pk)

    assert told == [frozenset({"stands-there"})]


@pytest.mark.parametrize("mode", ["limited", "down"])
def test_busy_network_is_tried_later(
    mode: str, case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    outgoing = queue(case, agent)
    moving_clock.forward(seconds=11)
    network.trouble(mode, next=1, method="POST", seconds=30)
    outbox.send_due(outgoing_id=outgoing.pk)
    outbox.send_due(outgoing_id=outgoing.pk)
    assert (state(outgoing), standing(network, stranger)) == (OutgoingState.QUEUED, [])

    moving_clock.forward(seconds=31)
    outbox.send_due(outgoing_id=outgoing.pk)

    assert (state(outgoing), standing(network, stranger)) == (OutgoingState.SENT, [ANSWER])


def test_refusal_is_kept_in_the_networks_words(
    case: Case, agent: User, network: MemoryProcess, moving_clock: MovingClock
) -> None:
    outgoing = queue(case, agent)
    moving_clock.forward(seconds=11)
    network.trouble("refused", next=1, method="POST")
    outbox.send_due(outgoing_id=outgoing.pk)

    failed = Outgoing.objects.get(pk=outgoing.pk)
    assert (failed.state, failed.failure_words) == (OutgoingState.FAILED, "Refused on command.")


@pytest.mark.parametrize(("renews", "then"), [(True, OutgoingState.SENT), (False, OutgoingState.FAILED)])
def test_token_that_was_renewed_while_an_answer_left_fails_no_answer(
    case: Case, agent: User, moving_clock: MovingClock, monkeypatch: pytest.MonkeyPatch, *, renews: bool, then: str
) -> None:
    outgoing, memory = queue(case, agent), registry.connector("memory")
    reply = cast("Replies", memory).reply

    def refused_once(account: Account, order: ReplyOrder) -> Receipt:
        monkeypatch.setattr(memory, "reply", reply)
        if renews:
            channels.reconnect(channel_id=outgoing.channel_id, account=account, actor=agent)
        raise NotAuthorised(status=401)

    monkeypatch.setattr(memory, "reply", refused_once)
    for _ in range(2):
        moving_clock.forward(seconds=11)
        outbox.send_due(outgoing_id=outgoing.pk)

    assert state(outgoing) == then


def test_sender_that_died_before_the_call_is_sent_once_later(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    outgoing = queue(case, agent)
    moving_clock.forward(seconds=11)
    outbox._claim(outgoing.pk)  # SENDING is committed, and then the process is gone
    outbox.send_due(outgoing_id=outgoing.pk)
    assert (state(outgoing), standing(network, stranger)) == (OutgoingState.SENDING, [])

    moving_clock.forward(minutes=2)
    outbox.send_due(outgoing_id=outgoing.pk)
    outbox.send_due(outgoing_id=outgoing.pk)

    assert (state(outgoing), standing(network, stranger)) == (OutgoingState.SENT, [ANSWER])


def test_restored_reply_is_looked_for_and_else_left_to_a_person(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    sent, unsent = queue(case, agent), queue(case, agent, text="Und nochmals danke. ^MK")
    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=sent.pk)
    Outgoing.objects.filter(pk=sent.pk).update(state="QUEUED", native_id="", sent_at=None)  # as an older backup has it

    assert outbox.distrust() == 2
    moving_clock.forward(minutes=2)
    for _ in range(2):
        for outgoing_id in list(outbox.waiting()):
            outbox.send_due(outgoing_id=outgoing_id)

    assert (state(sent), state(unsent)) == (OutgoingState.SENT, OutgoingState.FAILED)
    assert Outgoing.objects.get(pk=unsent.pk).failure_code == outbox.RESTORED
    assert standing(network, stranger) == [ANSWER]


def test_own_reply_that_comes_back_is_shown_once(
    case: Case, agent: User, channel: object, moving_clock: MovingClock
) -> None:
    outgoing = queue(case, agent)
    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=outgoing.pk)
    poll_once(case.channel_id)

    entries = conversation(case=case).entries
    assert [entry.outgoing.pk for entry in entries if entry.outgoing] == [outgoing.pk]
    assert len([entry for entry in entries if entry.said]) == 1


def test_colleague_is_told_that_another_answer_is_on_its_way(case: Case, agent: User) -> None:
    other = User.objects.create_user("tom@nordhain.example", name="Tom", role="AGENT", created_at=agent.created_at)
    queue(case, agent)

    with pytest.raises(UnderWay):
        queue(case, other)


def test_reply_stands_once_though_our_clock_is_an_hour_ahead(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    moving_clock.forward(hours=1)
    outgoing = queue(case, agent)
    moving_clock.forward(seconds=11)
    network.trouble("lost", next=1, method="POST")
    outbox.send_due(outgoing_id=outgoing.pk)
    moving_clock.forward(minutes=2)
    outbox.send_due(outgoing_id=outgoing.pk)

    assert (state(outgoing), standing(network, stranger)) == (OutgoingState.SENT, [ANSWER])


def test_case_is_resolved_after_sending_when_asked(case: Case, agent: User, moving_clock: MovingClock) -> None:
    outgoing = queue(case, agent, then_resolve=True)
    moving_clock.forward(seconds=11)
    case.refresh_from_db()
    assert case.state == CaseState.OPEN

    outbox.send_due(outgoing_id=outgoing.pk)

    case.refresh_from_db()
    assert case.state == CaseState.RESOLVED
    assert CaseEvent.objects.get(case=case, act="case.resolved").actor == agent


def test_case_with_something_else_open_stays_open_after_sending(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    asked = CasePost.objects.get(case=case).post
    network.say(stranger, "@nordhain Und die Klingel?", parent_id=asked.native_id)
    poll_once(case.channel_id)
    first, second = CasePost.objects.filter(case=case).order_by("post__posted_at", "id")
    replies = [
        queue_reply(case_id=case.pk, post_id=one.post_id, text="Ja.", author=agent, key=uuid4(), then_resolve=True)
        for one in (first, second)
    ]
    moving_clock.forward(seconds=11)

    outbox.send_due(outgoing_id=replies[0].pk)
    case.refresh_from_db()
    assert case.state == CaseState.OPEN

    outbox.send_due(outgoing_id=replies[1].pk)
    case.refresh_from_db()
    assert case.state == CaseState.RESOLVED
