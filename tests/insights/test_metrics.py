from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.models import ResponseTarget
from resonanz.insights import answers, days, keeping, metrics
from resonanz.insights.answers import Answer, Became
from resonanz.listening import posts
from resonanz.listening.models import Post

pytestmark = pytest.mark.django_db
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
FRIDAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def friday_noon() -> Iterator[None]:
    """Friday, 20 November 2026, 12:00 in Germany; nothing is kept from another test."""
    caches["process"].clear()
    with clock.moved_to(datetime(2026, 11, 20, 11, 0, tzinfo=UTC)):
        yield


def test_days_count_what_lists_show_and_nothing_else(say: Callable[..., Post]) -> None:
    say("2026-11-20T08:00Z")
    say("2026-11-20T08:00Z", visibility="PRIVATE")
    say("2026-11-20T08:00Z", speaker="OWN")
    say("2026-11-20T08:00Z", is_context=True)
    say("2026-11-19T08:00Z")
    say("2026-11-06T08:00Z")

    said = metrics.said(zone=BERLIN)

    counts = {day.day: day.said for day in said.days if day.said}
    assert counts == {FRIDAY: 1, date(2026, 11, 19): 1}
    assert (said.days[0].day, said.days[-1].day, len(said.days)) == (date(2026, 11, 7), FRIDAY, 14)
    assert said.today == posts.narrowed(wanted=_day(FRIDAY, BERLIN)).count()


def _day(day: date, zone: ZoneInfo) -> posts.Wanted:
    since, until = days.span(day, zone)
    return posts.Wanted(since=since, until=until)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # the clock skips midnight
        ("America/Havana", date(2026, 11, 1), 25),  # midnight comes twice
    ],
)
def test_days_have_the_hours_that_clocks_give_them(say: Callable[..., Post], zone: str, day: date, hours: int) -> None:
    since, until = days.span(day, ZoneInfo(zone))
    say((since - timedelta(seconds=1)).isoformat())
    for hour in range(hours):
        say((since + timedelta(hours=hour)).isoformat())
    say(until.isoformat())

    with clock.moved_to(until - timedelta(seconds=1)):
        said = metrics.said(zone=ZoneInfo(zone))

    assert until - since == timedelta(hours=hours)
    assert [(one.day, one.said) for one in said.days[-2:]] == [(day - days.ONE_DAY, 1), (day, hours)]


def test_day_of_a_post_is_that_of_the_reader(say: Callable[..., Post]) -> None:
    say("2026-11-20T03:00Z")

    assert [one.said for one in metrics.said(zone=BERLIN).days[-2:]] == [0, 1]
    assert [one.said for one in metrics.said(zone=NEW_YORK).days[-2:]] == [1, 0]


def test_usual_is_the_median_of_the_weekday_up_to_this_time(say: Callable[..., Post]) -> None:
    for day, count in (("10-23", 9), ("10-30", 2), ("11-06", 4), ("11-13", 3)):
        for _ in range(count):
            say(f"2026-{day}T08:00Z")
        say(f"2026-{day}T20:00Z")

    assert metrics.said(zone=BERLIN).usual == 4  # of 2, 3, 4 and 9: half of them by 12:00


def test_usual_is_unknown_until_two_weeks_were_listened_to(say: Callable[..., Post]) -> None:
    say("2026-11-12T08:00Z")
    say("2026-11-13T08:00Z")
    assert metrics.said(zone=BERLIN).usual is None

    say("2026-11-06T08:00Z")
    assert metrics.said(zone=BERLIN).usual == 1


def test_answers_are_in_time_late_or_waited_for(ask: Callable[..., Post]) -> None:
    calendars.ensure_defaults()
    # Two answers to one post are one answered post, and the first one counts.
    ask("2026-11-18T08:00Z", answered="2026-11-18T08:30Z", again="2026-11-18T16:00Z")
    ask("2026-11-18T08:00Z", answered="2026-11-18T15:00Z")  # four business hours were over at 13:00
    # Said after hours on a network that lives by the minute: the next day is in time, by its calendar.
    ask("2026-11-18T17:00Z", answered="2026-11-19T09:00Z")
    waiting = ask("2026-11-18T08:00Z")
    ask("2026-11-18T08:00Z", state="NONE_NEEDED")
    ask("2026-11-18T08:00Z", visibility="PRIVATE")

    said = metrics.answered(so_far=metrics.said(zone=BERLIN), zone=BERLIN)

    wednesday = next(day for day in said.days if day.day == date(2026, 11, 18))
    assert wednesday.said == 5
    assert wednesday.became == Became(in_time=2, late=1, waiting=1)
    assert answers.posts_of(day=wednesday.day, zone=BERLIN, answer=Answer.WAITING) == [waiting.pk]


def test_late_stays_late_and_in_time_in_time_when_targets_change(ask: Callable[..., Post]) -> None:
    calendars.ensure_defaults()
    ask("2026-11-18T08:00Z", answered="2026-11-18T08:30Z")
    ask("2026-11-18T08:00Z", answered="2026-11-18T15:00Z")

    for minutes in (10, 10_000):
        ResponseTarget.objects.update(business_minutes=minutes)
        became = answers.of_days(date(2026, 11, 18), date(2026, 11, 18), zone=BERLIN)
        assert became == {date(2026, 11, 18): Became(in_time=1, late=1)}


def test_lists_behind_a_number_hold_as_many_posts(ask: Callable[..., Post]) -> None:
    for hour in range(3, 10):
        ask(f"2026-11-18T0{hour}:00Z", answered="2026-11-18T13:30Z" if hour % 2 else "")

    became = answers.of_days(date(2026, 11, 18), date(2026, 11, 18), zone=BERLIN)[date(2026, 11, 18)]

    counted = {answer: len(answers.posts_of(day=date(2026, 11, 18), zone=BERLIN, answer=answer)) for answer in Answer}
    assert counted == {"in_time": became.in_time, "late": became.late, "waiting": became.waiting}
    assert became.late + became.in_time == 4
    assert became.waiting == 3


def test_finished_days_are_kept_only_when_counting_took_long(
    say: Callable[..., Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> list[int]:
        return [day.said for day in metrics.said(zone=BERLIN).days[-2:]]

    def say_on_both() -> None:
        say("2026-11-19T08:00Z")
        say("2026-11-20T08:00Z")

    monkeypatch.setattr(keeping, "SLOW_SECONDS", 60.0)
    assert shown() == [0, 0]
    say_on_both()
    monkeypatch.setattr(keeping, "SLOW_SECONDS", 0.0)
    assert shown() == [1, 1]
    say_on_both()
    assert shown() == [1, 2]


def test_numbers_cost_the_same_queries_however_many_posts(ask: Callable[..., Post]) -> None:
    assert _queries() == 2
    for hour in range(3):
        ask(f"2026-11-18T0{hour}:00Z", answered="2026-11-19T20:00Z")
    assert _queries() == 2


def _queries() -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        metrics.answered(so_far=metrics.said(zone=BERLIN), zone=BERLIN)
    return len(queries)
