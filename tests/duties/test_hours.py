"""Changing hours and targets: what cannot be is refused, and the nearest target holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from resonanz.accounts.models import Role, Team, User
from resonanz.core import clock
from resonanz.duties import calendars, hours
from resonanz.duties.models import BusinessCalendar, ResponseTarget, TeamCalendar
from resonanz.duties.targets import Asked, NoBusinessHours, Target

pytestmark = pytest.mark.django_db
WEEK = {str(day): [["09:00", "17:00"]] for day in range(5)}
TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)  # ten o'clock in Berlin


@pytest.fixture
def lead() -> User:
    calendars.ensure_defaults()
    return User.objects.create_user("lead@nordhain.example", name="Lea", role=Role.LEAD, created_at=clock.now())


def save(lead: User, **differs: object) -> BusinessCalendar:
    fields: dict[str, object] = {
        "calendar_id": None,
        "name": "Support",
        "time_zone": "Europe/Berlin",
        "land": "BE",
        "team_ids": [],
    }
    return hours.save_calendar(**{**fields, "periods": WEEK, "actor": lead, **differs})  # type: ignore[arg-type]


def due(**asked: str) -> timedelta:
    found = calendars.promises().due(asked=Asked(kind="FIRST", **asked), since=TUESDAY, team_id=None)  # type: ignore[arg-type]
    assert found is not None
    return found.at - TUESDAY


def set_target(lead: User, minutes: int, **conditions: str) -> None:
    fields = {"kind": "FIRST", "network": "", "intent": "", "urgency": "", "alarm_minutes": None}
    hours.set_target(**{**fields, **conditions}, business_minutes=minutes, actor=lead)  # type: ignore[arg-type]


def test_a_calendar_without_any_hour_is_refused_and_nothing_changes(lead: User) -> None:
    with pytest.raises(NoBusinessHours):
        save(lead, periods={})
    with pytest.raises(NoBusinessHours):
        save(lead, calendar_id=BusinessCalendar.objects.get(is_default=True).pk, periods={})

    assert [one.name for one in BusinessCalendar.objects.all()] == ["default"]
    assert BusinessCalendar.objects.get().periods == WEEK


def test_a_stored_calendar_without_any_hour_stops_nothing() -> None:
    calendars.ensure_defaults()
    BusinessCalendar.objects.update(periods={})

    assert calendars.due_finder(network="feeds")(TUESDAY) == TUESDAY + timedelta(hours=20)


def test_names_zones_and_the_default_are_guarded(lead: User) -> None:
    support = save(lead)

    with pytest.raises(hours.CalendarNameTaken):
        save(lead)
    with pytest.raises(hours.UnknownZone):
        save(lead, name="Moon", time_zone="Moon/Base")
    with pytest.raises(hours.DefaultCalendarStays):
        hours.remove_calendar(calendar_id=BusinessCalendar.objects.get(is_default=True).pk, actor=lead)
    hours.remove_calendar(calendar_id=support.pk, actor=lead)
    assert BusinessCalendar.objects.count() == 1


def test_a_team_works_by_its_own_hours_and_zone(lead: User) -> None:
    night, day = Team.objects.create(name="Night"), Team.objects.create(name="Day")
    save(lead, name="Nights", periods={str(d): [["20:00", "24:00"]] for d in range(7)}, team_ids=[night.pk])
    save(lead, name="New York", time_zone="America/New_York", team_ids=[day.pk])
    in_force = calendars.promises()

    moments = {
        name: in_force.due(asked=Asked(kind="FIRST"), since=TUESDAY, team_id=team_id)
        for name, team_id in {None: None, "Night": night.pk, "Day": day.pk}.items()
    }

    assert {name: found and found.at.hour for name, found in moments.items()} == {None: 13, "Night": 23, "Day": 18}
    assert TeamCalendar.objects.count() == 2


def test_company_days_close_or_open_and_are_told(lead: User) -> None:
    hours.add_company_days(
        calendar_id=None, name="Outing", first_date=date(2026, 11, 17), last_date=date(2026, 11, 18), periods=[],
        actor=lead,
    )  # fmt: skip

    found = calendars.promises().due(asked=Asked(kind="FIRST"), since=TUESDAY, team_id=None)

    assert found is not None
    assert found.at == datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
    assert [one.name for one in found.because.skipped] == ["Outing", "Outing"]


def test_the_target_that_names_more_comes_first_and_of_several_the_soonest(lead: User) -> None:
    set_target(lead, 60, network="memory")
    set_target(lead, 300, network="memory", intent="COMPLAINT")
    set_target(lead, 30, urgency="HIGH")

    assert due(network="feeds") == timedelta(hours=4)
    assert due(network="memory", intent="QUESTION") == timedelta(hours=1)
    assert due(network="memory", intent="COMPLAINT") == timedelta(hours=5)
    assert due(network="memory", intent="COMPLAINT", urgency="HIGH") == timedelta(minutes=30)


def test_the_alarm_of_a_target_comes_before_that_of_the_network(lead: User) -> None:
    friday = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    asked = Asked(kind="FIRST", network="memory", network_alarm=timedelta(hours=20))

    def moment() -> timedelta:
        found = calendars.promises().due(asked=asked, since=friday, team_id=None)
        assert found is not None
        return found.at - friday

    assert moment() == timedelta(hours=20)
    hours.set_target(
        kind="FIRST", network="memory", intent="", urgency="", business_minutes=240, alarm_minutes=600, actor=lead
    )
    assert moment() == timedelta(hours=10)
    hours.set_target(
        kind="FIRST", network="memory", intent="", urgency="", business_minutes=240, alarm_minutes=0, actor=lead
    )
    assert moment() > timedelta(days=2)


def test_the_widest_target_stays(lead: User) -> None:
    set_target(lead, 60, network="memory")
    ids = {target.conditions: one.pk for one in ResponseTarget.objects.all() for target in [_plain(one)]}

    with pytest.raises(hours.LastTarget):
        hours.remove_target(target_id=ids[frozenset()], actor=lead)
    hours.remove_target(target_id=ids[frozenset({("network", "memory")})], actor=lead)
    assert ResponseTarget.objects.count() == 1


def _plain(row: ResponseTarget) -> Target:
    return next(target for target in calendars.promises().targets if target.network == row.network)
