from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.listening.models import Post
from resonanz.networks.connections.channels import account_of
from resonanz.networks.contract import Account, Capability
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.models import Channel
from resonanz.privacy.models import AuditRecord, Purpose
from resonanz.service.answers import approvals, assisted, outbox
from resonanz.service.answers.replies import UnderWay, cancel, queue_reply
from resonanz.service.models import (
    Approval,
    Case,
    CaseEvent,
    CasePost,
    CasePostState,
    CaseState,
    NoAddress,
    Outgoing,
    OutgoingState,
    Proof,
)
from resonanz.service.tasks import look_for_posted
from tests.networks.memory_process import MemoryProcess
from tests.service.conftest import MovingClock
from tests.service.guideline import EVERYBODY, LEAD_SIGNS, publish

pytestmark = pytest.mark.django_db
ANSWER = "Das Ersatzteil kommt am Dienstag, wir schreiben Ihnen vorher noch einmal. ^MK"
QUESTION = "https://forum.example/t/rad/17#post-3"


@pytest.fixture
def forum_case(quiet_case: Case) -> Case:
    """The question stands in a forum, whose feed we read and where nobody can answer from here."""
    Channel.objects.filter(pk=quiet_case.channel_id).update(network="feeds", address="https://forum.example/feed.atom")
    Post.objects.update(network="feeds", url=QUESTION)
    return Case.objects.select_related("channel").get(pk=quiet_case.pk)


def by_hand(case: Case, author: User, **more: Any) -> Outgoing:
    post_id = CasePost.objects.get(case=case).post_id
    return queue_reply(case_id=case.pk, post_id=post_id, text=ANSWER, author=author, key=uuid4(), **more)


def fresh(outgoing: Outgoing) -> Outgoing:
    return Outgoing.objects.get(pk=outgoing.pk)


def test_answer_where_none_can_be_sent_is_to_be_posted_by_hand_and_stays_due(
    forum_case: Case, agent: User, colleague: User, moving_clock: MovingClock
) -> None:
    outgoing = by_hand(forum_case, agent)
    moving_clock.forward(minutes=1)
    outbox.send_due(outgoing_id=outgoing.pk)

    forum_case.refresh_from_db()
    assert fresh(outgoing).state == OutgoingState.ASSISTED
    assert CasePost.objects.get(case=forum_case).state == CasePostState.OPEN
    assert (forum_case.answer_due_at is not None, forum_case.first_reply_at) == (True, None)
    with pytest.raises(UnderWay):
        by_hand(forum_case, colleague)


def test_address_proves_it_and_the_case_goes_on_as_after_any_reply(forum_case: Case, agent: User) -> None:
    outgoing = by_hand(forum_case, agent, then_resolve=True)

    assisted.prove(outgoing_id=outgoing.pk, permalink=" https://www.forum.example/t/rad/17#post-4 ", actor=agent)

    forum_case.refresh_from_db()
    shown = fresh(outgoing)
    assert (shown.state, shown.proof) == (OutgoingState.SENT, Proof.PERMALINK)
    assert shown.url == "https://www.forum.example/t/rad/17#post-4"
    assert CasePost.objects.get(case=forum_case).state == CasePostState.ANSWERED
    assert (forum_case.state, forum_case.first_reply_at) == (CaseState.RESOLVED, shown.sent_at)
    acts = AuditRecord.objects.filter(thing="outgoing", thing_id=outgoing.pk).order_by("id")
    assert list(acts.values_list("act", flat=True)) == ["reply.queued", "reply.proved", "outgoing.sent"]


@pytest.mark.parametrize(
    ("permalink", "code"),
    [
        ("", "assisted.not_an_address"),
        ("javascript:alert(1)", "assisted.not_an_address"),
        ("http://[broken", "assisted.not_an_address"),
        ("forum.example/t/rad/17#post-4", "assisted.not_an_address"),
        ("https://forum.example/" + "x" * 2000, "assisted.not_an_address"),
        ("https://forum.example.evil.example/t/rad/17", "assisted.other_place"),
        ("https://forum.example@evil.example/t/rad/17", "assisted.other_place"),
        (QUESTION, "assisted.is_the_question"),
    ],
)
def test_an_address_that_proves_nothing_is_refused(forum_case: Case, agent: User, permalink: str, code: str) -> None:
    outgoing = by_hand(forum_case, agent)

    with pytest.raises(ResonanzError) as refused:
        assisted.prove(outgoing_id=outgoing.pk, permalink=permalink, actor=agent)

    assert refused.value.code == code
    assert fresh(outgoing).state == OutgoingState.ASSISTED


def test_one_address_proves_one_answer(forum_case: Case, agent: User) -> None:
    address = "https://forum.example/t/rad/17#post-4"
    assisted.prove(outgoing_id=by_hand(forum_case, agent).pk, permalink=address, actor=agent)
    second = by_hand(forum_case, agent)

    with pytest.raises(assisted.ShownBefore):
        assisted.prove(outgoing_id=second.pk, permalink=address, actor=agent)


def test_without_an_address_its_author_says_why(forum_case: Case, agent: User, colleague: User) -> None:
    outgoing = by_hand(forum_case, agent)

    with pytest.raises(assisted.NotItsAuthor):
        assisted.confirm(outgoing_id=outgoing.pk, reason=NoAddress.MEMBERS_ONLY, actor=colleague)
    assisted.confirm(outgoing_id=outgoing.pk, reason=NoAddress.MEMBERS_ONLY, actor=agent)

    confirmed = fresh(outgoing)
    assert (confirmed.state, confirmed.proof, confirmed.no_address) == ("SENT", "CONFIRMED", "MEMBERS_ONLY")
    assert AuditRecord.objects.get(act="reply.proved").details["reason"] == "MEMBERS_ONLY"
    with pytest.raises(assisted.NotByHand):
        assisted.confirm(outgoing_id=outgoing.pk, reason=NoAddress.MEMBERS_ONLY, actor=agent)


def heard(text: str, native_id: str, **more: object) -> Post:
    fields: dict[str, object] = {
        "network": "feeds", "native_id": native_id, "kind": "COMMENT", "visibility": "PUBLIC", "speaker": "OUTSIDER",
        "text": text, "author_native_id": "nordhain", "url": f"https://forum.example/{native_id}",
        "root_native_id": native_id, "posted_at": clock.now(), "received_at": clock.now(),
        "purpose": Purpose.SERVICE, "source": "feeds", "delete_on": clock.now().date() + timedelta(days=30),
    }  # fmt: skip
    return Post.objects.create(**fields | more)


def test_answer_that_comes_in_with_the_feed_is_found_by_itself(
    forum_case: Case, agent: User, moving_clock: MovingClock
) -> None:
    outgoing = by_hand(forum_case, agent)
    moving_clock.forward(hours=1)
    said = heard(f"Hallo Jonas!\n\n{ANSWER}", "4")

    look_for_posted()

    found = fresh(outgoing)
    assert (found.state, found.proof, found.native_id) == (OutgoingState.SENT, Proof.READ_BACK, "4")
    assert found.sent_at == said.posted_at


@pytest.mark.parametrize(
    "more",
    [
        {"text": "Etwas ganz anderes"},
        {"posted_at": clock.now() - timedelta(days=1)},
        {"author_native_id": "jonas"},
        {"network": "memory"},
    ],
    ids=["other words", "said before", "the asker's own", "elsewhere"],
)
def test_what_is_something_else_proves_nothing(
    forum_case: Case, agent: User, moving_clock: MovingClock, more: dict[str, object]
) -> None:
    outgoing = by_hand(forum_case, agent)
    moving_clock.forward(minutes=1)
    heard(**{"text": ANSWER, "native_id": "4"} | more)  # type: ignore[arg-type]

    look_for_posted()

    assert fresh(outgoing).state == OutgoingState.ASSISTED


def test_a_network_that_can_is_asked_itself(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, monkeypatch: pytest.MonkeyPatch,
    moving_clock: MovingClock, channel: Channel,
) -> None:  # fmt: skip
    monkeypatch.setattr(MemoryNetwork, "capabilities", MemoryNetwork.capabilities - {Capability.REPLY})
    outgoing = by_hand(case, agent)
    moving_clock.forward(minutes=1)
    look_for_posted()
    assert fresh(outgoing).state == OutgoingState.ASSISTED

    ours = account_of(channel)
    parent = CasePost.objects.get(case=case).post.native_id
    network.say(ours, ANSWER, parent_id=parent)
    moving_clock.forward(minutes=6)
    look_for_posted()

    assert (fresh(outgoing).state, fresh(outgoing).proof) == (OutgoingState.SENT, Proof.READ_BACK)


def test_one_that_the_network_does_not_take_after_all_is_posted_by_hand(
    case: Case, agent: User, monkeypatch: pytest.MonkeyPatch, moving_clock: MovingClock
) -> None:
    outgoing = by_hand(case, agent)
    monkeypatch.setattr(MemoryNetwork, "capabilities", MemoryNetwork.capabilities - {Capability.REPLY})
    moving_clock.forward(seconds=11)

    outbox.send_due(outgoing_id=outgoing.pk)

    assert fresh(outgoing).state == OutgoingState.ASSISTED
    cancel(outgoing_id=outgoing.pk, actor=agent)
    assert Outgoing.objects.get(state=OutgoingState.DRAFT, author=agent).text == ANSWER


def test_it_needs_the_same_signature_before_anybody_posts_it(forum_case: Case, agent: User) -> None:
    lead = User.objects.create_user("lena@nordhain.example", name="Lena", role=Role.LEAD, created_at=clock.now())
    publish(EVERYBODY, LEAD_SIGNS)
    outgoing = by_hand(forum_case, agent)
    assert fresh(outgoing).state == OutgoingState.AWAITING
    with pytest.raises(assisted.NotByHand):
        assisted.prove(outgoing_id=outgoing.pk, permalink="https://forum.example/4", actor=agent)

    approvals.approve(approval_id=Approval.objects.get(outgoing=outgoing).pk, actor=lead)

    assert fresh(outgoing).state == OutgoingState.ASSISTED


def test_it_is_taken_from_the_page_once_a_new_version_forbids_it(
    forum_case: Case, agent: User, moving_clock: MovingClock
) -> None:
    publish(EVERYBODY)
    outgoing = by_hand(forum_case, agent)
    publish(EVERYBODY, {"outcome": "FORBIDDEN", "networks": ["feeds"]})
    moving_clock.forward(minutes=6)

    look_for_posted()

    assert (fresh(outgoing).state, fresh(outgoing).failure_code) == (OutgoingState.FAILED, "outgoing.forbidden")
    assert CaseEvent.objects.get(act="reply.failed").details["clause"] == "1.2"
