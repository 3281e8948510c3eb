from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.duties.targets import LATEST_BY_THE_CLOCK, Calendar, NoBusinessHours, due_at

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = {str(day): [["09:00", "12:00"], ["13:00", "17:00"]] for day in range(5)}
OFFICE = Calendar.of(time_zone="Europe/Berlin", land="BY", periods=WEEK)


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("since", "minutes", "due"),
    [
        (berlin(2026, 11, 16, 10, 0), 60, berlin(2026, 11, 16, 11, 0)),
        (berlin(2026, 11, 16, 11, 30), 60, berlin(2026, 11, 16, 13, 30)),  # over the lunch break
        (berlin(2026, 11, 16, 16, 30), 60, berlin(2026, 11, 17, 9, 30)),  # over the night
        (berlin(2026, 11, 20, 16, 30), 60, berlin(2026, 11, 23, 9, 30)),  # over the weekend
        (berlin(2026, 1, 5, 16, 30), 60, berlin(2026, 1, 7, 9, 30)),  # Epiphany is a holiday in Bavaria
        (berlin(2026, 3, 27, 16, 30), 60, berlin(2026, 3, 30, 9, 30)),  # the clock goes forward on the 29th
    ],
)
def test_due_at_counts_business_minutes(since: datetime, minutes: int, due: datetime) -> None:
    found = due_at(since=since, business_minutes=minutes, calendar=OFFICE, by_the_minute=False)

    assert found == due.astimezone(UTC)


def test_due_at_knows_the_holidays_of_the_land() -> None:
    berlin_office = Calendar.of(time_zone="Europe/Berlin", land="BE", periods=WEEK)

    found = due_at(since=berlin(2026, 1, 6, 10, 0), business_minutes=60, calendar=berlin_office, by_the_minute=False)

    assert found == berlin(2026, 1, 6, 11, 0)


def test_due_at_is_never_a_day_later_where_a_day_is_no_answer() -> None:
    friday = berlin(2026, 11, 20, 16, 30)

    found = due_at(since=friday, business_minutes=240, calendar=OFFICE, by_the_minute=True)

    assert found == friday + LATEST_BY_THE_CLOCK


def test_due_at_refuses_a_calendar_without_hours_but_not_the_wall_clock() -> None:
    never = Calendar.of(time_zone="Europe/Berlin", land="", periods={})
    since = berlin(2026, 11, 16, 10, 0)

    with pytest.raises(NoBusinessHours):
        due_at(since=since, business_minutes=1, calendar=never, by_the_minute=False)
    assert due_at(since=since, business_minutes=1, calendar=never, by_the_minute=True) == since + LATEST_BY_THE_CLOCK


@given(
    since=st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 (the zone follows)
    shorter=st.integers(0, 3000),
    more=st.integers(0, 3000),
)
def test_due_at_never_precedes_the_post_and_grows_with_the_target(since: datetime, shorter: int, more: int) -> None:
    aware = since.replace(tzinfo=UTC)

    first = due_at(since=aware, business_minutes=shorter, calendar=OFFICE, by_the_minute=False)
    second = due_at(since=aware, business_minutes=shorter + more, calendar=OFFICE, by_the_minute=False)

    assert aware <= first <= second
    assert second - first >= timedelta(minutes=0)
