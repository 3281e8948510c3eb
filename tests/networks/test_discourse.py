"""Discourse against a forum on the loopback: what is heard by asking, and what bad answers do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.networks.batches import cursor_of, events, said
from tests.networks.discourse_asking import account, network, poll, poll_failing
from tests.networks.discourse_server import BADGE, KEY, MENTIONED, MESSAGE, POSTED, REPLIED, DiscourseServer, no
from tests.networks.loopback_server import Answer

from resonanz.networks.contract import (
    Account,
    Deleted,
    Edited,
    MediaKind,
    PostKind,
    Visibility,
)
from resonanz.networks.errors import NotAuthorised, TryLater

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><body>Just a moment</body></html>")


class TestConnecting:
    def test_account_is_known_by_its_key(self, forum: DiscourseServer) -> None:
        typed = Account(network="discourse", address=f"{forum.url}/latest", handle="@Nordhain", secret=KEY)

        found = network.identify(typed)

        assert (found.address, found.origin) == (forum.url, forum.host)
        assert (found.native_id, found.handle) == ("7", "nordhain")

    @pytest.mark.parametrize("typed", [{"secret": "wrong"}, {"handle": "nobody"}])
    def test_wrong_key_is_told_as_that(self, forum: DiscourseServer, typed: dict[str, str]) -> None:
        with pytest.raises(NotAuthorised):
            network.identify(account(forum, **typed))

    def test_what_is_no_server_is_refused(self) -> None:
        with pytest.raises(ValueError, match="forum"):
            network.identify(Account(network="discourse", address="forum", handle="x", secret="y"))

    def test_key_is_not_shown_by_the_account(self, forum: DiscourseServer) -> None:
        assert KEY not in repr(account(forum))


class TestHearing:
    def test_mention_becomes_a_post_that_is_addressed_to_us(self, forum: DiscourseServer) -> None:
        first = forum.say("ada", "Wer kennt Räder?", title="Räder im Winter")
        post = forum.say("bob", "Frag @nordhain &amp; co.", topic=first["topic_id"])
        forum.notify(MENTIONED, post)

        (found,) = said(poll(forum))

        assert found.text == "Frag @nordhain & co."
        assert (found.native_id, found.origin, found.root_id) == (str(post["id"]), forum.host, f"t{post['topic_id']}")
        assert (found.kind, found.visibility, found.addressed) == (PostKind.COMMENT, Visibility.PUBLIC, True)
        assert found.author is not None
        assert (found.author.native_id, found.author.handle) == ("12", "bob")
        assert found.url == f"{forum.url}/t/ein-thema/{post['topic_id']}/2"
        assert found.mentions == ("nordhain",)

    def test_first_post_of_a_topic_begins_with_its_title(self, forum: DiscourseServer) -> None:
        forum.notify(MENTIONED, forum.say("ada", "Hallo @nordhain", title="Wo bleibt mein Rad?"))

        (found,) = said(poll(forum))

        assert found.text == "Wo bleibt mein Rad?\n\nHallo @nordhain"
        assert found.kind is PostKind.POST

    def test_message_to_us_is_private_and_those_of_others_are_not_read(self, forum: DiscourseServer) -> None:
        to_us = forum.say("ada", "Meine Nummer ist 4711", members=("nordhain",), title="Frage")
        among_others = forum.say("ada", "Sag es keinem", members=("bob",))
        forum.notify(MESSAGE, to_us)
        forum.notify(MENTIONED, among_others)

        (found,) = said(poll(forum, public="local"))

        assert found.native_id == str(to_us["id"])
        assert (found.visibility, found.kind, found.addressed) == (Visibility.PRIVATE, PostKind.MESSAGE, True)

    def test_mention_in_a_message_is_private_whatever_the_notification_says(self, forum: DiscourseServer) -> None:
        forum.notify(MENTIONED, forum.say("ada", "Hallo @nordhain", members=("nordhain",)))

        (found,) = said(poll(forum))

        assert found.visibility is Visibility.PRIVATE

    def test_answer_in_a_topic_we_watch_is_heard_and_not_addressed(self, forum: DiscourseServer) -> None:
        forum.notify(POSTED, forum.say("ada", "Nur so"))
        forum.notify(BADGE, None)

        (found,) = said(poll(forum))

        assert found.addressed is False

    def test_what_was_read_is_not_read_again(self, forum: DiscourseServer) -> None:
        forum.notify(MENTIONED, forum.say("ada", "eins @nordhain"))
        cursor = cursor_of(poll(forum))
        forum.notify(REPLIED, forum.say("ada", "zwei @nordhain"))

        found = said(poll(forum, cursor))

        assert [one.text for one in found] == ["Ein Thema\n\nzwei @nordhain"]

    def test_first_poll_looks_a_week_back(self, forum: DiscourseServer) -> None:
        forum.notify(MENTIONED, forum.say("ada", "alt @nordhain"), ago=timedelta(days=8))
        forum.notify(MENTIONED, forum.say("ada", "neu @nordhain"), ago=timedelta(days=6))

        assert [one.text for one in said(poll(forum))] == ["Ein Thema\n\nneu @nordhain"]

    def test_hundred_notifications_are_read_by_turns_and_none_is_lost(self, forum: DiscourseServer) -> None:
        for number in range(100):
            forum.notify(MENTIONED, forum.say("ada", f"Nummer {number} @nordhain", ago=timedelta(minutes=200 - number)))

        cursor, found = "", []
        for _ in range(8):
            batches = poll(forum, cursor)
            cursor = cursor_of(batches)
            found += said(batches)

        assert len(found) == len({one.native_id for one in found}) == 100

    def test_all_that_is_new_is_heard_upwards_where_that_was_chosen(self, forum: DiscourseServer) -> None:
        forum.say("ada", "davor")
        cursor = cursor_of(poll(forum, public="local"))
        for number in range(120):
            forum.say("bob", f"Beitrag {number}")

        found = said(poll(forum, cursor, public="local"))

        assert [one.text.split("\n\n")[1] for one in found] == [f"Beitrag {number}" for number in range(120)]
        assert not any(one.addressed for one in found)

    def test_nothing_but_what_is_said_to_us_is_asked_for_otherwise(self, forum: DiscourseServer) -> None:
        forum.say("ada", "davor")

        poll(forum)

        assert not any(path.startswith("GET /posts.json") for path in forum.asked)

    @pytest.mark.parametrize("more", [{"post_type": 4}, {"post_type": 3}, {"hidden": True}, {"user_id": -1}])
    def test_whispers_notes_of_the_forum_and_hidden_posts_are_not_heard(
        self, forum: DiscourseServer, more: dict[str, Any]
    ) -> None:
        forum.say("ada", "unter uns @nordhain", **more)

        assert (
            said(poll(forum, json.dumps({"noted": 0, "latest": 1, "watched": {}, "next_look": 0}), public="local"))
            == []
        )

    def test_what_others_said_is_left_out_and_links_stay(self, forum: DiscourseServer) -> None:
        cooked = (
            '<aside class="quote" data-username="bob"><div>bob:</div><blockquote><p>Ich hasse @nordhain</p>'
            '<aside class="quote"><blockquote>innen</blockquote></aside></blockquote></aside><p>Ich nicht.</p>'
            '<aside class="onebox allowlistedgeneric" data-onebox-src="https://nordhain.example/rad"><p>Fremd</p></aside>'
        )
        forum.notify(POSTED, forum.say("ada", cooked, title="T"))

        (found,) = said(poll(forum))

        assert found.text == "T\n\nIch nicht.\nhttps://nordhain.example/rad"
        assert found.mentions == ()

    def test_pictures_stand_beside_the_words(self, forum: DiscourseServer) -> None:
        cooked = (
            '<p>Schau <img src="/images/emoji/smile.png" class="emoji" alt=":smile:">'
            '<img src="/uploads/rad.png" alt="Ein &quot;Rad&quot;" width="690" height="388"></p>'
        )
        forum.notify(MENTIONED, forum.say("ada", cooked))

        (found,) = said(poll(forum))

        (media,) = found.media
        assert (media.kind, media.url) == (MediaKind.IMAGE, f"{forum.url}/uploads/rad.png")
        assert (media.alt, media.width, media.height) == ('Ein "Rad"', 690, 388)


class TestChanges:
    def test_edit_and_deletion_are_noticed_at_the_next_look(self, forum: DiscourseServer) -> None:
        first, second = forum.say("ada", "eins @nordhain"), forum.say("ada", "zwei @nordhain")
        forum.notify(MENTIONED, first)
        forum.notify(MENTIONED, second)
        cursor = cursor_of(poll(forum))
        forum.edit(first, "eins, aber anders")
        second["deleted_at"] = "2026-11-20T12:00:00.000Z"

        batches = poll(forum, cursor)
        again = poll(forum, cursor_of(batches))

        edited, deleted = events(batches)
        assert isinstance(edited, Edited)
        assert edited.text == "Ein Thema\n\neins, aber anders"
        assert isinstance(deleted, Deleted)
        assert deleted.native_id == str(second["id"])
        assert events(again) == []

    def test_what_its_author_took_away_is_gone_though_the_forum_still_shows_that_it_was(
        self, forum: DiscourseServer
    ) -> None:
        post = forum.say("ada", "eins @nordhain")
        forum.notify(MENTIONED, post)
        cursor = cursor_of(poll(forum))
        post |= {"user_deleted": True, "cooked": "<p>(post deleted by author)</p>", "version": 2}

        (gone,) = events(poll(forum, cursor))

        assert isinstance(gone, Deleted)

    def test_what_is_closed_to_us_is_gone_if_our_key_is_still_good(self, forum: DiscourseServer) -> None:
        post = forum.say("ada", "eins @nordhain")
        forum.notify(MENTIONED, post)
        cursor = cursor_of(poll(forum))
        forum.topics[post["topic_id"]] |= {"archetype": "private_message", "members": {"ada"}}

        (gone,) = events(poll(forum, cursor))

        assert isinstance(gone, Deleted)

    def test_revoked_key_deletes_nothing_here(self, forum: DiscourseServer) -> None:
        forum.notify(MENTIONED, forum.say("ada", "eins @nordhain"))
        cursor = cursor_of(poll(forum))

        def revoked(method: str, path: str) -> Answer | None:
            return None if path.startswith("/notifications") else no(403, "invalid", "invalid_access")

        forum.faulty = revoked
        found = poll_failing(forum, cursor, NotAuthorised)

        assert events(found) == []

    def test_page_that_is_not_the_forums_deletes_nothing(self, forum: DiscourseServer) -> None:
        forum.notify(MENTIONED, forum.say("ada", "eins @nordhain"))
        cursor = cursor_of(poll(forum))
        forum.faulty = lambda _method, path: (404, {}, b"<html>nginx") if path.startswith("/posts/") else None

        found = poll_failing(forum, cursor, TryLater)

        assert events(found) == []


class TestFailing:
    def test_limit_is_waited_for_as_long_as_the_forum_asks(self, forum: DiscourseServer) -> None:
        forum.requests_left = 0

        with pytest.raises(TryLater) as limited:
            poll(forum)

        assert limited.value.seconds == 19

    def test_what_was_read_before_the_limit_is_not_lost(self, forum: DiscourseServer) -> None:
        for number in range(3):
            forum.notify(MENTIONED, forum.say("ada", f"{number} @nordhain", topic=100))
        forum.requests_left = 4  # the notifications, two posts and their topic

        found = poll_failing(forum, "", TryLater)
        forum.requests_left = 100

        assert len(said(found)) == 2
        assert len(said(poll(forum, cursor_of(found)))) == 1

    def test_lost_key_stops_the_channel(self, forum: DiscourseServer) -> None:
        forum.key = "another"

        with pytest.raises(NotAuthorised):
            poll(forum)

    @pytest.mark.parametrize(
        "answer",
        [HTML, (200, {}, b"[]"), (200, {}, b'{"notifications": 7}'), (502, {}, b"bad"), (200, {}, b'{"a":'),
         (404, {}, b"<html>"), (200, {}, b"[" * 90_000)],
    )  # fmt: skip
    def test_what_is_no_answer_of_the_forum_is_asked_again(self, forum: DiscourseServer, answer: Answer) -> None:
        forum.faulty = lambda _method, _path: answer

        with pytest.raises(TryLater):
            poll(forum)

    def test_unreadable_post_is_put_aside_and_the_others_are_heard(self, forum: DiscourseServer) -> None:
        forum.notify(MENTIONED, forum.say("ada", "eins @nordhain", created_at="gestern"))
        forum.notify(MENTIONED, forum.say("ada", "zwei @nordhain"))

        batches = poll(forum)

        assert [one.text for one in said(batches)] == ["Ein Thema\n\nzwei @nordhain"]
        assert [bad.reason for batch in batches for bad in batch.bad] == ["event.ValueError"]

    @pytest.mark.parametrize("cursor", ["x", "[]", "{}", '{"watched": 3}', '{"watched": {"a": 1}}', "[" * 9_000])
    def test_broken_cursor_begins_anew(self, forum: DiscourseServer, cursor: str) -> None:
        forum.notify(MENTIONED, forum.say("ada", "eins @nordhain"))

        assert len(said(poll(forum, cursor))) == 1
