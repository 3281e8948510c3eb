"""Reddit against a server on the loopback: what is heard by asking, what became of it, and its limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.networks.batches import cursor_of, events, said
from tests.networks.loopback_server import Answer
from tests.networks.reddit_asking import NOON, account, later, poll, poll_failing
from tests.networks.reddit_server import RedditServer, as_json, fault

from resonanz.core import http
from resonanz.networks.contract import (
    AccountGone,
    Counted,
    Deleted,
    Edited,
    Media,
    MediaKind,
    Missed,
    PostKind,
    Visibility,
)
from resonanz.networks.errors import TryLater
from resonanz.networks.reddit import reading
from resonanz.networks.reddit.client import PlaceClosed
from resonanz.networks.reddit.cursor import MOST_WATCHED, Cursor
from resonanz.networks.reddit.posts import State


class TestHearing:
    def test_mention_in_a_comment_is_addressed_and_stands_in_the_thread_of_its_post(self, reddit: RedditServer) -> None:
        post = reddit.post("bob", "Welches Rad?")
        comment = reddit.say("Ada", "Frag u/Nordhain <3 & *alle*", post, inbox="username_mention")

        (found,) = said(poll(reddit))

        assert found.text == "Frag u/Nordhain <3 & *alle*"
        assert (found.network, found.origin, found.native_id) == ("reddit", "", comment["name"])
        assert (found.kind, found.visibility, found.addressed) == (PostKind.COMMENT, Visibility.PUBLIC, True)
        assert (found.parent_id, found.root_id) == (post["name"], post["name"])
        assert found.author is not None
        assert (found.author.native_id, found.author.handle) == ("ada", "Ada")
        assert found.url == f"https://www.reddit.com{comment['permalink']}"
        assert found.mentions == ("Nordhain",)

    def test_comment_in_the_inbox_tells_its_thread_only_by_its_path(self, reddit: RedditServer) -> None:
        post = reddit.post("Nordhain", "Neu")
        comment = reddit.say("ada", "Wann?", post, inbox="post_reply")
        for name in ("link_id", "permalink"):
            del comment[name]

        found = {one.native_id: one for one in said(poll(reddit))}[comment["name"]]

        assert (found.root_id, found.addressed) == (post["name"], True)
        assert found.url.endswith(f"/comments/{post['id']}/titel/{comment['id']}/")

    def test_private_message_is_private_and_its_answers_are_in_its_conversation(self, reddit: RedditServer) -> None:
        first = reddit.write("ada", "Frage", "Wann kommt es?")
        second = reddit.write("ada", "re: Frage", "Hallo?", first=first, ago=timedelta(minutes=5))

        found = {one.native_id: one for one in said(poll(reddit))}

        assert {one.visibility for one in found.values()} == {Visibility.PRIVATE}
        assert {one.root_id for one in found.values()} == {first["name"]}
        assert found[first["name"]].text == "Frage\n\nWann kommt es?"
        assert (found[second["name"]].text, found[second["name"]].kind) == ("Hallo?", PostKind.MESSAGE)

    def test_what_we_said_with_other_apps_is_not_addressed(self, reddit: RedditServer) -> None:
        post = reddit.post("Nordhain", "Wir sind da", "Fragt u/Nordhain")
        reddit.say("Nordhain", "Auch hier", post)
        reddit.write("Nordhain", "re: x", "Gern", to="ada")

        found = said(poll(reddit))

        assert len(found) == 3
        assert not any(one.addressed for one in found)

    def test_subreddits_are_read_when_they_are_named(self, reddit: RedditServer) -> None:
        post = reddit.post("bob", "Bremsen", "Welche?\nSagt was.", to="fahrrad")
        comment = reddit.say("ada", "Keine", post)
        reddit.post("bob", "Kochen", to="kueche")

        found = said(poll(reddit, settings={"subreddits": "r/fahrrad /r/ebike/ nicht! fahrrad"}))

        assert {one.native_id for one in found} == {post["name"], comment["name"]}
        assert [one.text for one in found if one.kind is PostKind.POST] == ["Bremsen\n\nWelche?\nSagt was."]
        assert any("/r/fahrrad+ebike/new" in path for path in reddit.asked)
        assert not any(one.addressed for one in found)

    def test_posts_are_searched_for_by_words(self, reddit: RedditServer) -> None:
        post = reddit.post("bob", "Nordhain Test", to="egal")
        reddit.post("bob", "Anderes", to="egal")

        assert [one.native_id for one in said(poll(reddit, settings={"words": 'nordhain "rad"'}))] == [post["name"]]
        assert reading.query_of(account(reddit, settings={"words": 'nordhain "rad" "'})) == '"nordhain" OR "rad"'
        assert len(reading.query_of(account(reddit, settings={"words": "wort " * 200}))) <= 512

    def test_picture_and_link_stand_beside_or_in_the_words(self, reddit: RedditServer) -> None:
        reddit.post("bob", "Bild", is_self=False, url="https://i.redd.it/a.jpg")
        reddit.post("bob", "Verweis", is_self=False, url="https://blog.example/a")

        found = {one.text: one.media for one in said(poll(reddit, settings={"subreddits": "fahrrad"}))}

        assert found == {
            "Bild": (Media(MediaKind.IMAGE, "https://i.redd.it/a.jpg"),),
            "Verweis\n\nhttps://blog.example/a": (),
        }

    def test_lists_are_read_down_to_what_is_known_and_nothing_twice(self, reddit: RedditServer) -> None:
        post = reddit.post("Nordhain", "Neu", ago=timedelta(days=30))
        reddit.page = 2
        for number in range(5):
            reddit.say("ada", f"{number}", post, inbox="post_reply", ago=timedelta(minutes=50 - number))
        reddit.write("ada", "x", "privat", ago=timedelta(minutes=9))
        first = poll(reddit)
        assert len(said(first)) == 6
        reddit.say("ada", "neu", post, inbox="post_reply", ago=timedelta())

        with later(1):
            second = poll(reddit, cursor_of(first))
            third = poll(reddit, cursor_of(second))

        assert [one.text for one in said(second)] == ["neu"]
        assert events(third) == []

    def test_more_than_reddit_shows_is_told_as_a_gap(
        self, reddit: RedditServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chosen = {"subreddits": "fahrrad"}
        reddit.post("ada", "alt", ago=timedelta(minutes=50))
        first = poll(reddit, settings=chosen)
        for number in range(900):
            reddit.post("ada", f"{number}", ago=timedelta(minutes=30))
        monkeypatch.setattr(reading, "MOST_PAGES", 9)

        with later(1):
            found = poll(reddit, cursor_of(first), settings=chosen)

        assert [one for batch in first for one in batch.missed] == []
        assert [one for batch in found for one in batch.missed] == [
            Missed(NOON - timedelta(minutes=50), NOON - timedelta(minutes=30), is_filled=False)
        ]

    def test_interrupted_poll_loses_nothing(self, reddit: RedditServer) -> None:
        post = reddit.post("bob", "Neu", ago=timedelta(days=30))
        reddit.page = 2
        for number in range(5):
            reddit.say("ada", f"{number}", post, inbox="post_reply", ago=timedelta(minutes=50 - number))
        reddit.faulty = lambda _method, path: (503, {}, b"") if "after=" in path else None
        first = poll_failing(reddit, "", TryLater)
        reddit.faulty = lambda _method, _path: None

        assert sorted(one.text for one in said(first + poll(reddit, cursor_of(first)))) == list("01234")

    def test_subreddit_that_was_closed_holds_up_nothing_else_and_is_told(self, reddit: RedditServer) -> None:
        reddit.closed.add("geheim")
        post = reddit.post("bob", "Nordhain Test", to="egal")
        message = reddit.write("ada", "x", "privat")

        found = poll_failing(reddit, "", PlaceClosed, settings={"subreddits": "geheim", "words": "nordhain"})

        assert {one.native_id for one in said(found)} == {post["name"], message["name"]}

    def test_what_was_held_back_is_heard_when_it_is_let_through(self, reddit: RedditServer) -> None:
        chosen = {"subreddits": "fahrrad"}
        reddit.post("bob", "schnell", ago=timedelta(hours=1))
        held = reddit.post("ada", "mit Link", ago=timedelta(hours=5))
        del reddit.things[held["name"]]
        cursor = cursor_of(poll(reddit, settings=chosen))
        reddit.things[held["name"]] = held

        with later(1):
            found = poll(reddit, cursor, settings=chosen)
        with later(2):
            again = poll(reddit, cursor_of(found), settings=chosen)

        assert [one.native_id for one in said(found)] == [held["name"]]
        assert said(again) == []

    @pytest.mark.parametrize("kind", ["private", "public", "restricted", "user"])
    def test_what_only_members_read_is_private(self, reddit: RedditServer, kind: str) -> None:
        post = reddit.post("ada", "Neu", subreddit_type=kind)
        reddit.say("bob", "auch", post, subreddit_type=kind)
        expected = Visibility.PRIVATE if kind == "private" else Visibility.PUBLIC

        assert {one.visibility for one in said(poll(reddit, settings={"subreddits": "fahrrad"}))} == {expected}

    def test_what_is_deleted_already_is_not_heard(self, reddit: RedditServer) -> None:
        post = reddit.post("bob", "Weg", "Weg", removed_by_category="moderator")
        reddit.delete(reddit.say("ada", "weg", post))

        assert said(poll(reddit, settings={"subreddits": "fahrrad"})) == []


class TestWhatBecameOfIt:
    def test_edit_is_told_with_its_words_and_moment(self, reddit: RedditServer) -> None:
        comment = reddit.say("ada", "schlecht", reddit.post("bob", "x", ago=timedelta(days=9)), inbox="post_reply")
        cursor = cursor_of(poll(reddit))
        with later(1):
            reddit.edit(comment, "doch gut")
            (found,) = events(poll(reddit, cursor))

        assert isinstance(found, Edited)
        assert (found.native_id, found.text) == (comment["name"], "doch gut")
        assert found.edited_at == NOON + timedelta(minutes=1)

    @pytest.mark.parametrize("by", ["[deleted]", "[removed]", "[ Removed by Reddit ]"])
    def test_deleted_and_removed_comments_are_gone(self, reddit: RedditServer, by: str) -> None:
        comment = reddit.say("ada", "schlecht", reddit.post("bob", "x", ago=timedelta(days=9)), inbox="post_reply")
        cursor = cursor_of(poll(reddit))
        reddit.delete(comment, by=by)

        with later(1):
            found = poll(reddit, cursor)
            again = events(poll(reddit, cursor_of(found)))

        assert [(type(one), one.native_id) for one in events(found)] == [(Deleted, comment["name"])]
        assert again == []

    def test_post_that_moderators_took_away_is_gone(self, reddit: RedditServer) -> None:
        post = reddit.post("bob", "Werbung", "Kauft!")
        chosen = {"subreddits": "fahrrad"}
        cursor = cursor_of(poll(reddit, settings=chosen))
        post["removed_by_category"] = "moderator"

        with later(1):
            found = events(poll(reddit, cursor, settings=chosen))

        assert [(type(one), one.native_id) for one in found] == [(Deleted, post["name"])]

    def test_account_that_was_deleted_takes_all_with_it(self, reddit: RedditServer) -> None:
        comment = reddit.say("ada", "hallo", reddit.post("bob", "x", ago=timedelta(days=9)), inbox="post_reply")
        cursor = cursor_of(poll(reddit))
        reddit.leave("ada")

        with later(1):
            found = events(poll(reddit, cursor))

        assert [one.native_id for one in found] == [comment["name"], "ada"]
        assert isinstance(found[0], Deleted)
        assert isinstance(found[1], AccountGone)

    @pytest.mark.parametrize("answer", [None, fault(403, "Forbidden")])
    def test_account_that_is_still_there_loses_only_what_has_no_author(
        self, reddit: RedditServer, answer: Answer | None
    ) -> None:
        comment = reddit.say("ada", "hallo", reddit.post("bob", "x", ago=timedelta(days=9)), inbox="post_reply")
        cursor = cursor_of(poll(reddit))
        comment["author"] = "[deleted]"
        reddit.faulty = lambda _method, path: answer if "/about" in path else None

        with later(1):
            found = events(poll(reddit, cursor))

        assert [(type(one), one.native_id) for one in found] == [(Deleted, comment["name"])]

    def test_whether_an_account_is_gone_is_asked_again_where_reddit_is_busy(self, reddit: RedditServer) -> None:
        comment = reddit.say("ada", "hallo", reddit.post("bob", "x", ago=timedelta(days=9)), inbox="post_reply")
        cursor = cursor_of(poll(reddit))
        reddit.leave("ada")
        reddit.faulty = lambda _method, path: (503, {}, b"") if "/about" in path else None
        with later(1):
            failed = poll_failing(reddit, cursor, TryLater)
        reddit.faulty = lambda _method, _path: None

        with later(2):
            found = events(poll(reddit, cursor_of(failed)))

        assert events(failed) == []
        assert [one.native_id for one in found] == [comment["name"], "ada"]

    def test_post_that_its_author_deleted_takes_nothing_else_with_it(self, reddit: RedditServer) -> None:
        post = reddit.post("ada", "Seht her", is_self=False, url="https://x.example/bild")
        cursor = cursor_of(poll(reddit, settings={"subreddits": "fahrrad"}))
        post["author"] = "[deleted]"

        with later(1):
            found = events(poll(reddit, cursor, settings={"subreddits": "fahrrad"}))

        assert [(type(one), one.native_id) for one in found] == [(Deleted, post["name"])]

    def test_what_is_not_shown_for_a_day_is_not_gone(self, reddit: RedditServer) -> None:
        comment = reddit.say("ada", "hallo", reddit.post("bob", "x", ago=timedelta(days=9)), inbox="post_reply")
        cursor = cursor_of(poll(reddit))
        reddit.things.pop(comment["name"])
        reddit.to_us.clear()
        with later(1):
            closed = poll(reddit, cursor)
        assert events(closed) == []
        reddit.things[comment["name"]] = comment
        with later(24 * 60):
            opened = poll(reddit, cursor_of(closed))
        assert Cursor.read(cursor_of(opened)).missing == {}
        del reddit.things[comment["name"]]

        with later(49 * 60):
            closed = poll(reddit, cursor_of(opened))
        assert events(closed) == []
        with later(98 * 60):
            assert [type(one) for one in events(poll(reddit, cursor_of(closed)))] == [Deleted]

    def test_missing_once_is_asked_for_alone(self, reddit: RedditServer) -> None:
        comment = reddit.say("ada", "hallo", reddit.post("bob", "x", ago=timedelta(days=9)), inbox="post_reply")
        cursor = cursor_of(poll(reddit))
        empty = as_json({"kind": "Listing", "data": {"children": [], "after": None}})
        times: list[str] = []

        def once(_method: str, path: str) -> Answer | None:
            times.extend([path] if "/api/info" in path else [])
            return empty if "/api/info" in path and len(times) == 1 else None

        reddit.faulty = once
        with later(1):
            found = poll(reddit, cursor)
        assert events(found) == []
        assert Cursor.read(cursor_of(found)).missing == {}
        assert len(times) == 2
        assert comment["name"] in times[1]

    def test_few_are_all_looked_at_each_time(self) -> None:
        cursor = Cursor()
        for number in range(3):
            cursor.watch(f"t1_{number}", State(number, 0, 0, 0, False, "bob"))
        assert [sorted(cursor.turns()) for _ in range(3)] == [["t1_0", "t1_1", "t1_2"]] * 3

    def test_votes_are_told_when_they_change_by_more_than_reddit_blurs(self, reddit: RedditServer) -> None:
        post = reddit.post("Nordhain", "x", score=100, num_comments=1)
        cursor = cursor_of(poll(reddit))
        post["score"] = 104
        with later(1):
            assert events(poll(reddit, cursor)) == []
        post |= {"score": 140, "num_comments": 3}
        with later(2):
            (found,) = events(poll(reddit, cursor))

        assert isinstance(found, Counted)
        assert (found.likes, found.replies, found.views) == (140, 3, None)

    def test_of_too_many_what_was_not_said_to_us_is_let_go_first(self) -> None:
        cursor = Cursor()
        cursor.watch("t1_old", State(1, 0, 0, 0, True, "ada"))
        for number in range(MOST_WATCHED):
            cursor.watch(f"t1_{number}", State(10 + number, 0, 0, 0, False, "bob"))

        assert len(cursor.watched) == MOST_WATCHED
        assert "t1_old" in cursor.watched
        assert "t1_0" not in cursor.watched
        seen = {one for _ in range(MOST_WATCHED // 100) for one in cursor.turns()}
        assert seen == set(cursor.watched)


class TestLimits:
    def test_429_says_its_seconds_from_now(self, reddit: RedditServer) -> None:
        reddit.left = 0
        with pytest.raises(TryLater) as failure:
            poll(reddit)
        assert failure.value.seconds == 345

    def test_reading_leaves_some_requests_for_answers(self, reddit: RedditServer) -> None:
        reddit.left = 4
        message = reddit.write("ada", "x", "privat")

        found = poll_failing(reddit, "", TryLater)

        assert [one.native_id for one in said(found)] == [message["name"]]
        assert reddit.left == 2

    def test_program_names_itself_as_reddit_wants_it(self, reddit: RedditServer) -> None:
        poll(reddit)
        assert set(reddit.agents) == {f"server:client:{http.USER_AGENT} (by /u/Nordhain)"}
