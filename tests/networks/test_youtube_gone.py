"""What is gone from YouTube, and what only cannot be read: held for review, or refused with its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.networks.batches import cursor_of, events, said
from tests.networks.loopback_server import Answer
from tests.networks.youtube_asking import NOON, account, later, network, poll, poll_failing
from tests.networks.youtube_server import YouTubeServer, as_json, fault

from resonanz.networks.contract import Deleted, Edited, Missed
from resonanz.networks.errors import TryLater
from resonanz.networks.youtube import reading
from resonanz.networks.youtube.cursor import Cursor


def _gone(found: Sequence[object]) -> list[str]:
    return [one.native_id for one in found if isinstance(one, Deleted)]


class TestHeldForReview:
    @pytest.mark.parametrize("below", [False, True])
    @pytest.mark.parametrize("by", ["us", "likelySpam"])
    def test_comment_that_waits_for_review_is_not_gone(self, youtube: YouTubeServer, below: bool, by: str) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        answer = youtube.say("bob", "Link", below=top)
        held = answer if below else top
        cursor = cursor_of(poll(youtube))
        youtube.tells_held = False
        if by == "us":
            network.hide(account(youtube), held["id"], on=True)
        else:
            held["snippet"]["moderationStatus"] = by

        with later(3):
            found = poll(youtube, cursor)
        with later(6):
            again = poll(youtube, cursor_of(found))

        assert _gone([*events(found), *events(again)]) == []
        assert held["id"] in Cursor.read(cursor_of(again)).comments

    def test_it_is_asked_for_once_an_hour_and_edits_are_told_when_it_is_shown_again(
        self, youtube: YouTubeServer
    ) -> None:
        held = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        cursor = cursor_of(poll(youtube))
        youtube.tells_held = False
        network.hide(account(youtube), held["id"], on=True)
        with later(3):
            cursor = cursor_of(poll(youtube, cursor))
        youtube.asked.clear()
        with later(6):
            cursor = cursor_of(poll(youtube, cursor))
        assert not [one for one in youtube.asked if "moderationStatus" in one]
        network.hide(account(youtube), held["id"], on=False)
        youtube.edit(held, "Wann denn?")

        with later(64):
            found = poll(youtube, cursor)

        assert [one.text for one in events(found) if isinstance(one, Edited)] == ["Wann denn?"]
        assert Cursor.read(cursor_of(found)).put_off == {}

    def test_rejected_and_deleted_comments_are_gone_while_others_wait(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Neu")
        held, gone = youtube.say("ada", "a", on=film), youtube.say("bob", "b", on=film)
        cursor = cursor_of(poll(youtube))
        youtube.tells_held = False
        network.hide(account(youtube), held["id"], on=True)
        youtube.delete(gone)

        with later(3):
            assert _gone(events(poll(youtube, cursor))) == [gone["id"]]

    def test_where_the_lists_cannot_be_read_nothing_is_gone(self, youtube: YouTubeServer) -> None:
        gone = youtube.say("ada", "a", on=youtube.show("Neu"))
        cursor = cursor_of(poll(youtube))
        youtube.delete(gone)
        youtube.faulty = lambda _method, path: fault(403, "forbidden") if "moderationStatus" in path else None
        with later(3):
            found = poll(youtube, cursor)
            assert _gone(events(found)) == []
        youtube.faulty = lambda _method, _path: None

        with later(64):
            assert _gone(events(poll(youtube, cursor_of(found)))) == [gone["id"]]


class TestRefusedTogether:
    def test_one_that_is_missing_does_not_stop_the_channel(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Neu")
        comments = [youtube.say("ada", f"{number}", on=film) for number in range(9)]
        cursor = cursor_of(poll(youtube))
        youtube.refuses_missing = True
        youtube.delete(comments[4])
        youtube.edit(comments[5], "anders")

        with later(3):
            found = events(poll(youtube, cursor))

        assert _gone(found) == [comments[4]["id"]]
        assert [one.text for one in found if isinstance(one, Edited)] == ["anders"]

    def test_one_that_we_may_not_read_is_not_gone(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Neu")
        closed, other = youtube.say("ada", "a", on=film), youtube.say("bob", "b", on=film)
        cursor = cursor_of(poll(youtube))
        youtube.edit(other, "anders")
        youtube.faulty = lambda _method, path: (
            fault(403, "forbidden") if "&id=" in path and closed["id"] in path else None
        )

        with later(3):
            found = poll(youtube, cursor)

        assert _gone(events(found)) == []
        assert [one.text for one in events(found) if isinstance(one, Edited)] == ["anders"]


@pytest.mark.parametrize("times", [1, 2])
def test_film_that_one_answer_lacks_is_not_gone(youtube: YouTubeServer, times: int) -> None:
    film = youtube.show("Neu")
    cursor = cursor_of(poll(youtube))
    asked: list[str] = []

    def lacking(_method: str, path: str) -> Answer | None:
        asked.extend([path] if "/videos?" in path else [])
        is_one = "/videos?" in path and len(asked) <= times
        return as_json({"kind": "youtube#videoListResponse", "items": []}) if is_one else None

    youtube.faulty = lacking
    with later(31):
        assert _gone(events(poll(youtube, cursor))) == ([] if times == 1 else [film])


class TestWhatWasNotRead:
    def test_more_than_one_poll_reads_is_told_as_a_gap(
        self, youtube: YouTubeServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        film = youtube.show("Neu")
        youtube.say("ada", "alt", on=film, ago=timedelta(minutes=30))
        first = poll(youtube)
        for number in range(6):
            youtube.say("bob", f"{number}", on=film, ago=timedelta(minutes=number))
        youtube.page = 2
        monkeypatch.setattr(reading, "MOST_PAGES", 2)

        with later(1):
            found = poll(youtube, cursor_of(first))
            again = poll(youtube, cursor_of(found))

        assert [one for batch in first for one in batch.missed] == []
        assert [one for batch in found for one in batch.missed] == [
            Missed(NOON - timedelta(minutes=30), NOON - timedelta(minutes=3), is_filled=False)
        ]
        assert [one for batch in again for one in batch.missed] == []

    def test_page_that_cannot_be_read_hides_none_below_it(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Neu")
        youtube.say("ada", "unten", on=film, ago=timedelta(minutes=30))
        youtube.say("ada", "kaputt", on=film, ago=timedelta(minutes=20))["snippet"]["authorChannelId"] = {"value": 7}
        youtube.say("ada", "oben", on=film)
        youtube.page = 1

        found = poll(youtube)

        assert {"oben", "unten"} <= {one.text for one in said(found)}
        assert sum(len(batch.bad) for batch in found) == 1

    @pytest.mark.parametrize("resource", ["search", "playlistItems"])
    def test_no_to_a_search_or_to_our_films_stops_no_channel(self, youtube: YouTubeServer, resource: str) -> None:
        youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        youtube.faulty = lambda _method, path: fault(403, "forbidden") if f"/{resource}?" in path else None

        found = poll(youtube, settings={"words": "rad"})

        assert "Wann?" in [one.text for one in said(found)]
        assert [one.reason for batch in found for one in batch.bad] == (
            ["event.Forbidden"] if resource == "search" else []
        )

    def test_question_that_google_could_not_work_off_is_asked_again(self, youtube: YouTubeServer) -> None:
        youtube.faulty = lambda _method, path: fault(400, "processingFailure") if "commentThreads" in path else None
        poll_failing(youtube, "", TryLater)


def test_answer_that_came_while_another_went_is_heard(youtube: YouTubeServer) -> None:
    top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
    first = youtube.say("bob", "bald", below=top)
    cursor = cursor_of(poll(youtube))
    fresh = youtube.say("bob", "morgen", below=top, ago=timedelta())
    youtube.delete(first)

    with later(3):
        assert [one.native_id for one in said(poll(youtube, cursor))] == [fresh["id"]]


def test_comment_that_claims_to_be_from_before_1970_costs_no_place(youtube: YouTubeServer) -> None:
    comment = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
    cursor = cursor_of(poll(youtube))
    comment["snippet"]["publishedAt"] = "1850-01-01T00:00:00Z"

    with later(3):
        after = Cursor.read(cursor_of(poll(youtube, cursor)))

    assert after.since == Cursor.read(cursor).since > 0


def test_cursor_of_before_is_read() -> None:
    written = Cursor(since=int(NOON.timestamp())).write().replace(',"put_off":{}', "")

    assert "put_off" not in written
    assert Cursor.read(written).since == int(NOON.timestamp())
