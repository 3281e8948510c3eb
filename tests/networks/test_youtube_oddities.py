"""YouTube against a server on the loopback: bad answers, and what no answer should look like."""

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
from tests.networks.youtube_asking import NOON, account, later, network, order, poll, poll_failing
from tests.networks.youtube_server import QUOTA, US, YouTubeServer, as_json, fault

from resonanz.core import clock, http
from resonanz.networks.contract import Account
from resonanz.networks.errors import NetworkError, NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.metering import BudgetUsedUp
from resonanz.networks.youtube import client, posts, reading
from resonanz.networks.youtube.cursor import Cursor
from resonanz.networks.youtube.posts import State

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><body>Before you continue</body></html>")


class TestBadAnswers:
    def test_token_that_was_taken_back_stops_the_channel(self, youtube: YouTubeServer) -> None:
        with pytest.raises(NotAuthorised):
            poll(youtube, secret="old")

    @pytest.mark.parametrize("reason", ["insufficientPermissions", "channelSuspended", "forbidden"])
    def test_channel_that_is_no_longer_ours_stops(self, youtube: YouTubeServer, reason: str) -> None:
        youtube.faulty = lambda _method, _path: fault(403, reason)
        with pytest.raises(NotAuthorised):
            poll(youtube)

    def test_right_that_is_missing_is_named_in_the_newer_shape(self, youtube: YouTubeServer) -> None:
        details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]
        answer = as_json({"error": {"code": 403, "status": "PERMISSION_DENIED", "details": details}}, 403)
        youtube.faulty = lambda _method, _path: answer
        with pytest.raises(NotAuthorised):
            poll(youtube)

    def test_interface_that_was_not_switched_on_is_said_in_the_words_of_google(self, youtube: YouTubeServer) -> None:
        words = "YouTube Data API v3 has not been used in project 5 before or it is disabled."
        youtube.faulty = lambda _method, path: fault(400, "accessNotConfigured", words, "usageLimits")
        with pytest.raises(Refused) as failure:
            poll(youtube)
        assert failure.value.words == words

    @pytest.mark.parametrize(
        "answer",
        [
            HTML, (403, {"Content-Type": "text/html"}, b"<html>"), (200, {}, b""), (200, {}, b"[" * 100_000),
            as_json([]), as_json({"items": 5, "kind": "youtube#x"}), as_json({"kind": "youtube#x"}),
            as_json({"items": []}), as_json({"error": "boom"}), (502, {}, b"Bad Gateway"),
            fault(200, "backendError"), fault(503, "backendError"),
        ],
    )  # fmt: skip
    def test_answer_of_somebody_else_is_asked_again_and_deletes_nothing(
        self, youtube: YouTubeServer, answer: Answer
    ) -> None:
        youtube.say("ada", "gut", on=youtube.show("Neu"))
        cursor = cursor_of(poll(youtube))
        youtube.faulty = lambda _method, _path: answer

        with later(3):
            assert events(poll_failing(youtube, cursor, TryLater)) == []

    def test_429_is_waited_for_as_long_as_it_says(self, youtube: YouTubeServer) -> None:
        youtube.faulty = lambda _method, _path: (429, {"Retry-After": "3600"}, b"")
        with pytest.raises(TryLater) as failure:
            poll(youtube)
        assert failure.value.seconds == 3600

    def test_200_with_used_up_units_inside_is_that(self, youtube: YouTubeServer) -> None:
        youtube.faulty = lambda _method, _path: (200, QUOTA[1], QUOTA[2])
        with pytest.raises(BudgetUsedUp):
            poll(youtube)

    def test_connection_that_ends_without_a_word_is_asked_again(self, youtube: YouTubeServer) -> None:
        youtube.answer = lambda *_request: None  # type: ignore[method-assign]
        with pytest.raises(TryLater):
            poll(youtube)

    def test_token_stands_in_no_address(self, youtube: YouTubeServer) -> None:
        youtube.say("ada", "gut", on=youtube.show("Neu"))
        poll(youtube, settings={"words": "rad"})
        assert not [path for path in youtube.asked if "ya29" in path]

    @pytest.mark.parametrize(
        "broken",
        [
            {"publishedAt": "gestern"}, {"publishedAt": "2026-11-20T11:00:00"}, {"textDisplay": None},
            {"textDisplay": 5}, {"authorChannelId": {"value": "../me"}},
        ],
    )  # fmt: skip
    def test_broken_comment_is_put_aside_and_the_others_are_heard(
        self, youtube: YouTubeServer, broken: dict[str, Any]
    ) -> None:
        film = youtube.show("Neu", ago=timedelta(days=90))
        good, bad = youtube.say("ada", "gut", on=film), youtube.say("bob", "kaputt", on=film)
        for_page = [{"id": one["id"], "snippet": {"topLevelComment": one, "videoId": film}} for one in (bad, good)]
        bad["snippet"] = bad["snippet"] | broken
        listed = as_json({"kind": "youtube#commentThreadListResponse", "items": [*for_page, "none"]})
        youtube.faulty = lambda _method, path: listed if "allThreads" in path else None

        found = poll(youtube)

        assert [one.text for one in said(found)] == ["gut"]
        assert len([one for batch in found for one in batch.bad]) >= 2

    def test_list_without_end_is_left(self, youtube: YouTubeServer) -> None:
        comment = youtube.say("ada", "gut", on=youtube.show("Neu"))
        thread = {"id": comment["id"], "snippet": {"topLevelComment": comment, "totalReplyCount": 0}}
        endless = as_json({"kind": "youtube#commentThreadListResponse", "items": [thread], "nextPageToken": "x"})
        youtube.faulty = lambda _method, path: endless if "allThreads" in path else None

        found = poll(youtube)

        assert len([one for one in youtube.asked if "allThreads" in one]) == reading.MOST_PAGES
        assert len([one for one in said(found) if one.native_id == comment["id"]]) == 1

    def test_slow_answer_is_asked_again_and_a_slow_yes_is_looked_for(
        self, youtube: YouTubeServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client, "_BOUNDS", http.Bounds(read_seconds=0.2, seconds=0.4))
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        youtube.faulty = lambda _method, _path: time.sleep(1)
        with pytest.raises(TryLater):
            poll(youtube)
        with pytest.raises(NoAnswer):
            network.reply(account(youtube), order(top))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
THREADS = st.fixed_dictionaries({"topLevelComment": JSON, "totalReplyCount": JSON, "videoId": JSON})
_KEYS = ("id", "snippet", "replies", "contentDetails", "statistics", "status")


PAGES = st.fixed_dictionaries(
    {
        "kind": st.just("youtube#any"),
        "items": st.lists(JSON | st.dictionaries(st.sampled_from(_KEYS), JSON | THREADS, max_size=4), max_size=3),
        "nextPageToken": JSON,
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.none() | PAGES, max_size=9))
def test_poll_of_answers_of_any_shape_ends_in_the_words_of_the_contract(
    youtube: YouTubeServer, answers: list[dict[str, Any] | None]
) -> None:
    youtube.comments.clear()
    youtube.say("bob", "ja", below=youtube.say("ada", "gut", on=youtube.show("Neu")))
    told = iter(answers)
    youtube.faulty = lambda _method, _path: as_json(found) if (found := next(told, None)) else None
    try:
        batches = poll(youtube, settings={"words": "rad"})
    except NetworkError:
        return
    assert Cursor.read(cursor_of(batches)).write() == cursor_of(batches)


_PARTS = (
    "authorDisplayName", "authorChannelId", "textDisplay", "textOriginal", "publishedAt", "updatedAt", "likeCount",
    "moderationStatus", "title", "description", "channelId", "channelTitle", "thumbnails", "defaultLanguage",
)  # fmt: skip
_GOOD = {
    "textDisplay": "hallo", "authorChannelId": {"value": "UCx"}, "publishedAt": "2026-11-20T11:00:00Z",
    "title": "Film", "channelId": "UCx",
}  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(_PARTS), JSON, max_size=8), JSON, JSON)
def test_comment_and_film_of_any_shape_are_read_or_are_a_fault(broken: dict[str, Any], other: Any, told: Any) -> None:
    ours = Account(network="youtube", address="", native_id=US)
    for snippet in ({**_GOOD, **broken}, broken, other):
        for native_id in ("Ugx.abc", other):
            _read({"id": native_id, "snippet": snippet}, ours)
        _show({"id": "film0000001", "snippet": snippet, "statistics": told, "status": told})


def _read(found: dict[str, Any], ours: Account) -> None:
    try:
        said_there = posts.commented(found, ours, video_id="film0000001")
        posts.state_of_comment(found, said_there)
        posts.edited(said_there, found)
        posts.is_rejected(found)
    except posts.FAULTS:
        return
    assert said_there.url.startswith("https://www.youtube.com/watch?v=film0000001&lc=")
    assert not set(said_there.native_id) & set("/?&# ")


def _show(found: dict[str, Any]) -> None:
    try:
        posts.is_public(found)
        said_there = posts.shown(found)
        posts.state_of_video(found, said_there)
    except posts.FAULTS:
        return
    assert said_there.url == "https://www.youtube.com/watch?v=film0000001"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | JSON.map(lambda found: json.dumps(found, allow_nan=True)))
def test_cursor_of_any_shape_is_read(cursor: str) -> None:
    assert isinstance(Cursor.read(cursor).write(), str)


def test_cursor_comes_back_as_it_was() -> None:
    with clock.moved_to(NOON):
        cursor = Cursor(5, {"Ug1": State(1, 2, 3, 4)}, {"film0000001": State(1, 2, 3, 4, 5)}, 7, "UUx", 8, 9)
        assert Cursor.read(cursor.write()) == cursor
