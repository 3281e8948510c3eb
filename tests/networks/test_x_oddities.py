"""X against a server on the loopback: answers that are none, and parts of any shape."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.networks.batches import events, said
from tests.networks.loopback_server import Answer
from tests.networks.x_asking import NOON, network, poll, poll_failing
from tests.networks.x_server import US, XServer, as_json, not_found, problem

from resonanz.networks.contract import Account
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.x import posts, reading
from resonanz.networks.x.cursor import Cursor

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><body>Just a moment</body></html>")


class TestBadAnswers:
    def test_lost_token_is_told_as_that(self, x: XServer) -> None:
        poll_failing(x, "", NotAuthorised, secret="wrong")

    def test_closed_account_of_ours_is_told_as_that(self, x: XServer) -> None:
        x.closed.add(US)
        poll_failing(x, "", NotAuthorised)

    def test_limit_is_waited_for_as_x_says(self, x: XServer) -> None:
        x.requests_left = 0

        with pytest.raises(TryLater) as later:
            poll(x)

        assert later.value.seconds == pytest.approx(300, abs=2)

    def test_end_of_the_credits_is_said_and_asked_again_later(self, x: XServer) -> None:
        x.has_credits = False

        with pytest.raises(TryLater) as later:
            poll(x)

        assert (later.value.seconds, later.value.params["reason"]) == (900, "x.no_credits")

    @pytest.mark.parametrize(
        ("answer", "failure"),
        [
            (HTML, TryLater),
            ((200, {}, b""), TryLater),
            ((200, {}, b"[" * 100_000), TryLater),
            ((403, {"Content-Type": "text/html"}, b"<html>"), TryLater),
            ((502, {}, b""), TryLater),
            (as_json({"data": "no list", "meta": {}}), TryLater),
            (as_json({"hello": 1}), TryLater),
            (problem(403, "client-forbidden", "The app is not enrolled."), Refused),
            (as_json({"code": 32, "message": "Could not authenticate you."}, 400), Refused),
            (as_json({"errors": [{"type": "https://api.x.com/2/problems/internal-error", "title": "x"}]}), TryLater),
            (as_json({"errors": [{"type": "https://api.x.com/2/problems/disallowed-resource"}]}), Refused),
            (as_json({"errors": []}), Refused),
        ],
    )
    def test_answer_that_is_none_fails_the_poll_and_nothing_is_lost(
        self, x: XServer, answer: Answer, failure: type[TryLater]
    ) -> None:
        post = x.say("ada", "@nordhain")
        x.faulty = lambda _method, _path: answer

        assert events(poll_failing(x, "", failure)) == []

        x.faulty = lambda _method, _path: None
        assert [one.native_id for one in said(poll(x))] == [post["id"]]

    def test_problem_with_a_part_leaves_the_rest(self, x: XServer) -> None:
        post = x.say("ada", "@nordhain")
        shown = {"data": [post], "meta": {"result_count": 1}, "errors": [not_found("1", "user")]}
        x.faulty = lambda _method, path: as_json(shown) if "/mentions?" in path else None

        (found,) = said(poll(x))

        assert found.author is not None
        assert (found.author.native_id, found.author.handle) == ("2001", "")
        assert found.url == f"https://x.com/i/status/{post['id']}"

    @pytest.mark.parametrize(
        "broken",
        [
            {"author_id": None},
            {"author_id": "../me"},
            {"created_at": "gestern"},
            {"text": None},
            {"id": "1/2"},
            {"id": 5},
        ],
    )
    def test_broken_post_is_put_aside_and_the_others_are_heard(self, x: XServer, broken: dict[str, Any]) -> None:
        good = x.say("ada", "gut @nordhain")
        bad = {**x.say("bob", "schlecht @nordhain", ago=timedelta(minutes=1)), **broken}
        shown = {"data": [bad, good, "none"], "meta": {"result_count": 2}}
        x.faulty = lambda _method, path: as_json(shown) if "/mentions?" in path else None

        found = poll(x)

        assert [one.native_id for one in said(found)] == [good["id"]]
        assert len([one for batch in found for one in batch.bad]) == 1

    def test_page_without_end_is_left_after_a_while(self, x: XServer) -> None:
        post = x.say("ada", "@nordhain")
        endless = {"data": [post], "meta": {"result_count": 1, "next_token": "again"}}
        x.faulty = lambda _method, path: as_json(endless) if "/mentions?" in path else None

        poll(x)

        assert len([one for one in x.asked if "/mentions?" in one]) == reading.MOST_PAGES


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
_PARTS = (
    "id", "text", "author_id", "created_at", "conversation_id", "entities", "referenced_posts", "referenced_tweets",
    "attachments", "note_post", "edit_history_post_ids", "public_metrics", "lang", "in_reply_to_user_id", "username",
)  # fmt: skip
_GOOD = {
    "id": "1992000000000000001", "text": "hallo", "author_id": "5", "created_at": "2026-11-20T11:00:00.000Z",
    "conversation_id": "1992000000000000001",
}  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(_PARTS), JSON, max_size=8), JSON)
def test_post_of_any_shape_is_read_or_is_a_fault(broken: dict[str, Any], beside: Any) -> None:
    ours = Account(network="x", address="", native_id=US, handle="nordhain")
    read = posts.Beside.read({"includes": beside})
    for found in ({**_GOOD, **broken}, broken):
        try:
            said_there = posts.posted(found, read, ours)
            posts.counted(found)
            posts.earlier_versions(found)
            posts.newest_version(found)
        except posts.FAULTS:
            continue
        assert said_there.native_id.isdecimal()
        assert said_there.url.startswith("https://x.com/")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | JSON.map(lambda found: json.dumps(found, allow_nan=True)))
def test_cursor_of_any_shape_is_read(cursor: str) -> None:
    assert isinstance(Cursor.read(cursor).write(), str)


def test_ids_tell_their_time() -> None:
    assert posts.said_at(posts.id_at(NOON)) == NOON
    assert network.limits.text_length == 280
