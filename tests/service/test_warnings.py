"""Warnings: to whom, when, once, and only while somebody is on duty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from resonanz.accounts.models import Notification, NotificationService, Role, User
from resonanz.core import clock, secrets
from resonanz.duties.models import Shift
from resonanz.duties.presence import set_absence
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening.models import Post
from resonanz.service.cases import settle
from resonanz.service.models import Case, CasePost, CaseWarning
from resonanz.service.times import warnings

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)  # ten o'clock in Berlin
DUE = TUESDAY + timedelta(hours=4)


@pytest.fixture
def lead(agent: User) -> User:
    return User.objects.create_user("lea@nordhain.example", name="Lea", role=Role.LEAD, created_at=clock.now())


@pytest.fixture
def case(quiet_case: Case, agent: User, colleague: User, lead: User) -> Case:
    """Due at two in the afternoon; Miriam owns it, Ole is deputy, Lea leads."""
    set_responsibility(
        channel_id=quiet_case.channel_id, topic_id=None, intent="", owner_id=agent.pk, deputy_id=colleague.pk,
        team_id=None, actor=agent,
    )  # fmt: skip
    CasePost.objects.filter(case=quiet_case).update(
        due_at=DUE, due_because={"kind": "FIRST", "minutes": 240}, alarm_at=TUESDAY + timedelta(hours=20)
    )
    settle(case=quiet_case)
    Case.objects.filter(pk=quiet_case.pk).update(assignee=agent)
    return quiet_case


def rung() -> list[tuple[str, str, str]]:
    rows = CaseWarning.objects.filter(rung_at__isnull=False).order_by("id").select_related("user")
    return [(row.user.name, row.matter, row.stage) for row in rows]


def warn(before: int) -> int:
    with clock.moved_to(DUE - timedelta(minutes=before)):
        return warnings.warn()


def test_owner_then_deputy_then_lead_are_warned_once_each(case: Case) -> None:
    counts = [warn(before) for before in (31, 30, 29, 15, 14, 5, 4, -1)]

    assert counts == [0, 1, 0, 1, 0, 1, 0, 0]
    assert rung() == [("Miriam", "ANSWER", "OWNER"), ("Ole", "ANSWER", "DEPUTY"), ("Lea", "ANSWER", "LEAD")]


def test_of_a_short_time_the_owner_is_warned_at_half_of_it(case: Case) -> None:
    CasePost.objects.filter(case=case).update(due_because={"kind": "FIRST", "minutes": 20})

    assert [warn(before) for before in (11, 10, 6, 5, 3, 2)] == [0, 1, 0, 1, 0, 1]


def test_what_is_answered_meanwhile_is_warned_of_no_more(case: Case) -> None:
    warn(30)
    CasePost.objects.filter(case=case).update(state="ANSWERED")
    settle(case=case)

    assert warn(15) == 0


def test_where_the_owner_is_away_the_deputy_hears_at_once_and_the_owner_finds_it_listed(
    case: Case, agent: User, colleague: User
) -> None:
    set_absence(user_id=agent.pk, first_date=DUE.date(), last_date=DUE.date(), actor=agent)

    assert warn(30) == 1
    assert rung() == [("Ole", "ANSWER", "DEPUTY")]
    assert [row.rung_at for row in warnings.unseen(user=agent)] == [None]
    assert warn(15) == 0


def test_nobody_is_rung_off_duty_and_whoever_returns_before_the_moment_is(case: Case, agent: User) -> None:
    monday = datetime(2026, 11, 16, 8, 10, tzinfo=UTC)  # ten past nine in Berlin; at nine they begin
    CasePost.objects.filter(case=case).update(due_at=monday)
    settle(case=case)

    with clock.moved_to(monday - timedelta(minutes=25)):
        assert warnings.warn() == 0
    assert CaseWarning.objects.count() == 3
    with clock.moved_to(monday - timedelta(minutes=9)):
        assert warnings.warn() == 2
    assert rung() == [("Miriam", "ANSWER", "OWNER"), ("Ole", "ANSWER", "DEPUTY")]


def test_who_is_on_call_is_rung_at_night_and_nobody_else(case: Case, lead: User, agent: User) -> None:
    night = datetime(2026, 11, 17, 22, 0, tzinfo=UTC)
    Shift.objects.create(
        user=lead, starts_at=night - timedelta(hours=3), ends_at=night + timedelta(hours=8), on_call=True
    )
    CasePost.objects.filter(case=case).update(due_at=night + timedelta(minutes=30))
    settle(case=case)

    with clock.moved_to(night):
        assert warnings.warn() == 1
    assert rung() == [("Lea", "ANSWER", "LEAD")]


def test_the_hard_alarm_rings_everybody_who_is_there_once(case: Case) -> None:
    alarm = TUESDAY + timedelta(hours=3)
    CasePost.objects.filter(case=case).update(alarm_at=alarm)

    with clock.moved_to(alarm):
        assert warnings.warn() == 3
        assert warnings.warn() == 0
    assert {matter for _, matter, _ in rung()} == {"ALARM"}


def test_what_was_due_hours_ago_is_no_warning_any_more(case: Case) -> None:
    assert warn(-61) == 0


def test_what_was_seen_or_waits_no_more_is_not_listed(case: Case, agent: User) -> None:
    warn(30)
    assert [row.case_id for row in warnings.unseen(user=agent)] == [case.pk]

    CasePost.objects.filter(case=case).update(due_at=DUE + timedelta(hours=1))
    settle(case=case)
    assert warnings.unseen(user=agent) == []

    CasePost.objects.filter(case=case).update(due_at=DUE)
    settle(case=case)
    assert warnings.seen(user=agent) == 1
    assert warnings.unseen(user=agent) == []


def test_services_hear_of_it_with_ids_alone(case: Case, agent: User) -> None:
    address = secrets.encrypt("json://localhost")
    made = {"encrypted_address": address, "created_at": clock.now()}
    NotificationService.objects.create(name="Room", **made)
    NotificationService.objects.create(name="Miriam's phone", user=agent, **made)
    NotificationService.objects.create(name="Ole's phone", user=User.objects.get(name="Ole"), **made)

    warn(30)

    told = Notification.objects.order_by("service__name")
    assert [row.service.name for row in told if row.service] == ["Miriam's phone", "Room"]
    assert told[0].lines == [
        {
            "code": "warning.answer",
            "params": {"case": case.pk, "network": "memory", "due_at": DUE.isoformat()},
            "path": f"/inbox/{case.pk}/",
        }
    ]


def test_whoever_answers_in_the_language_of_the_case_is_deputy(case: Case, agent: User, colleague: User) -> None:
    third = User.objects.create_user("pia@nordhain.example", name="Pia", created_at=clock.now())
    Post.objects.filter(case_posts__case=case).update(language="en")
    set_responsibility(
        channel_id=case.channel_id, topic_id=None, intent="", language="en", owner_id=agent.pk, deputy_id=third.pk,
        team_id=None, actor=agent,
    )  # fmt: skip

    warn(15)

    assert ("Pia", "ANSWER", "DEPUTY") in rung()
    assert all(name != colleague.name for name, _matter, _stage in rung())
