"""Hacker News against a server that answers as its search and its items do."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.networks.hackernews_server import Answer, HackerNewsServer, comment, story

from resonanz.core import clock, http
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks import hackernews
from resonanz.networks.contract import Account, Batch, Deleted, Edited, Event, Posted, PostKind
from resonanz.networks.errors import Refused, TryLater
from resonanz.networks.hackernews import (
    HITS_A_PAGE,
    LOOKS,
    MOST_PAGES,
    MOST_WATCHED,
    HackerNewsNetwork,
    as_posted,
    plain,
)

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NOW = int(NOON.timestamp())
HOUR, DAY = 3_600, 86_400
SEARCH, ITEM = "/api/v1/", "/v0/item/"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("objectID", "_tags", "author", "created_at_i", "title", "story_text", "comment_text", "url", "parent_id")
HITS = st.fixed_dictionaries({}, optional=dict.fromkeys((*FIELDS, "story_id"), JSON))


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> Iterator[HackerNewsServer]:
    with HackerNewsServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        monkeypatch.setattr(hackernews, "SEARCH", f"http://{server.host}")
        monkeypatch.setattr(hackernews, "ITEMS", f"http://{server.host}")
        yield server


def account(words: str = "nordhain", handle: str = "") -> Account:
    return Account(network="hackernews", address="", handle=handle, settings={"words": words} if words else {})


def poll(cursor: str = "", *, words: str = "nordhain", handle: str = "", later: float = 0) -> list[Batch]:
    with clock.moved_to(NOON + timedelta(seconds=later)):
        return list(HackerNewsNetwork().poll(account(words, handle), cursor))


def events(batches: list[Batch]) -> list[Event]:
    return [event for batch in batches for event in batch.events]


def ids(batches: list[Batch]) -> list[str]:
    return [event.native_id for event in events(batches) if isinstance(event, Posted)]


def last(batches: list[Batch]) -> str:
    assert batches[-1].cursor is not None
    return batches[-1].cursor


def test_story_and_comment_are_read(news: HackerNewsServer) -> None:
    first = story(8, NOW - HOUR, "Nordhain &amp; Co", story_text="Bikes<p>Really", url="https://nordhain.example/x")
    second = comment(
        9,
        NOW - 60,
        'It&#x27;s <i>Nordhain</i>.<p>See <a href="https:&#x2F;&#x2F;nordhain.example&#x2F;a-long-one" rel="nofollow">'
        "https:&#x2F;&#x2F;nordhain.example&#x2F;a-l...</a> &lt;b&gt;",
        story=8,
        parent=7,
        author="b_o-b",
    )
    news.hits = [first, second]
    told, answered = events(poll())
    assert isinstance(told, Posted)
    assert isinstance(answered, Posted)
    assert told.text == "Nordhain & Co\n\nBikes\n\nReally\n\nhttps://nordhain.example/x"
    assert (told.native_id, told.parent_id, told.root_id, told.kind) == ("8", "", "8", PostKind.POST)
    assert (told.network, told.origin, told.url) == ("hackernews", "", "https://news.ycombinator.com/item?id=8")
    assert answered.text == "It's Nordhain.\n\nSee https://nordhain.example/a-long-one <b>"
    assert (answered.parent_id, answered.root_id, answered.kind) == ("7", "8", PostKind.COMMENT)
    assert answered.posted_at == NOON - timedelta(minutes=1)
    assert answered.author is not None
    assert (answered.author.native_id, answered.author.handle) == ("b_o-b", "b_o-b")
    assert answered.author.url == "https://news.ycombinator.com/user?id=b_o-b"
    assert not answered.addressed


def test_each_word_is_searched_whole_and_once_and_nothing_without_words(news: HackerNewsServer) -> None:
    news.hits = [
        story(1, NOW - 10, "Nordhain"),
        story(2, NOW - 20, "Nordhainisch"),
        story(3, NOW - 30, "Lastenrad"),
        story(4, NOW - 40, "Else"),
    ]
    assert sorted(ids(poll(words='nordhain "lastenrad" nordhain'))) == ["1", "3"]
    assert [asked["query"] for asked in news.searches] == ['"nordhain"', '"lastenrad"']

    news.searches.clear()
    assert events(poll(words="")) == []
    assert news.searches == []


def test_what_our_own_account_says_is_heard(news: HackerNewsServer) -> None:
    news.hits = [comment(5, NOW - 10, "We are sorry", story=1, parent=1, author="nordhain"), story(6, NOW, "Other")]
    assert ids(poll(words="", handle="nordhain")) == ["5"]
    poll(words="", handle="nord,(hain)")
    assert [asked["tags"] for asked in news.searches] == ["(story,comment,poll),author_nordhain"] * 2


def test_only_what_is_new_is_told_again(news: HackerNewsServer) -> None:
    news.hits = [story(1, NOW - 8 * DAY, "Nordhain long ago"), story(2, NOW - 6 * DAY, "Nordhain")]
    before = poll()
    assert ids(before) == ["2"]

    # What the index learnt late was said before the last poll.
    news.hits += [story(3, NOW - 2 * HOUR, "Nordhain late"), story(4, NOW + 100, "Nordhain now")]
    after = poll(last(before), later=300)
    assert ids(after) == ["3", "4"]
    assert ids(poll(last(after), later=600)) == []


def test_other_wording_within_the_time_for_editing_is_an_edit(news: HackerNewsServer) -> None:
    news.hits = [comment(1, NOW - 60, "Nordhain is bad", story=9, parent=9)]
    before = poll()
    news.hits[0]["comment_text"] = "Nordhain is good"
    after = poll(last(before), later=2 * HOUR)
    [edited] = events(after)
    assert isinstance(edited, Edited)
    assert (edited.native_id, edited.text) == ("1", "Nordhain is good")
    assert events(poll(last(after), later=2 * HOUR + 300)) == []


def test_more_than_a_search_shows_is_read_to_its_end(news: HackerNewsServer) -> None:
    most = HITS_A_PAGE * MOST_PAGES
    news.hits = [story(number, NOW - number * 100, "Nordhain") for number in range(1, most + 301)]
    first = poll()
    assert len(news.searches) == MOST_PAGES
    assert len(set(ids(first))) >= most - MOST_PAGES

    news.hits.append(story(9_999, NOW + 200, "Nordhain meanwhile"))
    second = poll(last(first), later=5 * HOUR)
    third = poll(last(second), later=5 * HOUR + 300)
    assert set(ids([*first, *second, *third])) == {hit["objectID"] for hit in news.hits}
    assert "9999" in ids(third)
    assert len(poll(last(third), later=5 * HOUR + 600)) == 2


def test_a_poll_that_breaks_off_goes_on_where_it_was(news: HackerNewsServer) -> None:
    news.hits = [story(number, NOW - number * 100, "Nordhain") for number in range(1, 501)]
    heard, cursor = [], ""
    with clock.moved_to(NOON):
        for batch in HackerNewsNetwork().poll(account(), ""):
            heard.append(batch)
            cursor = batch.cursor or ""
            break
    rest = poll(cursor)
    assert {*ids(heard), *ids(rest)} == {hit["objectID"] for hit in news.hits}
    assert len(ids(rest)) <= 301


def test_words_that_come_anew_begin_anew(news: HackerNewsServer) -> None:
    news.hits = [story(1, NOW - DAY, "Nordhain"), story(2, NOW - DAY, "Lastenrad")]
    before = poll()
    after = poll(last(before), words="nordhain lastenrad", later=300)
    assert ids(after) == ["2"]
    assert json.loads(last(poll(last(after), words="lastenrad")))["stretches"].keys() == {"word:lastenrad"}


def test_deletions_are_noticed_by_looking_again(news: HackerNewsServer) -> None:
    news.hits = [comment(number, NOW - number, "Nordhain", story=9, parent=9) for number in range(1, 6)]
    news.items = {"2": None, "3": {"id": 3, "deleted": True}, "4": {"id": 4, "dead": True}}
    news.items["5"] = {"id": 6, "dead": True}
    batches = poll()
    gone = [event for event in events(batches) if isinstance(event, Deleted)]
    assert [(event.native_id, event.deleted_at) for event in gone] == [("4", NOON), ("3", NOON)]
    assert events(poll(last(batches), later=300)) == []
    assert news.looks.count("3") == 1
    assert news.looks.count("2") == 2


def test_all_that_are_watched_have_their_turn(news: HackerNewsServer) -> None:
    news.hits = [story(number, NOW - number * 10, "Nordhain") for number in range(1, 2 * LOOKS + 6)]
    cursor = ""
    for turn in range(3):
        cursor = last(poll(cursor, later=turn * 300))
    assert sorted(map(int, news.looks)) == list(range(1, 2 * LOOKS + 6))
    poll(cursor, later=31 * DAY)
    assert len(news.looks) == 2 * LOOKS + 5


def test_nobody_loses_their_turn_by_a_deletion(news: HackerNewsServer) -> None:
    news.hits = [story(number, NOW - number * 10, "Nordhain") for number in range(1, 2 * LOOKS + 1)]
    news.items = {str(number): {"id": number, "deleted": True} for number in range(LOOKS + 3, 2 * LOOKS + 1)}
    poll(last(poll()), later=300)
    assert sorted(map(int, news.looks)) == list(range(1, 2 * LOOKS + 1))


def test_the_cursor_stays_small(news: HackerNewsServer) -> None:
    news.hits = [story(number, NOW - number, "Nordhain") for number in range(1, 901)]
    cursor = last(poll())
    assert len(json.loads(cursor)["watched"]) == MOST_WATCHED
    for later in (300, 8 * HOUR, 8 * HOUR + 300):
        batches = poll(cursor, later=later)
        assert ids(batches) == []
        cursor = last(batches)
    assert json.loads(cursor)["seen"] == {}


@pytest.mark.parametrize("broken", ["", "no JSON", "[]", '{"stretches": {"word:x": [1]}}', '{"seen": 3}', "[" * 9_999])
def test_a_cursor_that_is_none_begins_anew(news: HackerNewsServer, broken: str) -> None:
    news.hits = [story(1, NOW - DAY, "Nordhain")]
    assert ids(poll(broken)) == ["1"]


@pytest.mark.parametrize(
    ("answer", "seconds", "reason"),
    [
        ((503, b"<html>"), 60.0, "http.503"),
        ((500, b"{}"), 60.0, "http.500"),
        ((403, b"<html>"), 3600.0, "http.403"),
        ((200, b"<html>Just a moment</html>"), 60.0, "answer.unreadable"),
        ((200, b"[]"), 60.0, "answer.unreadable"),
        ((200, b'{"hits": {}, "nbPages": 1}'), 60.0, "answer.unreadable"),
        ((200, b'{"hits": [], "nbPages": "2"}'), 60.0, "answer.unreadable"),
        ((200, b'{"hits": [], "nbPages": 2}'), 60.0, "answer.unreadable"),
        ((200, b"[" * 99_999), 60.0, "answer.unreadable"),
    ],
)
def test_trouble_of_the_search_is_waited_for(
    news: HackerNewsServer, answer: Answer, seconds: float, reason: str
) -> None:
    news.faulty = lambda path: answer if path.startswith(SEARCH) else None
    with pytest.raises(TryLater) as later:
        poll()
    assert (later.value.seconds, later.value.params["reason"]) == (seconds, reason)


def test_who_asks_too_often_waits(news: HackerNewsServer) -> None:
    news.requests_left = 1
    with pytest.raises(TryLater) as later:
        poll(words="nordhain lastenrad")
    assert later.value.params["reason"] == "http.429"


def test_a_server_that_does_not_answer_is_asked_later(news: HackerNewsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hackernews, "_BOUNDS", http.Bounds(read_seconds=0.2, seconds=0.4))
    released = clock.monotonic() + 1.0

    def slow(path: str) -> None:
        while clock.monotonic() < released:
            clock.sleep(0.05)

    news.faulty = slow
    with pytest.raises(TryLater) as later:
        poll()
    assert later.value.params["reason"] in {"http.too_slow", "http.no_answer"}


def test_a_search_that_is_refused_ends(news: HackerNewsServer) -> None:
    news.faulty = lambda path: (400, b'{"message":"no"}') if path.startswith(SEARCH) else None
    with pytest.raises(Refused) as refused:
        poll()
    assert refused.value.words == "http.400"


@pytest.mark.parametrize("answer", [(404, b""), (503, b""), (200, b"<html>")])
def test_trouble_of_the_items_does_not_cost_what_was_heard(news: HackerNewsServer, answer: Answer) -> None:
    news.hits = [story(1, NOW - 10, "Nordhain"), story(2, NOW - 20, "Nordhain")]
    news.items = {"2": {"id": 2, "deleted": True}}
    news.faulty = lambda path: answer if path.endswith("/1.json") else None
    heard: list[Batch] = []
    with clock.moved_to(NOON), pytest.raises(TryLater):
        heard.extend(batch for batch in _kept(HackerNewsNetwork().poll(account(), ""), heard))
    assert ids(heard) == ["2", "1"]
    assert [event.native_id for event in events(heard) if isinstance(event, Deleted)] == ["2"]


def _kept(batches: Iterator[Batch], kept: list[Batch]) -> Iterator[Batch]:
    for batch in batches:
        kept.append(batch)
    yield from ()


def test_malformed_hits_are_put_aside_once_and_the_rest_goes_on(news: HackerNewsServer) -> None:
    whole = comment(7, NOW - 5, "Nordhain", story=1, parent=1)
    wrong: dict[str, Any] = {
        "objectID": "7/../8", "created_at_i": True, "author": 3, "comment_text": None, "parent_id": "x", "_tags": None
    }  # fmt: skip
    news.hits = [story(1, NOW - 10, "Nordhain")]
    news.malformed = [None, "text", [], {}, *({**whole, name: value} for name, value in wrong.items())]
    batches = poll()
    assert ids(batches) == ["1"]
    reasons = [bad.reason for batch in batches for bad in batch.bad]
    assert len(reasons) == len(news.malformed)
    assert set(reasons) <= {"event.ValueError", "event.TypeError", "event.KeyError"}
    assert [bad for batch in poll(last(batches), later=300) for bad in batch.bad] == []


def test_a_comment_whose_thread_is_not_told_is_read_all_the_same(news: HackerNewsServer) -> None:
    news.hits = [comment(7, NOW - 5, "Nordhain", story=1, parent=1) | {"story_id": None, "parent_id": None}]
    [told] = events(poll())
    assert isinstance(told, Posted)
    assert (told.parent_id, told.root_id) == ("", "")


def test_nobody_says_anything_in_the_future(news: HackerNewsServer) -> None:
    with clock.moved_to(NOON):
        assert as_posted(story(1, NOW + DAY, "Nordhain")).posted_at == NOON


@given(hit=HITS | JSON)
def test_no_hit_breaks_the_reader(hit: Any) -> None:
    try:
        posted = as_posted(hit)
    except hackernews._FAULTS:
        return
    assert posted.text
    assert posted.native_id.isdecimal()


@given(words=st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=200))
def test_words_survive_their_markup(words: str) -> None:
    marked = f"<p>{html.escape(words)}<p><i>{html.escape(words)}</i>"
    assert plain(marked).split("\n\n") == [text_of(words)] * 2


def text_of(words: str) -> str:
    return plain(html.escape(words))


@given(markup=st.text(alphabet='<>a href="/p&;x', max_size=400))
def test_no_markup_breaks_the_words(markup: str) -> None:
    assert len(plain(markup)) <= 20_000


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(hits=st.lists(HITS | JSON, max_size=4))
def test_a_poll_survives_whatever_hits_hold(news: HackerNewsServer, hits: list[object]) -> None:
    news.hits, news.malformed = [story(1, NOW - 10, "Nordhain")], hits
    batches = poll()
    assert "1" in ids(batches)
    assert sum(len(batch.bad) for batch in batches) + len(set(ids(batches))) >= 1


@pytest.mark.parametrize("markup", ['<a href="' * 7_000, "<p " * 20_000, '<a href="x">' * 5_000])
def test_hostile_markup_costs_little(markup: str) -> None:
    began = clock.monotonic()
    plain(markup)
    assert clock.monotonic() - began < 5.0
