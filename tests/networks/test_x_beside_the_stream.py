"""Polls of X beside its filtered stream: what is told is not searched for, and what was missed is, and is on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.conftest import reachable
from tests.networks.x_asking import Counting
from tests.networks.x_listening import Heard, Polls, Time
from tests.networks.x_server import Said
from tests.networks.x_stream_server import XStreamServer

from resonanz.core import clock
from resonanz.networks.contract import Counted, Deleted, Missed
from resonanz.networks.errors import TryLater
from resonanz.networks.metering import BudgetUsedUp
from resonanz.networks.x import XNetwork, streaming
from resonanz.networks.x.cursor import Cursor


@pytest.fixture
def time() -> Iterator[Time]:
    found = Time()
    with clock.moved_to(found):
        yield found


@pytest.fixture
def x(time: Time, monkeypatch: pytest.MonkeyPatch) -> Iterator[XStreamServer]:
    monkeypatch.setattr(streaming, "BOUNDS", replace(streaming.BOUNDS, quiet_seconds=0.05))
    monkeypatch.setattr(streaming, "_PLACE_SECONDS", 0.0)
    with reachable(XStreamServer(), monkeypatch) as server:
        yield server
        server.cut()


def say(x: XStreamServer, words: str) -> Said:
    return x.say("ada", words, ago=timedelta())


def beat(x: XStreamServer, heard: Heard) -> None:
    """X says that it is there, and its place moves."""
    moved = heard.moved
    x.beat()
    heard.until(lambda: heard.moved > moved)


def settled(x: XStreamServer, time: Time) -> tuple[Heard, Polls]:
    """A stream that was opened a while ago, and polls that know it."""
    heard, polls = Heard(x).begin(), Polls(x)
    for _ in range(4):
        polls.poll(heard.place)
        time.pass_by(minutes=1)
        beat(x, heard)
    polls.searched()
    return heard, polls


def test_beside_the_stream_nothing_is_searched_for_and_mentions_are_asked_for_as_ever(
    x: XStreamServer, time: Time
) -> None:
    heard, polls = settled(x, time)
    for number in range(3):
        x.tell(say(x, f"{number} bei Nordhain"))
        heard.until(lambda: len(heard.texts()) == number + 1)  # noqa: B023
        say(x, f"{number} @nordhain?")
        time.pass_by(minutes=1)
        beat(x, heard)
        assert polls.poll(heard.place) == [f"{number} @nordhain?"]

    assert polls.searched() == 0
    assert XNetwork.limits.poll_beside_stream_seconds == XNetwork.limits.poll_seconds == 60


def test_first_searches_find_what_was_said_before_the_stream_and_what_x_shows_late(
    x: XStreamServer, time: Time
) -> None:
    x.say("ada", "Nordhain gestern", ago=timedelta(days=1))
    heard, polls = Heard(x).begin(), Polls(x)
    assert polls.poll(heard.place) == ["Nordhain gestern"]
    x.say("bob", "Nordhain vorhin", ago=timedelta(seconds=10))  # neither told nor shown before
    time.pass_by(minutes=1)
    beat(x, heard)
    assert polls.poll(heard.place) == ["Nordhain vorhin"]
    polls.searched()
    time.pass_by(minutes=1)
    beat(x, heard)
    assert polls.poll(heard.place) == []

    assert polls.searched() == 0
    assert polls.missed == []


def test_what_was_said_in_a_gap_is_found_from_where_the_stream_stood_and_the_rest_is_not_paid_again(
    x: XStreamServer, time: Time
) -> None:
    heard, polls = settled(x, time)
    x.tell(say(x, "Nordhain, erzählt"))
    heard.until(lambda: heard.events)
    time.pass_by(seconds=20)
    beat(x, heard)
    x.cut()
    heard.go_on()
    cut_at = time.now
    for number in range(2):
        time.pass_by(seconds=50)
        say(x, f"Nordhain, nicht erzählt {number}")
        if number == 0:
            assert polls.poll(heard.place) == []  # a moment without a sign of life is none without a stream
    again = Heard(x, heard.place).begin()
    polls.meter = Counting()

    assert sorted(polls.poll(again.place)) == [f"Nordhain, nicht erzählt {number}" for number in range(2)]
    assert +polls.meter.used == {"post_read": 2, "user_read": 1}
    assert polls.missed == [Missed(cut_at, time.now, is_filled=True)]
    time.pass_by(minutes=1)
    beat(x, again)
    assert polls.poll(again.place) == []
    assert len(polls.missed) == 1


def test_stream_that_does_not_come_back_is_searched_for_instead(x: XStreamServer, time: Time) -> None:
    heard, polls = settled(x, time)
    x.cut()
    heard.go_on()
    cut_at = time.now
    found = []
    for number in range(4):
        time.pass_by(minutes=1)
        say(x, f"Nordhain {number}")
        found += polls.poll(heard.place)

    assert sorted(found) == [f"Nordhain {number}" for number in range(4)]
    assert polls.missed == [Missed(cut_at, cut_at + timedelta(minutes=2), is_filled=True)]
    assert polls.poll(Heard(x, heard.place).begin().place) == []
    assert len(polls.missed) == 1


def test_process_that_was_away_goes_on_from_what_is_kept(x: XStreamServer, time: Time) -> None:
    heard, polls = settled(x, time)
    kept = heard.place
    heard.end()
    time.pass_by(hours=2)
    say(x, "Nordhain, als niemand hörte")

    assert polls.poll(kept) == ["Nordhain, als niemand hörte"]
    again = Heard(x, kept).begin()
    assert polls.poll(again.place) == []
    assert polls.missed == []  # no poll came either, so the house writes it down, once


def test_gap_longer_than_x_searches_back_is_told_as_that(x: XStreamServer, time: Time) -> None:
    heard, polls = settled(x, time)
    cut_at = time.now
    heard.end()
    time.pass_by(days=9)
    polls.meter = Counting(left=100_000)  # too little for a search, and enough for mentions
    with pytest.raises(BudgetUsedUp):
        polls.poll(heard.place)
    polls.meter = Counting()
    time.pass_by(minutes=1)
    polls.poll(heard.place)

    shown = time.now - timedelta(days=6, hours=23)
    assert polls.missed == [Missed(cut_at, shown, is_filled=False), Missed(shown, time.now, is_filled=True)]


def test_gap_that_the_budget_cannot_fill_waits_until_it_can(x: XStreamServer, time: Time) -> None:
    heard, polls = settled(x, time)
    x.cut()
    heard.go_on()
    time.pass_by(minutes=5)
    say(x, "Nordhain, nicht erzählt")
    again = Heard(x, heard.place).begin()
    polls.meter = Counting(left=100_000)
    with pytest.raises(BudgetUsedUp):
        polls.poll(again.place)
    assert polls.missed == []

    polls.meter = Counting()
    assert polls.poll(again.place) == ["Nordhain, nicht erzählt"]
    assert [one.is_filled for one in polls.missed] == [True]


def test_search_that_was_interrupted_is_finished_beside_the_stream(x: XStreamServer, time: Time) -> None:
    for number in range(6):
        x.say("ada", f"Nordhain {number}", ago=timedelta(minutes=30 - number))
    x.page = 2
    heard, polls = Heard(x).begin(), Polls(x)
    x.requests_left = 4
    with pytest.raises(TryLater):
        polls.poll(heard.place)
    x.requests_left, x.page = 1_000, 100
    time.pass_by(minutes=10)
    beat(x, heard)
    found = polls.poll(heard.place)

    assert "Nordhain 0" in found


def test_told_posts_are_looked_at_again_with_their_authors(x: XStreamServer, time: Time) -> None:
    heard, polls = settled(x, time)
    said, gone = say(x, "Nordhain bleibt"), say(x, "Nordhain geht")
    for one in (said, gone):
        x.tell(one)
    heard.until(lambda: len(heard.events) == 2)
    polls.poll(heard.place)
    polls.events.clear()
    assert {key: one.author_id for key, one in Cursor.read(polls.cursor).watched.items()} == {
        said["id"]: "2001",
        gone["id"]: "2001",
    }
    x.delete(gone)
    time.pass_by(hours=2)
    beat(x, heard)
    polls.poll(heard.place)

    assert {type(event): event.native_id for event in polls.events} == {Counted: said["id"], Deleted: gone["id"]}
    assert {key: one.author_id for key, one in Cursor.read(polls.cursor).watched.items()} == {said["id"]: "2001"}


def test_without_the_wish_everything_is_searched_for_as_ever(x: XStreamServer, time: Time) -> None:
    heard, polls = settled(x, time)
    polls.settings = {"words": "nordhain"}
    say(x, "Nordhain")

    assert polls.poll(heard.place) == ["Nordhain"]
    assert polls.missed == []


@given(st.text())
def test_cursor_beside_a_stream_of_any_shape_is_read(kept: str) -> None:
    cursor = Cursor.read(json.dumps({"places": {}, "watched": {"5": ["", 0]}, "searched": kept, "told": "7"}))

    assert Cursor.read(cursor.write()) == cursor


def test_place_says_for_minutes_only_who_said_it(x: XStreamServer, time: Time) -> None:
    heard = Heard(x).begin()
    x.tell(say(x, "Nordhain"))
    heard.until(lambda: heard.events)
    assert '"2001"' in heard.place
    assert '"2001"' not in XNetwork().forget(heard.place, "2001")

    time.pass_by(minutes=6)
    beat(x, heard)
    assert '"2001"' not in heard.place
