from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import Team, User
from resonanz.core import clock
from resonanz.service import cases, notes
from resonanz.service.conversation import conversation
from resonanz.service.models import Case, CaseEvent, CaseNote, CasePost, CaseState, NoneNeeded, TagColour
from resonanz.service.work import handing, handover, leases, snoozing, tagging, undoing
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db

Act = Callable[[Case, User], object]


def settle(case: Case, actor: User) -> None:
    post_id = CasePost.objects.get(case=case).post_id
    cases.needs_no_answer(case_id=case.pk, post_id=post_id, reason=NoneNeeded.TROLL, actor=actor)


def resolve(case: Case, actor: User) -> None:
    cases.resolve(case_id=case.pk, actor=actor)


def close(case: Case, actor: User) -> None:
    cases.resolve(case_id=case.pk, actor=actor, reason="SPAM")


def claim(case: Case, actor: User) -> None:
    cases.claim(case_id=case.pk, actor=actor)


def put_aside(case: Case, actor: User) -> None:
    snoozing.snooze(case_id=case.pk, until=clock.now() + timedelta(hours=3), actor=actor)


def hand_over(case: Case, actor: User) -> None:
    team = Team.objects.create(name="Technik")
    handover.hand_over(case_id=case.pk, assignee_id=None, team_id=team.pk, text="Bitte ansehen.", actor=actor)


def put_tag(case: Case, actor: User) -> None:
    tag = tagging.create(name="Rückruf", colour=TagColour.SOON, actor=actor)
    tagging.retag(case_id=case.pk, add=[tag.pk], actor=actor)


def as_it_is(case: Case) -> list[object]:
    """All that an act may change."""
    places = CasePost.objects.filter(case=case).values_list("state", "reason")
    tags = case.case_tags.values_list("tag_id", flat=True)
    return [*Case.objects.filter(pk=case.pk).values(), *places, CaseNote.objects.count(), *tags]


def last(user: User) -> CaseEvent:
    return undoing.latest(user=user)[0]


def mine(case: Case, actor: User) -> None:
    Case.objects.filter(pk=case.pk).update(assignee=actor)
    case.refresh_from_db()


ACTS: dict[str, tuple[list[Act], Act]] = {
    "case.assigned": ([], lambda case, actor: cases.assign(case_id=case.pk, assignee_id=actor.pk, actor=actor)),
    "case.claimed": ([], lambda case, actor: cases.claim(case_id=case.pk, actor=actor)),
    "case.none_needed": ([], settle),
    "case.resolved": ([settle], resolve),
    "case.resolved with a reason": ([claim], close),
    "case.reopened": ([settle, resolve], lambda case, actor: cases.reopen(case_id=case.pk, actor=actor)),
    "case.released": ([claim], lambda case, actor: leases.release(case_id=case.pk, actor=actor)),
    "case.snoozed": ([claim], lambda case, actor: snoozing.snooze(case_id=case.pk, until=None, actor=actor)),
    "case.woken": ([put_aside], lambda case, actor: snoozing.wake(case_id=case.pk, actor=actor)),
    "case.handed_over": ([claim], hand_over),
    "case.handed_out": ([], lambda case, actor: handing.next_case(user=actor)),
    "case.spread": ([mine], lambda case, actor: handing.spread(user_id=actor.pk, actor=actor)),
    "case.tagged": ([], put_tag),
    "note.written": ([], lambda case, actor: notes.write(case_id=case.pk, text="Rief an.", author=actor)),
}


@pytest.mark.parametrize("name", ACTS)
def test_act_taken_back_leaves_the_case_as_it_was(quiet_case: Case, agent: User, name: str) -> None:
    before_it, act = ACTS[name]
    for earlier in before_it:
        earlier(quiet_case, agent)
    before, shown = as_it_is(quiet_case), conversation(case=quiet_case).entries
    act(quiet_case, agent)
    assert as_it_is(quiet_case) != before

    event = last(agent)
    assert event.act == name.removesuffix(" with a reason")
    undoing.undo(event_id=event.pk, actor=agent)
    undoing.undo(event_id=event.pk, actor=agent)

    assert as_it_is(quiet_case) == before
    assert conversation(case=quiet_case).entries == shown
    assert event not in undoing.latest(user=agent)


def test_settling_anew_goes_back_to_the_earlier_reason(quiet_case: Case, agent: User) -> None:
    settle(quiet_case, agent)
    post_id = CasePost.objects.get(case=quiet_case).post_id
    cases.needs_no_answer(case_id=quiet_case.pk, post_id=post_id, reason=NoneNeeded.SPAM, actor=agent)
    undoing.undo(event_id=last(agent).pk, actor=agent)

    assert CasePost.objects.get(case=quiet_case).reason == NoneNeeded.TROLL


def test_assigned_goes_back_to_the_one_before(quiet_case: Case, agent: User, colleague: User) -> None:
    cases.assign(case_id=quiet_case.pk, assignee_id=colleague.pk, actor=colleague)
    cases.assign(case_id=quiet_case.pk, assignee_id=agent.pk, actor=agent)
    undoing.undo(event_id=last(agent).pk, actor=agent)

    quiet_case.refresh_from_db()
    assert quiet_case.assignee == colleague


def test_time_to_undo_ends_but_the_network_may_take_two_seconds(
    quiet_case: Case, agent: User, moving_clock: MovingClock
) -> None:
    notes.write(case_id=quiet_case.pk, text="Eins", author=agent)
    notes.write(case_id=quiet_case.pk, text="Zwei", author=agent)
    second, first = undoing.latest(user=agent)

    moving_clock.forward(seconds=11)
    assert undoing.latest(user=agent) == []
    undoing.undo(event_id=first.pk, actor=agent)
    moving_clock.forward(seconds=2)
    with pytest.raises(undoing.TooLate):
        undoing.undo(event_id=second.pk, actor=agent)
    assert CaseNote.objects.get().text == "Zwei"


def test_nobody_takes_back_what_somebody_else_did(quiet_case: Case, agent: User, colleague: User) -> None:
    settle(quiet_case, agent)

    assert undoing.latest(user=colleague) == []
    with pytest.raises(undoing.NotYours):
        undoing.undo(event_id=last(agent).pk, actor=colleague)


def test_what_somebody_changed_since_stays(quiet_case: Case, agent: User, colleague: User) -> None:
    cases.assign(case_id=quiet_case.pk, assignee_id=agent.pk, actor=agent)
    event = last(agent)
    cases.assign(case_id=quiet_case.pk, assignee_id=colleague.pk, actor=colleague)
    cases.assign(case_id=quiet_case.pk, assignee_id=agent.pk, actor=colleague)

    with pytest.raises(undoing.ChangedMeanwhile):
        undoing.undo(event_id=event.pk, actor=agent)


def test_post_is_not_opened_in_a_case_that_was_resolved_since(quiet_case: Case, agent: User, colleague: User) -> None:
    settle(quiet_case, agent)
    resolve(quiet_case, colleague)

    with pytest.raises(undoing.ChangedMeanwhile):
        undoing.undo(event_id=last(agent).pk, actor=agent)
    quiet_case.refresh_from_db()
    assert quiet_case.state == CaseState.RESOLVED


def test_resolved_stays_when_its_thread_has_another_case(quiet_case: Case, agent: User) -> None:
    settle(quiet_case, agent)
    resolve(quiet_case, agent)
    Case.objects.create(
        channel=quiet_case.channel, network=quiet_case.channel.network, root_native_id="1", visibility="PUBLIC",
        intent="OTHER", opened_at=clock.now(),
        last_post_at=clock.now(),
    )  # fmt: skip

    with pytest.raises(cases.AnotherOpen):
        undoing.undo(event_id=last(agent).pk, actor=agent)


def test_act_on_a_case_that_is_gone_cannot_be_taken_back(quiet_case: Case, agent: User) -> None:
    settle(quiet_case, agent)
    event = last(agent)
    quiet_case.delete()

    with pytest.raises(undoing.ChangedMeanwhile):
        undoing.undo(event_id=event.pk, actor=agent)


def test_latest_asks_once_by_index(quiet_case: Case, agent: User) -> None:
    now = clock.now()
    done = [
        CaseEvent(case=quiet_case, at=now - n * timedelta(minutes=1), act="case.woken", actor=agent)
        for n in range(2000)
    ]
    CaseEvent.objects.bulk_create(done)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE service_caseevent")
        with CaptureQueriesContext(connection) as asked:
            undoing.latest(user=agent)
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert len(asked) == 1
    assert "service_case_event_by" in plan
