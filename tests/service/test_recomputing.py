"""Due times when hours or targets change: what is open follows, what is past stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.duties import calendars, hours
from resonanz.duties.models import BusinessCalendar
from resonanz.listening.models import Intent, Post
from resonanz.networks.models import Channel
from resonanz.people import groups
from resonanz.people.models import Identity, Person
from resonanz.service import cases, intake
from resonanz.service.models import Case, CasePost, Recomputation
from resonanz.service.tasks import recompute
from resonanz.service.times import recomputing

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)  # ten o'clock in Berlin, Monday to Friday nine to five
Asks = Callable[..., Case]


@pytest.fixture
def asks(agent: User) -> Asks:
    """Somebody asks in a thread at a moment; the case that takes it."""
    channel = Channel.objects.create(network="feeds", name="Quiet", created_at=clock.now())

    def ask(thread: str, *, at: datetime = TUESDAY, urgency: float = 0.0, identity: Identity | None = None) -> Case:
        post = Post.objects.create(
            network="feeds", native_id=f"{thread}{at}", kind="COMMENT", visibility="PUBLIC", speaker="OUTSIDER",
            text="Wann?", author_native_id="jonas", root_native_id=thread, posted_at=at, received_at=at,
            purpose="SERVICE", source="feeds", delete_on=date(2099, 1, 1),
        )  # fmt: skip
        arrival = intake.Arrival(
            post_id=post.pk, network=post.network, origin="", root_id=thread, visibility="PUBLIC", posted_at=at,
            topic_ids=[],
            identity_id=identity.pk if identity else None, wanted=True, intent=Intent.QUESTION, urgency=urgency,
        )  # fmt: skip
        (case_id,) = intake.take(channel=channel, arrivals=[arrival])
        return Case.objects.get(pk=case_id)

    return ask


def set_target(actor: User, minutes: int, kind: str = "FIRST", urgency: str = "") -> None:
    hours.set_target(
        kind=kind, network="", intent="", urgency=urgency, business_minutes=minutes, alarm_minutes=None, actor=actor
    )


def run_to_the_end() -> None:
    for running in Recomputation.objects.filter(state="RUNNING"):
        while recomputing.go_on(recomputation_id=running.pk):
            pass


def due(case: Case) -> timedelta | None:
    case.refresh_from_db()
    return case.answer_due_at - TUESDAY if case.answer_due_at else None


def answer(case: Case, at: datetime) -> None:
    """As the outbox does when an answer of ours has arrived."""
    with clock.moved_to(at):
        CasePost.objects.filter(case=case).update(state="ANSWERED")
        if case.first_reply_at is None:
            case.first_reply_at = at
            case.save(update_fields=["first_reply_at"])
        cases.settle(case=case)


def test_a_due_time_tells_how_it_came_about(asks: Asks) -> None:
    case = asks("a", at=datetime(2026, 12, 24, 15, 0, tzinfo=UTC))

    place = CasePost.objects.get(case=case)
    assert place.due_at == datetime(2026, 12, 28, 11, 0, tzinfo=UTC)
    assert place.due_because == {
        "kind": "FIRST", "minutes": 240, "calendar": "default", "skipped": [["2026-12-25", ""]]
    }  # fmt: skip


def test_a_changed_target_moves_what_is_open_and_leaves_the_past(asks: Asks, agent: User) -> None:
    waiting, answered = asks("a"), asks("b")
    answer(answered, TUESDAY + timedelta(hours=1))

    set_target(agent, 60)
    run_to_the_end()

    assert due(waiting) == timedelta(hours=1)
    assert due(answered) is None
    assert CasePost.objects.get(case=answered).due_at == TUESDAY + timedelta(hours=4)
    told = Recomputation.objects.get()
    assert (told.state, told.total, told.done, told.changed) == ("DONE", 2, 2, 1)


def test_reckoning_twice_changes_nothing(asks: Asks, agent: User) -> None:
    case = asks("a")
    set_target(agent, 60)
    run_to_the_end()
    before = CasePost.objects.values().get(case=case)

    recomputing.begin(actor=agent)
    run_to_the_end()

    assert CasePost.objects.values().get(case=case) == before
    assert Recomputation.objects.order_by("-id")[0].changed == 0


def test_a_company_day_moves_what_is_open_and_is_told(asks: Asks, agent: User) -> None:
    case = asks("a")

    hours.add_company_days(
        calendar_id=None, name="Outing", first_date=date(2026, 11, 17), last_date=date(2026, 11, 17), periods=[],
        actor=agent,
    )  # fmt: skip
    run_to_the_end()

    assert due(case) == timedelta(days=1, hours=3)
    assert CasePost.objects.get(case=case).due_because["skipped"] == [["2026-11-17", "Outing"]]


def test_it_goes_in_chunks_can_be_stopped_and_a_new_change_begins_anew(
    asks: Asks, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "CHUNK", 2)
    opened = [asks(str(number)) for number in range(5)]
    set_target(agent, 60)
    first = Recomputation.objects.get()

    recompute(recomputation_id=first.pk)
    assert [due(case) == timedelta(hours=1) for case in opened] == [True, True, False, False, False]
    recomputing.cancel(recomputation_id=first.pk)
    recompute(recomputation_id=first.pk)
    assert [due(case) == timedelta(hours=1) for case in opened] == [True, True, False, False, False]

    set_target(agent, 120)
    set_target(agent, 180)
    run_to_the_end()
    assert {due(case) for case in opened} == {timedelta(hours=3)}
    states = list(Recomputation.objects.order_by("id").values_list("state", flat=True))
    assert states == ["CANCELLED", "CANCELLED", "DONE"]


def test_the_next_reply_has_its_own_time_from_the_next_post(asks: Asks, agent: User) -> None:
    set_target(agent, 30, kind="NEXT")
    case = asks("a")
    answer(case, TUESDAY + timedelta(hours=1))
    assert due(case) is None

    again = asks("a", at=TUESDAY + timedelta(hours=2))

    assert again.pk == case.pk
    assert due(case) == timedelta(hours=2, minutes=30)


def test_what_is_urgent_has_its_own_time(asks: Asks, agent: User) -> None:
    set_target(agent, 30, urgency="HIGH")

    assert due(asks("a", urgency=0.9)) == timedelta(minutes=30)
    assert due(asks("b", urgency=0.3)) == timedelta(hours=4)


def test_a_target_group_has_its_own_time(asks: Asks, agent: User) -> None:
    kept = {"purpose": "SERVICE", "source": "feeds", "delete_on": date(2099, 1, 1)}
    person = Person.objects.create(name="Jonas", created_at=TUESDAY, **kept)
    jonas = Identity.objects.create(
        network="feeds", native_id="jonas", person=person, first_seen_at=TUESDAY, last_seen_at=TUESDAY, **kept
    )
    press = groups.create(name="Press", rule={}, actor=agent)
    hours.set_target(
        kind="FIRST", network="", intent="", urgency="", group_id=press.pk, business_minutes=60, alarm_minutes=None,
        actor=agent,
    )  # fmt: skip
    before = asks("a", identity=jonas)
    groups.say_by_hand(group_id=press.pk, person_id=person.pk, belongs=True, actor=agent)

    assert due(before) == timedelta(hours=4)
    assert due(asks("b", identity=jonas)) == timedelta(hours=1)
    assert due(asks("c")) == timedelta(hours=4)


def test_the_time_for_a_resolution_stands_still_while_it_is_their_turn(asks: Asks, agent: User) -> None:
    set_target(agent, 360, kind="RESOLUTION")
    case = asks("a")
    assert case.resolution_due_at == TUESDAY + timedelta(hours=6)

    answer(case, TUESDAY + timedelta(hours=2))
    case.refresh_from_db()
    assert case.resolution_due_at is None
    assert case.resolution_used_seconds == 2 * 3600

    asks("a", at=TUESDAY + timedelta(days=1))
    case.refresh_from_db()
    assert case.resolution_due_at == TUESDAY + timedelta(days=1, hours=4)

    set_target(agent, 240, kind="RESOLUTION")
    run_to_the_end()
    case.refresh_from_db()
    assert case.resolution_due_at == TUESDAY + timedelta(days=1, hours=2)


def test_a_calendar_without_any_hour_never_stops_what_comes_in(asks: Asks) -> None:
    BusinessCalendar.objects.update(periods={})

    assert due(asks("a")) == timedelta(hours=20)
    assert calendars.promises().calendars[None].periods == ((),) * 7
