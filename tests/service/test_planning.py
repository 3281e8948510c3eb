"""Answers that leave at a later moment: judged then, stopped when somebody writes before, and never sent early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.duties.targets import Calendar
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel
from resonanz.pipeline.polling import poll_once
from resonanz.service.answers import drafts, outbox, planning
from resonanz.service.answers.replies import cancel, queue_reply
from resonanz.service.lists import inbox
from resonanz.service.lists.filtering import meant
from resonanz.service.lists.inbox import Filters, View
from resonanz.service.models import Case, CasePost, Outgoing, OutgoingState
from tests.networks.memory_process import MemoryProcess
from tests.service.conftest import MovingClock
from tests.service.guideline import publish

pytestmark = pytest.mark.django_db
TEXT = "Guten Morgen! Das Rad ist da."


def plan(case: Case, author: User, *, hours: float = 14) -> Outgoing:
    post_id = CasePost.objects.filter(case=case).order_by("pk").values_list("post_id", flat=True)[0]
    planned_for = clock.now() + timedelta(hours=hours)
    return queue_reply(case_id=case.pk, post_id=post_id, text=TEXT, author=author, key=uuid4(), planned_for=planned_for)


def send_due() -> None:
    for outgoing_id in list(outbox.waiting()):
        outbox.send_due(outgoing_id=outgoing_id)


def test_planned_answer_leaves_at_its_moment_and_not_before(case: Case, agent: User, moving_clock: MovingClock) -> None:
    outgoing = plan(case, agent)

    moving_clock.forward(hours=13.9)
    send_due()
    outgoing.refresh_from_db()
    early = outgoing.state
    moving_clock.forward(hours=0.2)
    send_due()
    outgoing.refresh_from_db()

    assert (early, outgoing.state) == (OutgoingState.QUEUED, OutgoingState.SENT)


def test_somebody_who_writes_before_stops_it_and_the_words_are_kept(
    network: MemoryProcess, channel: Channel, stranger: Account, case: Case, agent: User, moving_clock: MovingClock
) -> None:
    outgoing = plan(case, agent)
    root = CasePost.objects.select_related("post").get(case=case).post
    network.say(stranger, "@nordhain Hat sich erledigt!", parent_id=root.native_id)
    poll_once(channel.pk)

    assert planning.stop_moved_on() == 1

    outgoing.refresh_from_db()
    draft = drafts.of(case_id=case.pk, author=agent)
    assert (outgoing.state, outgoing.failure_code) == (OutgoingState.FAILED, "outgoing.moved_on")
    assert draft is not None
    assert draft.text == TEXT
    assert planning.stop_moved_on() == 0


def test_outbox_itself_refuses_what_was_overtaken(
    network: MemoryProcess, channel: Channel, stranger: Account, case: Case, agent: User, moving_clock: MovingClock
) -> None:
    outgoing = plan(case, agent)
    root = CasePost.objects.select_related("post").get(case=case).post
    network.say(stranger, "@nordhain Hat sich erledigt!", parent_id=root.native_id)
    poll_once(channel.pk)
    moving_clock.forward(hours=15)

    send_due()

    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.failure_code) == (OutgoingState.FAILED, "outgoing.moved_on")


def test_guideline_of_that_moment_decides(case: Case, agent: User, moving_clock: MovingClock) -> None:
    outgoing = plan(case, agent)
    moving_clock.forward(hours=15)
    publish({"outcome": "FORBIDDEN", "roles": ["AGENT"]})

    send_due()

    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.failure_code) == (OutgoingState.FAILED, "outgoing.forbidden")


def test_withdrawn_it_is_a_draft_that_may_be_sent_at_once(case: Case, agent: User, moving_clock: MovingClock) -> None:
    outgoing = plan(case, agent)

    assert not inbox.in_time_to_undo(user=agent)
    cancel(outgoing_id=outgoing.pk, actor=agent)
    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.planned_for) == (OutgoingState.DRAFT, None)
    queue_reply(case_id=case.pk, post_id=outgoing.in_reply_to_id or 0, text=TEXT, author=agent, key=outgoing.key)
    moving_clock.forward(seconds=11)
    send_due()

    outgoing.refresh_from_db()
    assert outgoing.state == OutgoingState.SENT


def test_planned_cases_are_found(case: Case, agent: User) -> None:
    plan(case, agent)

    for typed, found in (("is:planned", [case]), ("ist:geplant", [case]), ("-is:planned", [])):
        filters = Filters(conditions=meant(text=typed, user=agent).conditions)
        assert inbox.cases(user=agent, view=View.ALL, filters=filters) == found


@pytest.mark.parametrize(("hours", "code"), [(-1, "planned.not_ahead"), (24 * 91, "planned.too_far")])
def test_moment_lies_ahead_and_within_memory(case: Case, agent: User, hours: float, code: str) -> None:
    with pytest.raises(Exception, match=code):
        plan(case, agent, hours=hours)

    assert Outgoing.objects.get().state == OutgoingState.DRAFT


@pytest.mark.parametrize(
    ("now", "tomorrow"),
    [
        (datetime(2026, 3, 27, 15, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)),  # over the start of summer time
        (datetime(2026, 10, 23, 15, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)),  # and its end
    ],
)
def test_next_morning_is_nine_o_clock_there_whatever_the_clocks_do(now: datetime, tomorrow: datetime) -> None:
    weekdays = {str(day): [["09:00", "17:00"]] for day in range(5)}
    calendar = Calendar.of(time_zone="Europe/Berlin", land="BW", periods=weekdays)

    with clock.moved_to(now):
        offered = planning.choices(calendar=calendar)

    assert next(one.until for one in offered if one.code == "TOMORROW") == tomorrow
