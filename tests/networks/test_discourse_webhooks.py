"""What a forum brings by webhook, and that nothing it brings or shows breaks its readers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.networks.batches import said
from tests.networks.discourse_asking import NOON, account, network, poll
from tests.networks.discourse_server import MENTIONED, DiscourseServer

from resonanz.core import clock
from resonanz.networks.contract import (
    Account,
    AccountGone,
    BadEvent,
    Deleted,
    Edited,
    Posted,
)
from resonanz.networks.discourse import delivered, posts, reading
from resonanz.networks.webhooks import Delivery, Keys, Told

SECRET = "s" * 40
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "id", "user_id", "username", "name", "created_at", "updated_at", "cooked", "post_number", "post_type", "topic_id",
    "topic_slug", "topic_title", "topic_archetype", "reply_to_user", "hidden", "deleted_at", "version",
)  # fmt: skip


def brought(forum: DiscourseServer, name: str, post: dict[str, Any], **more: Any) -> Told:
    headers, body = forum.webhook(name, post, secret=SECRET, **more)
    return network.read(account(forum), Delivery(headers, body, clock.now()))


class TestWebhooks:
    def test_signature_is_that_of_the_body(self, forum: DiscourseServer) -> None:
        headers, body = forum.webhook("post_created", forum.say("ada", "Hallo"), secret=SECRET)

        assert network.is_genuine(Delivery(headers, body, NOON), Keys(SECRET))
        assert not network.is_genuine(Delivery(headers, body + b" ", NOON), Keys(SECRET))
        assert not network.is_genuine(Delivery(headers, body, NOON), Keys("other"))
        assert not network.is_genuine(Delivery({}, body, NOON), Keys(SECRET))
        assert network.prove({"hub.challenge": "1"}, Keys(SECRET)) is None

    def test_new_post_is_the_same_as_if_it_was_asked_for(self, forum: DiscourseServer) -> None:
        post = forum.say("ada", "Hallo @nordhain", title="Frage")
        forum.notify(MENTIONED, post)

        (by_webhook,) = brought(forum, "post_created", post).events

        assert [by_webhook] == said(poll(forum))

    def test_answer_to_us_is_addressed_and_small_talk_is_not(self, forum: DiscourseServer) -> None:
        ours = forum.say("nordhain", "Bitte sehr")
        answer = forum.say("ada", "Danke", topic=ours["topic_id"], below=1)
        other = forum.say("bob", "Schönes Wetter", topic=ours["topic_id"])

        (to_us,), (small,) = brought(forum, "post_created", answer).events, brought(forum, "post_created", other).events

        assert isinstance(to_us, Posted)
        assert isinstance(small, Posted)
        assert (to_us.addressed, small.addressed) == (True, False)

    def test_edit_is_also_the_news_of_a_post_that_we_did_not_hear_of(self, forum: DiscourseServer) -> None:
        post = forum.say("ada", "Hallo")
        forum.edit(post, "Hallo Nordhain")

        posted, edited = brought(forum, "post_edited", post).events

        assert isinstance(posted, Posted)
        assert isinstance(edited, Edited)
        assert posted.text == edited.text == "Ein Thema\n\nHallo Nordhain"

    def test_deletion_and_the_end_of_an_account_are_told(self, forum: DiscourseServer) -> None:
        post = forum.say("ada", "Hallo")

        (gone,) = brought(forum, "post_destroyed", post).events
        (account_gone,) = brought(forum, "user_destroyed", {"id": 11, "username": "ada"}, kind="user").events

        assert isinstance(gone, Deleted)
        assert (gone.native_id, gone.origin) == (str(post["id"]), forum.host)
        assert isinstance(account_gone, AccountGone)
        assert account_gone.native_id == "11"

    def test_messages_among_members_are_not_read(self, forum: DiscourseServer) -> None:
        post = forum.say("ada", "Sag es keinem", members=("bob",))

        assert brought(forum, "post_created", post) == Told()
        assert brought(forum, "post_edited", post) == Told()
        assert len(brought(forum, "post_destroyed", post).events) == 1

    @pytest.mark.parametrize("name", ["topic_created", "topic_closed_status_updated", "post_recovered"])
    def test_what_tells_nothing_new_is_no_unknown_event(self, forum: DiscourseServer, name: str) -> None:
        assert brought(forum, name, forum.say("ada", "Hallo")) == Told()

    def test_ping_comes_without_a_name(self, forum: DiscourseServer) -> None:
        delivery = Delivery({}, b'{"ping":"OK"}', NOON)

        assert network.name_of(delivery) == "ping"
        assert network.read(account(forum), delivery) == Told()

    def test_event_of_a_later_version_is_unknown(self, forum: DiscourseServer) -> None:
        assert brought(forum, "post_translated", forum.say("ada", "Hallo")) == Told(is_unknown=True)

    def test_other_forum_with_the_same_secret_is_not_taken_for_this_one(self, forum: DiscourseServer) -> None:
        headers, body = forum.webhook("post_destroyed", forum.say("ada", "Hallo"), secret=SECRET)
        headers["x-discourse-instance"] = "https://other.example"

        told = network.read(account(forum), Delivery(headers, body, NOON))

        assert (told.events, len(told.bad)) == ((), 1)

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"post": 3}', b'{"post": {}}', b"\xff", b"[" * 90_000])
    def test_garbled_delivery_is_bad(self, forum: DiscourseServer, body: bytes) -> None:
        for name in ("post_created", "post_edited", "post_destroyed", "user_destroyed"):
            told = network.read(account(forum), Delivery({delivered.EVENT: name}, body, NOON))

            assert (told.events, len(told.bad), told.is_unknown) == ((), 1, False)


POSTS = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON))
SOMEWHERE = Account(network="discourse", address="https://forum.example", handle="nordhain", native_id="7")


class TestParsers:
    @given(
        st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)),
        st.sampled_from(["created", "edited", "destroyed"]),
    )
    @settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_any_post_is_read_or_put_aside(self, post: dict[str, Any], what: str) -> None:
        body = json.dumps({"post": post}).encode()

        told = delivered.read(SOMEWHERE, Delivery({delivered.EVENT: f"post_{what}"}, body, NOON))

        assert not told.is_unknown
        assert all(isinstance(one, BadEvent) for one in told.bad)

    @given(st.binary(max_size=200), st.text(max_size=30))
    def test_any_body_is_read_or_put_aside(self, body: bytes, name: str) -> None:
        told = delivered.read(SOMEWHERE, Delivery({delivered.EVENT: name}, body, NOON))

        assert len(told.events) <= 1

    @given(st.text(alphabet='<>/aside clquotemnb"=-@p&;ü', max_size=400))
    def test_any_markup_becomes_plain(self, cooked: str) -> None:
        without = posts.without_others_words(cooked)

        assert len(without) <= len(cooked) + 10
        assert len(posts.mentions_in(without)) <= 50

    @pytest.mark.parametrize(
        "hostile",
        [
            part * (54_000 // len(part))
            for part in ("<aside>", "<aside", "<a ", '<a class="mention"', "<img ", '<img src="')
        ],
    )
    def test_hostile_markup_takes_no_time(self, hostile: str) -> None:
        started = clock.monotonic()

        posts.pictures(hostile, SOMEWHERE)
        posts.mentions_in(posts.without_others_words(hostile))

        assert clock.monotonic() - started < 2

    @given(st.text(max_size=200))
    def test_any_cursor_is_read(self, text: str) -> None:
        assert reading.Cursor.read(text).noted >= 0
