"""Reddit against a server on the loopback: bad answers, and what no answer should look like."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.networks.batches import cursor_of, events, said
from tests.networks.loopback_server import Answer
from tests.networks.reddit_asking import NOON, account, later, network, order, poll, poll_failing
from tests.networks.reddit_server import RedditServer, as_json, fault

from resonanz.core import clock, http
from resonanz.networks.contract import Account
from resonanz.networks.errors import NetworkError, NoAnswer, NotAuthorised, TryLater
from resonanz.networks.reddit import client, posts, reading
from resonanz.networks.reddit.cursor import Cursor
from resonanz.networks.reddit.posts import State

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><body>whoa there, pardner!</body></html>")


class TestBadAnswers:
    def test_token_that_was_taken_back_stops_the_channel(self, reddit: RedditServer) -> None:
        with pytest.raises(NotAuthorised):
            poll(reddit, secret="old")

    @pytest.mark.parametrize("status", [403, 404])
    def test_inbox_that_is_no_longer_ours_stops_the_channel(self, reddit: RedditServer, status: int) -> None:
        reddit.faulty = lambda _method, path: fault(status, "No") if "/message" in path else None
        with pytest.raises(NotAuthorised):
            poll(reddit)

    @pytest.mark.parametrize(
        "answer",
        [
            HTML, (403, {}, b"<html>blocked by network security</html>"), (200, {}, b""), (200, {}, b"[" * 100_000),
            as_json([]), as_json({}), as_json({"data": []}), as_json({"data": {"children": 5}}), (502, {}, b""),
            as_json({"message": "Internal", "error": 500}), as_json({"error": 429, "message": "Too Many Requests"}),
        ],
    )  # fmt: skip
    def test_answer_of_somebody_else_is_asked_again_and_deletes_nothing(
        self, reddit: RedditServer, answer: Answer
    ) -> None:
        reddit.say("ada", "gut", reddit.post("bob", "x"), inbox="post_reply")
        cursor = cursor_of(poll(reddit))
        reddit.faulty = lambda _method, _path: answer

        with later(1):
            assert events(poll_failing(reddit, cursor, TryLater)) == []

    def test_token_stands_in_no_address(self, reddit: RedditServer) -> None:
        poll(reddit, settings={"words": "rad", "subreddits": "fahrrad"})
        assert not [path for path in reddit.asked if "token" in path]

    @pytest.mark.parametrize(
        "broken",
        [
            {"created_utc": "gestern"}, {"created_utc": 10**12}, {"body_html": None, "body": 5}, {"author": "../me"},
            {"author": 5}, {"name": "t1_../x"}, {"name": "t2_abc"}, {"parent_id": "x"}, {"link_id": "t3_a/b"},
        ],
    )  # fmt: skip
    def test_broken_comment_is_put_aside_and_the_others_are_heard(
        self, reddit: RedditServer, broken: dict[str, Any]
    ) -> None:
        post = reddit.post("bob", "x", ago=timedelta(days=9))
        good = reddit.say("ada", "gut", post, inbox="post_reply")
        bad = {**reddit.say("ada", "kaputt", post), **broken}
        things = [{"kind": "t1", "data": bad}, "none", {"kind": "t1"}, {"kind": "t1", "data": good}]
        listed = as_json({"kind": "Listing", "data": {"children": things, "after": None}})
        reddit.faulty = lambda _method, path: listed if "/inbox" in path else None

        found = poll(reddit)

        assert [one.text for one in said(found)] == ["gut"]
        assert len([one for batch in found for one in batch.bad]) == 3

    def test_list_without_end_is_left(self, reddit: RedditServer) -> None:
        comment = reddit.say("ada", "gut", reddit.post("bob", "x", ago=timedelta(days=9)), inbox="post_reply")
        data = {"children": [{"kind": "t1", "data": comment}], "after": "t1_x"}
        reddit.faulty = lambda _method, path: as_json({"data": data}) if "/inbox" in path else None

        found = poll(reddit)

        assert len([one for one in reddit.asked if "/inbox" in one]) == reading.MOST_PAGES
        assert [one.native_id for one in said(found)] == [comment["name"]]

    def test_slow_answer_is_asked_again_and_a_slow_yes_is_looked_for(
        self, reddit: RedditServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client, "_BOUNDS", http.Bounds(read_seconds=0.2, seconds=0.4))
        reddit.faulty = lambda _method, _path: time.sleep(1)
        with pytest.raises(TryLater):
            poll(reddit)
        with pytest.raises(NoAnswer):
            network.reply(account(reddit), order("t3_abc"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


LISTS = st.fixed_dictionaries(
    {
        "data": st.fixed_dictionaries(
            {
                "children": st.lists(JSON | st.fixed_dictionaries({"data": JSON}), max_size=3),
                "after": st.none() | st.just("t1_x") | JSON,
            }
        )
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.none() | LISTS, max_size=9))
def test_poll_of_answers_of_any_shape_ends_in_the_words_of_the_contract(
    reddit: RedditServer, answers: list[dict[str, Any] | None]
) -> None:
    reddit.left = 600.0
    reddit.say("ada", "gut", reddit.post("bob", "x"), inbox="post_reply")
    told = iter(answers)
    reddit.faulty = lambda _method, _path: as_json(found) if (found := next(told, None)) else None
    try:
        batches = poll(reddit, settings={"words": "rad", "subreddits": "fahrrad"})
    except NetworkError:
        return
    assert Cursor.read(cursor_of(batches)).write() == cursor_of(batches)


_PARTS = (
    "name", "author", "body", "body_html", "created_utc", "edited", "permalink", "context", "link_id", "parent_id",
    "title", "selftext", "selftext_html", "url", "is_self", "score", "num_comments", "subject", "first_message_name",
    "removed_by_category",
)  # fmt: skip
_GOOD = {
    "author": "ada", "body": "hallo", "created_utc": 1.7e9, "title": "Titel", "subject": "Frage", "selftext": "",
    "permalink": "/r/x/comments/abc/titel/def/",
}  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(["t1_a", "t3_b", "t4_c"]), st.dictionaries(st.sampled_from(_PARTS), JSON, max_size=8), JSON)
def test_thing_of_any_shape_is_read_or_is_a_fault(name: str, broken: dict[str, Any], other: Any) -> None:
    ours = Account(network="reddit", address="", native_id="nordhain")
    for thing in ({"data": {"name": name, **_GOOD, **broken}}, {"data": broken}, {"data": other}, other):
        try:
            posts.is_gone(thing)
            posts.has_no_author(thing)
            posts.said_at(thing)
            said_there = posts.heard(thing, ours)
            posts.state_of(thing, said_there)
            posts.edited(thing, said_there)
        except posts.FAULTS:
            continue
        assert said_there.native_id[:3] in {"t1_", "t3_", "t4_"}
        assert said_there.url == "" or said_there.url.startswith("https://www.reddit.com/")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | JSON.map(lambda found: json.dumps(found, allow_nan=True)))
def test_cursor_of_any_shape_is_read(cursor: str) -> None:
    assert isinstance(Cursor.read(cursor).write(), str)


def test_cursor_comes_back_as_it_was() -> None:
    with clock.moved_to(NOON):
        cursor = Cursor({"inbox": 5}, {"t1_a": State(1, 2, 3, 4, True, "ada")}, 7)
        assert Cursor.read(cursor.write()) == cursor
