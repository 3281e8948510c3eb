from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.duties import presence
from resonanz.duties.models import Absence, Shift
from resonanz.duties.presence import AbsenceInvalid, Presence, ShiftInvalid, There, on_duty
from resonanz.privacy import retention

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]

BERLIN = ZoneInfo("Europe/Berlin")


def there(user: User, at: datetime) -> There:
    return Presence(user_ids=[user.pk], since=at).of(user.pk, at)


def test_absence_lasts_from_midnight_to_midnight_where_the_company_is(people: dict[str, User]) -> None:
    anna = people["anna"]
    presence.set_absence(user_id=anna.pk, first_date=date(2026, 11, 17), last_date=date(2026, 11, 17), actor=anna)

    assert there(anna, datetime(2026, 11, 16, 23, 59, tzinfo=BERLIN)) is There.OFF
    assert there(anna, datetime(2026, 11, 17, 0, 0, tzinfo=BERLIN)) is There.AWAY
    assert there(anna, datetime(2026, 11, 17, 23, 59, tzinfo=BERLIN)) is There.AWAY
    assert there(anna, datetime(2026, 11, 18, 9, 0, tzinfo=BERLIN)) is There.AT_WORK


def test_only_who_is_at_work_or_on_call_is_on_duty(people: dict[str, User]) -> None:
    night = datetime(2026, 11, 16, 23, 0, tzinfo=BERLIN)
    plan = {"starts_at": night, "ends_at": night + timedelta(hours=8), "weeks": 1, "actor": people["dora"]}
    presence.plan_shifts(user_ids=[people["anna"].pk], on_call=True, **plan)  # type: ignore[arg-type]
    presence.plan_shifts(user_ids=[people["ben"].pk], on_call=False, **plan)  # type: ignore[arg-type]
    ids = {name: user.pk for name, user in people.items()}

    assert on_duty(user_ids=ids.values(), at=night) == {ids["anna"], ids["ben"]}
    assert there(people["anna"], night) is There.ON_CALL
    noon = night.replace(hour=12)
    assert on_duty(user_ids=ids.values(), at=noon) == {ids["anna"], ids["cleo"], ids["dora"]}
    assert on_duty(user_ids=ids.values(), at=noon + timedelta(days=30)) == set(ids.values())


def test_shifts_keep_their_time_on_the_wall_when_the_clock_changes(people: dict[str, User]) -> None:
    starts = datetime(2027, 3, 22, 8, 0, tzinfo=BERLIN)  # the clock changes on the 28th
    again = [
        presence.plan_shifts(
            user_ids=[people["anna"].pk], starts_at=starts, ends_at=starts + timedelta(hours=6), on_call=False, weeks=2,
            actor=people["dora"],
        )
        for _ in range(2)
    ]  # fmt: skip

    assert again == [2, 0]
    first, second = Shift.objects.order_by("starts_at")
    assert [shift.starts_at.astimezone(BERLIN).hour for shift in (first, second)] == [8, 8]
    assert second.starts_at - first.starts_at == timedelta(days=7, hours=-1)


def test_absences_and_shifts_that_make_no_sense_are_refused(people: dict[str, User]) -> None:
    anna, now = people["anna"], clock.now()
    for last in (date(2026, 11, 15), date(2029, 11, 16)):
        with pytest.raises(AbsenceInvalid):
            presence.set_absence(user_id=anna.pk, first_date=date(2026, 11, 16), last_date=last, actor=anna)
    for length in (timedelta(), timedelta(hours=25)):
        with pytest.raises(ShiftInvalid):
            presence.plan_shifts(
                user_ids=[anna.pk], starts_at=now, ends_at=now + length, on_call=False, weeks=1, actor=anna
            )


def test_plans_are_deleted_a_month_after_they_ended(people: dict[str, User]) -> None:
    today = clock.now().date()
    for days in (29, 30, 31, -5):
        last = today - timedelta(days=days)
        Absence.objects.create(user=people["anna"], first_date=last, last_date=last)
        ends = datetime.combine(last, datetime.min.time(), tzinfo=UTC) + timedelta(hours=9)
        Shift.objects.create(user=people["anna"], starts_at=ends - timedelta(hours=1), ends_at=ends)

    retention.delete_everything_due()

    assert sorted((today - row.last_date).days for row in Absence.objects.all()) == [-5, 29, 30]
    assert Shift.objects.count() == 3
