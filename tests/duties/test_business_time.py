"""Business time over changes of the clock, split days, holidays, company days, and ends at midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from resonanz.duties.targets import (
    MIDNIGHT,
    NO_HOLIDAYS,
    Calendar,
    NoBusinessHours,
    Periods,
    SpecialDays,
    after,
    between,
    has_hours,
    is_open,
    open_on,
    skipped,
)

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # its clock moves by half an hour
    "Africa/Cairo",  # its clock moves at midnight
    "Pacific/Apia",
    "Asia/Kathmandu",
    "UTC",
]
CHANGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
]
ROUND_THE_CLOCK = {str(day): [["00:00", "24:00"]] for day in range(7)}


def calendar(zone: str = "Europe/Berlin", land: str = NO_HOLIDAYS, **week: list[list[str]]) -> Calendar:
    """A calendar whose days are named mo to su."""
    names = ["mo", "tu", "we", "th", "fr", "sa", "su"]
    return Calendar.of(time_zone=zone, land=land, periods={str(names.index(name)): p for name, p in week.items()})


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"))  # type: ignore[misc,arg-type]


@st.composite
def some_periods(draw: st.DrawFn) -> Periods:
    marks = sorted(draw(st.sets(st.integers(0, MIDNIGHT // 15), max_size=6)))
    return tuple((15 * opens, 15 * closes) for opens, closes in zip(marks[::2], marks[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = draw(st.tuples(*[some_periods()] * 7))
    assume(any(week))
    days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
    spans = draw(st.lists(st.tuples(days, st.integers(0, 5), some_periods()), max_size=4))
    special = tuple(SpecialDays(first, first + timedelta(more), "x", periods) for first, more, periods in spans)
    land = draw(st.sampled_from(["", "BY", "BE", "SN", NO_HOLIDAYS]))
    return Calendar(ZoneInfo(draw(st.sampled_from(ZONES))), land, week, special)


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Any moment of the year, half of them within hours of a change of the clock."""
    if draw(st.booleans()):
        return draw(st.sampled_from(CHANGES)) + timedelta(minutes=draw(st.integers(-600, 600)))
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 525_600)))


lengths = st.integers(0, 5000).map(lambda minutes: timedelta(minutes=minutes))


@settings(max_examples=200, deadline=None)
@given(calendars(), moments(), lengths, lengths)
def test_after_is_additive(hours: Calendar, since: datetime, first: timedelta, second: timedelta) -> None:
    halfway = after(since=since, length=first, calendar=hours)

    assert after(since=halfway, length=second, calendar=hours) == after(
        since=since, length=first + second, calendar=hours
    )


@settings(max_examples=200, deadline=None)
@given(calendars(), moments(), st.integers(0, 20_000), lengths, lengths)
def test_after_grows_with_the_start_and_with_the_length(
    hours: Calendar, since: datetime, later: int, length: timedelta, more: timedelta
) -> None:
    due = after(since=since, length=length, calendar=hours)

    assert since <= due
    assert due <= after(since=since, length=length + more, calendar=hours)
    assert due <= after(since=since + timedelta(minutes=later), length=length, calendar=hours)


@settings(max_examples=200, deadline=None)
@given(calendars(), moments(), lengths)
def test_between_takes_back_what_after_added(hours: Calendar, since: datetime, length: timedelta) -> None:
    due = after(since=since, length=length, calendar=hours)

    assert between(begin=since, end=due, calendar=hours) == length


@settings(max_examples=200, deadline=None)
@given(calendars(), moments(), st.integers(1, 5000))
def test_after_ends_in_or_at_the_end_of_an_open_period(hours: Calendar, since: datetime, minutes: int) -> None:
    due = after(since=since, length=timedelta(minutes=minutes), calendar=hours)

    assert is_open(at=due - timedelta(microseconds=1), calendar=hours)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)],
)
def test_a_day_around_the_clock_is_as_long_as_it_is(day: date, hours: int) -> None:
    always = Calendar.of(time_zone="Europe/Berlin", land=NO_HOLIDAYS, periods=ROUND_THE_CLOCK)
    ((opens, closes),) = open_on(always, day)

    assert closes - opens == timedelta(hours=hours)


def test_hours_that_the_clock_skips_are_none() -> None:
    night = calendar(su=[["02:00", "03:00"], ["02:15", "04:00"]])

    assert open_on(night, date(2026, 3, 29)) == ((berlin(2026, 3, 29, 3), berlin(2026, 3, 29, 4)),)


def test_of_two_equal_times_the_first_counts() -> None:
    night = calendar(su=[["02:30", "04:00"]])

    assert after(since=berlin(2026, 10, 25, 0), length=timedelta(hours=2), calendar=night) == datetime(
        2026, 10, 25, 2, 30, tzinfo=UTC
    )


def test_a_change_at_midnight_shortens_the_day_that_begins() -> None:
    cairo = Calendar.of(time_zone="Africa/Cairo", land=NO_HOLIDAYS, periods=ROUND_THE_CLOCK)
    ((opens, closes),) = open_on(cairo, date(2026, 4, 24))  # there is no 00:00 to 01:00

    assert (opens, closes - opens) == (datetime(2026, 4, 23, 22, tzinfo=UTC), timedelta(hours=23))


def test_a_period_to_midnight_goes_on_with_the_next_day() -> None:
    late = calendar(mo=[["22:00", "24:00"]], tu=[["00:00", "02:00"]])

    assert after(since=berlin(2026, 11, 16, 23), length=timedelta(hours=2), calendar=late) == berlin(2026, 11, 17, 1)


def test_company_days_come_before_holidays_and_are_told() -> None:
    closing = SpecialDays(date(2026, 10, 2), date(2026, 10, 2), "Inventory", ())
    sale = SpecialDays(date(2026, 10, 3), date(2026, 10, 3), "Open day", ((600, 720),))
    week = {str(day): [["09:00", "17:00"]] for day in range(6)}
    office = Calendar.of(time_zone="Europe/Berlin", land="BE", periods=week, special=[closing, sale])
    since = berlin(2026, 10, 1, 16, 0)

    due = after(since=since, length=timedelta(hours=3, minutes=30), calendar=office)

    assert due == berlin(2026, 10, 5, 9, 30)
    told = skipped(calendar=office, begin=since, end=due)
    assert [(one.day.day, one.name) for one in told] == [(2, "Inventory"), (3, "Open day")]


def test_a_holiday_on_the_way_is_told_but_not_one_on_a_free_day() -> None:
    week = {str(day): [["09:00", "17:00"]] for day in range(5)}
    office = Calendar.of(time_zone="Europe/Berlin", land="BE", periods=week)

    may = skipped(calendar=office, begin=berlin(2026, 4, 30, 16), end=berlin(2026, 5, 4, 12))
    unity = skipped(calendar=office, begin=berlin(2026, 10, 2, 16), end=berlin(2026, 10, 5, 12))

    assert ([one.day for one in may], unity) == ([date(2026, 5, 1)], ())


def test_a_calendar_without_any_hour_says_so() -> None:
    never = calendar()

    assert not has_hours(calendar=never, since=berlin(2026, 1, 1))
    with pytest.raises(NoBusinessHours):
        after(since=berlin(2026, 1, 1), length=timedelta(), calendar=never)


def test_a_calendar_with_one_hour_a_week_never_gives_up() -> None:
    rare = calendar(mo=[["09:00", "10:00"]])

    due = after(since=berlin(2026, 1, 1), length=timedelta(hours=100), calendar=rare)

    assert between(begin=berlin(2026, 1, 1), end=due, calendar=rare) == timedelta(hours=100)
