"""An answer that its network took and could not deliver: it says so, its case is back, and nothing is sent again."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.networks.contract import Account, Undelivered
from resonanz.networks.models import Channel
from resonanz.pipeline import parcels
from resonanz.pipeline.take_in import take_in
from resonanz.privacy.models import AuditRecord
from resonanz.service import cases
from resonanz.service.answers import outbox
from resonanz.service.answers.replies import queue_reply
from resonanz.service.models import Case, CaseEvent, CasePost, CaseState, Outgoing
from tests.networks.memory_process import MemoryProcess
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db
REASON = "Nobody lives there."


def send(case: Case, agent: User, moving_clock: MovingClock, text: str = "Morgen früh. ^MK") -> Outgoing:
    """An answer that stands there."""
    post_id = CasePost.objects.filter(case=case, post__speaker="OUTSIDER").values_list("post_id", flat=True)[0]
    outgoing = queue_reply(case_id=case.pk, post_id=post_id, text=text, author=agent, key=uuid4())
    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=outgoing.pk)
    outgoing.refresh_from_db()
    assert outgoing.state == "SENT"
    return outgoing


def come_back(channel: Channel, outgoing: Outgoing) -> Undelivered:
    """The network says that it could not be delivered."""
    told = Undelivered(
        network=channel.network, origin=channel.origin, native_id=outgoing.native_id, failed_at=clock.now(),
        reason=REASON,
    )  # fmt: skip
    take_in(channel=channel, events=[told])
    return told


def test_case_is_back_with_who_answered_and_nothing_is_sent_again(
    case: Case, channel: Channel, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    due_at, assignee = case.answer_due_at, case.assignee
    outgoing = send(case, agent, moving_clock)
    cases.resolve(case_id=case.pk, actor=agent)

    told = come_back(channel, outgoing)
    take_in(channel=channel, events=[told])
    moving_clock.forward(hours=1)
    outbox.send_due(outgoing_id=outgoing.pk)

    outgoing.refresh_from_db()
    case.refresh_from_db()
    assert (outgoing.state, outgoing.failure_code, outgoing.failure_words) == ("FAILED", "network.undelivered", REASON)
    assert list(outbox.waiting()) == []
    assert (case.state, case.answer_due_at, case.first_reply_at) == (CaseState.OPEN, due_at, None)
    assert case.assignee == assignee
    acts = CaseEvent.objects.filter(case=case).order_by("id").values_list("act", flat=True)
    assert list(acts)[-2:] == ["reply.undelivered", "case.reopened"]
    audited = AuditRecord.objects.filter(thing="outgoing", thing_id=outgoing.pk).order_by("-id")
    assert audited[0].act == "outgoing.undelivered"
    said = network.call("GET", "/events?after=0&limit=500", stranger.secret)["events"]
    assert sum(1 for event in said if (event.get("post") or {}).get("parent_id")) == 1


def test_post_that_another_answer_reached_stays_answered(
    case: Case, channel: Channel, agent: User, moving_clock: MovingClock
) -> None:
    first, second = send(case, agent, moving_clock), send(case, agent, moving_clock, "Um neun. ^MK")
    moving_clock.forward(hours=1)

    come_back(channel, first)

    case.refresh_from_db()
    second.refresh_from_db()
    assert case.answer_due_at is None
    assert case.first_reply_at == second.sent_at


def test_case_that_was_put_aside_stands_in_the_lists_again(
    case: Case, channel: Channel, agent: User, moving_clock: MovingClock
) -> None:
    outgoing = send(case, agent, moving_clock)
    Case.objects.update(is_snoozed=True, snoozed_until=clock.now() + timedelta(days=3))

    come_back(channel, outgoing)

    case.refresh_from_db()
    assert not case.is_snoozed
    assert case.returned_at is not None


def test_where_the_conversation_goes_on_in_another_case_the_answer_tells_of_itself(
    case: Case, channel: Channel, agent: User, moving_clock: MovingClock
) -> None:
    outgoing = send(case, agent, moving_clock)
    cases.resolve(case_id=case.pk, actor=agent)
    Case.objects.create(
        channel=channel, network=case.network, origin=case.origin, root_native_id=case.root_native_id,
        visibility=case.visibility, intent="OTHER", opened_at=clock.now(), last_post_at=clock.now(),
    )  # fmt: skip

    come_back(channel, outgoing)

    outgoing.refresh_from_db()
    case.refresh_from_db()
    assert (outgoing.state, case.state) == ("FAILED", CaseState.RESOLVED)


def test_what_is_told_of_no_answer_of_ours_changes_nothing(case: Case, channel: Channel) -> None:
    told = Undelivered(network=channel.network, origin="", native_id="elsewhere", failed_at=clock.now())

    taken = take_in(channel=channel, events=[told])

    assert taken.case_ids == set()
    assert not CaseEvent.objects.filter(act="reply.undelivered").exists()


def test_it_goes_over_the_broker_as_it_is() -> None:
    told = Undelivered(network="memory", origin="", native_id="1", failed_at=clock.now(), reason=REASON)

    assert parcels.read(parcels.written(parcels.handed(1, [told], []))).events == [told]
