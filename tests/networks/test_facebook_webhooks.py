"""What Facebook brings by webhook, and that nothing it brings or shows breaks its readers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.networks.batches import events, said
from tests.networks.facebook_asking import brought, network, poll
from tests.networks.facebook_server import PAGE, FacebookServer
from tests.networks.meta_server import APP_SECRET, VERIFY, signed

from resonanz.core import clock
from resonanz.networks.contract import Account, BadEvent, Deleted, Edited, MediaKind, Posted, Visibility
from resonanz.networks.facebook import delivered, posts
from resonanz.networks.meta import messages
from resonanz.networks.meta.cursor import Cursor
from resonanz.networks.meta.place import author
from resonanz.networks.meta.reading import FAULTS
from resonanz.networks.webhooks import Delivery, Keys, Told

KEYS = Keys(VERIFY, APP_SECRET)
SOMEWHERE = Account(network="facebook", address="https://graph.facebook.com", native_id=PAGE)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def any_of(*names: str, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object that may have these fields, whatever they hold, and in which those of `more` are likely ones."""
    likely = {name: JSON | one for name, one in more.items()}
    return st.fixed_dictionaries({}, optional={**dict.fromkeys(names, JSON), **likely})


class TestProving:
    def test_challenge_is_given_back_to_who_knows_our_word(self) -> None:
        asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}

        proof = network.prove(asked, KEYS)

        assert proof is not None
        assert (proof.body, proof.content_type) == ("1158201444", "text/plain; charset=utf-8")

    @pytest.mark.parametrize(
        "wrong",
        [{"hub.verify_token": "guessed"}, {"hub.verify_token": ""}, {"hub.mode": "unsubscribe"},
         {"hub.challenge": ""}, {"hub.challenge": "<script>"}, {"hub.challenge": "1" * 300}, {"hub.challenge": "ü"}],
    )  # fmt: skip
    def test_others_and_other_questions_get_nothing(self, wrong: dict[str, str]) -> None:
        asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}

        assert network.prove(asked | wrong, KEYS) is None

    def test_without_a_word_of_ours_nobody_knows_it(self) -> None:
        asked = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""}

        assert network.prove(asked, Keys("")) is None


class TestGenuine:
    def test_signature_is_that_of_the_body_with_the_applications_secret(self, facebook: FacebookServer) -> None:
        headers, body = facebook.told(facebook.post("11", "Grüße"), "add")
        now = clock.now()

        assert network.is_genuine(Delivery(headers, body, now), KEYS)
        assert not network.is_genuine(Delivery(headers, body + b" ", now), KEYS)
        assert not network.is_genuine(Delivery(headers, body, now), Keys(VERIFY, "other"))
        assert not network.is_genuine(Delivery(headers, body, now), Keys(VERIFY))
        assert not network.is_genuine(Delivery({}, body, now), KEYS)
        assert not network.is_genuine(Delivery(signed(body, secret=VERIFY), body, now), KEYS)
        assert not network.is_genuine(Delivery({"x-hub-signature": headers["x-hub-signature-256"]}, body, now), KEYS)


class TestReading:
    def test_comment_is_the_same_as_if_it_was_asked_for(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))

        (by_webhook,) = brought(facebook, facebook.told(comment, "add")).events

        assert by_webhook == said(poll(facebook))[-1]

    def test_visitors_post_is_heard_and_its_url_leads_there(self, facebook: FacebookServer) -> None:
        post = facebook.post("11", "Mein Rad ist kaputt")

        (found,) = brought(facebook, facebook.told(post, "add")).events

        assert isinstance(found, Posted)
        assert (found.native_id, found.root_id, found.addressed) == (post["id"], post["id"], True)
        assert found.url == f"https://www.facebook.com/{post['id']}"

    def test_answer_to_a_comment_and_our_own_stand_where_that_does(self, facebook: FacebookServer) -> None:
        first = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        answer = facebook.comment(PAGE, "Bald", first)
        again = facebook.comment("11", "Danke", answer)

        (ours,), (theirs,) = (brought(facebook, facebook.told(one, "add")).events for one in (answer, again))

        assert isinstance(ours, Posted)
        assert isinstance(theirs, Posted)
        assert (ours.parent_id, ours.root_id, ours.addressed) == (first["id"], "", False)
        assert (theirs.parent_id, theirs.root_id, theirs.addressed) == (answer["id"], "", True)

    @pytest.mark.parametrize("verb", ["edited", "edit", "update"])
    def test_edit_is_also_the_news_of_what_we_did_not_hear_of(self, facebook: FacebookServer, verb: str) -> None:
        comment = facebook.comment("11", "Wann genau?", facebook.post(PAGE, "Da"))

        posted, edited = brought(facebook, facebook.told(comment, verb)).events

        assert isinstance(posted, Posted)
        assert isinstance(edited, Edited)
        assert posted.text == edited.text == "Wann genau?"

    def test_edit_bears_the_time_at_which_it_was_told_and_leaves_pictures_that_it_does_not_name(
        self, facebook: FacebookServer
    ) -> None:
        headers, body = facebook.told(facebook.post("11", "Schau"), "edited")
        delivery = json.loads(body)
        delivery["entry"][0]["time"] = 1_790_000_000

        _, edited = brought(facebook, (headers, json.dumps(delivery).encode())).events

        assert isinstance(edited, Edited)
        assert (edited.edited_at, edited.media) == (datetime.fromtimestamp(1_790_000_000, UTC), None)

    def test_deletion_is_told(self, facebook: FacebookServer) -> None:
        post = facebook.post("11", "Mein Rad")
        comment = facebook.comment("12", "Wann?", post)

        told = facebook.told(comment, "remove"), facebook.told(post, "remove", **{"from": None, "message": None})
        gone = [event for one in told for event in brought(facebook, one).events]

        assert [one.native_id for one in gone if isinstance(one, Deleted)] == [comment["id"], post["id"]]

    @pytest.mark.parametrize("verb", ["hide", "unhide"])
    def test_hiding_and_reactions_tell_nothing_that_we_keep(self, facebook: FacebookServer, verb: str) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))

        assert brought(facebook, facebook.told(comment, verb)) == Told()
        assert brought(facebook, facebook.told(comment, "add", item="reaction", reaction_type="haha")) == Told()
        assert brought(facebook, facebook.told(comment, "add", item="like")) == Told()

    def test_draft_of_ours_is_not_said(self, facebook: FacebookServer) -> None:
        assert brought(facebook, facebook.told(facebook.post(PAGE, "Geheim"), "add", published=0)) == Told()

    def test_photos_stand_beside_the_words(self, facebook: FacebookServer) -> None:
        post = facebook.post("11", "Schau")
        photos = ["https://scontent.example/1.jpg", "javascript:alert(1)", "https://scontent.example/2.jpg"]

        (several,) = brought(facebook, facebook.told(post, "add", photos=photos)).events
        (one,) = brought(facebook, facebook.told(post, "add", item="photo", link=photos[0])).events
        (film,) = brought(facebook, facebook.told(post, "add", video="https://video.example/1.mp4")).events

        assert isinstance(several, Posted)
        assert isinstance(one, Posted)
        assert isinstance(film, Posted)
        assert [media.url for media in several.media] == [photos[0], photos[2]]
        assert [media.url for media in one.media] == [photos[0]]
        assert [media.kind for media in film.media] == [MediaKind.VIDEO]

    def test_sender_may_be_told_in_the_old_way_or_not_at_all(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        old = {"from": None, "sender_id": 11, "sender_name": "Ada Lovelace"}

        (known,) = brought(facebook, facebook.told(comment, "add", **old)).events
        (unknown,) = brought(facebook, facebook.told(comment, "add", **{"from": None})).events

        assert isinstance(known, Posted)
        assert isinstance(unknown, Posted)
        assert known.author == author("11", "Ada Lovelace")
        assert unknown.author is None

    def test_mention_elsewhere_is_heard_with_its_words_alone(self, facebook: FacebookServer) -> None:
        value = {"item": "comment", "verb": "add", "post_id": "55_66", "comment_id": "66_77", "message": "@Nordhain?",
                 "created_time": 1_760_000_000}  # fmt: skip

        (found,) = brought(facebook, facebook.change(value, of="mention")).events

        assert isinstance(found, Posted)
        assert (found.native_id, found.parent_id, found.root_id) == ("66_77", "55_66", "55_66")
        assert (found.author, found.mentions, found.addressed) == (None, (PAGE,), True)
        assert brought(facebook, facebook.change(value | {"message": ""}, of="mention")) == Told()

    def test_message_is_private_and_joins_its_conversation(self, facebook: FacebookServer) -> None:
        message = facebook.write("11", "Meine Nummer ist 4711")

        (found,) = brought(facebook, facebook.talked(message)).events
        (asked_for,) = said(poll(facebook))

        assert isinstance(found, Posted)
        assert found.visibility is Visibility.PRIVATE
        assert (found.native_id, found.root_id, found.text) == (asked_for.native_id, asked_for.root_id, asked_for.text)

    def test_echo_of_our_own_is_left_to_the_poll(self, facebook: FacebookServer) -> None:
        ours = facebook.write(PAGE, "Danke", to="11")

        assert brought(facebook, facebook.talked(ours)) == Told()
        echo = {"message": {"mid": ours["id"], "text": "Danke", "is_echo": True}}
        assert brought(facebook, facebook.talked(ours, **echo)) == Told()

    def test_message_that_is_changed_or_taken_back(self, facebook: FacebookServer) -> None:
        message = facebook.write("11", "Hallo")
        changed = {"message": None, "message_edit": {"mid": message["id"], "text": "Hallo!", "num_edit": 1}}
        gone = {"message": {"mid": message["id"], "is_deleted": True}}

        posted, edited = brought(facebook, facebook.talked(message, **changed)).events
        (deleted,) = brought(facebook, facebook.talked(message, **gone)).events

        assert isinstance(posted, Posted)
        assert (posted.text, posted.visibility) == ("Hallo!", Visibility.PRIVATE)
        assert isinstance(edited, Edited)
        assert isinstance(deleted, Deleted)
        assert (edited.text, edited.native_id, deleted.native_id) == ("Hallo!", message["id"], message["id"])

    @pytest.mark.parametrize("what", ["read", "delivery", "reaction", "postback", "optin"])
    def test_what_tells_nothing_said_is_no_unknown_event(self, facebook: FacebookServer, what: str) -> None:
        message = facebook.write("11", "Hallo")

        assert brought(facebook, facebook.talked(message, message=None, **{what: {"watermark": 1}})) == Told()

    def test_what_came_later_than_this_version_is_unknown(self, facebook: FacebookServer) -> None:
        post = facebook.post("11", "Hallo")
        message = facebook.write("11", "Hallo")

        assert brought(facebook, facebook.told(post, "add", item="hologram")) == Told(is_unknown=True)
        assert brought(facebook, facebook.told(post, "praised")) == Told(is_unknown=True)
        assert brought(facebook, facebook.change({}, of="affiliation")) == Told(is_unknown=True)
        assert brought(facebook, facebook.talked(message, message=None, telepathy={})) == Told(is_unknown=True)

    def test_delivery_about_another_page_is_left_to_its_channel(self, facebook: FacebookServer) -> None:
        _, body = facebook.told(facebook.post("11", "Hallo"), "add")
        both = json.loads(body)
        both["entry"].append({**both["entry"][0], "id": "2000"})
        headers, raw = signed(json.dumps(both).encode()), json.dumps(both).encode()
        other = Account(network="facebook", address=facebook.url, native_id="2000")
        delivery = Delivery(headers, raw, clock.now())

        assert network.addressees(delivery) == {PAGE, "2000"}
        assert len(brought(facebook, (headers, raw)).events) == 1
        assert len(network.read(other, delivery).events) == 1
        assert network.read(Account(network="facebook", address="", native_id="3"), delivery) == Told()

    def test_name_is_that_of_the_field(self, facebook: FacebookServer) -> None:
        post, message = facebook.post("11", "Hallo"), facebook.write("11", "Hallo")

        assert network.name_of(Delivery(*facebook.told(post, "add"), clock.now())) == "feed"
        assert network.name_of(Delivery(*facebook.talked(message), clock.now())) == "messaging"
        assert network.name_of(Delivery({}, b"[", clock.now())) == ""

    def test_one_unreadable_change_keeps_no_other_one_away(self, facebook: FacebookServer) -> None:
        _, body = facebook.told(facebook.post("11", "Hallo"), "add")
        broken = json.loads(body)
        broken["entry"][0]["changes"].insert(0, {"field": "feed", "value": {"item": "comment", "verb": "add"}})
        raw = json.dumps(broken).encode()

        told = brought(facebook, (signed(raw), raw))

        assert (len(told.events), len(told.bad)) == (1, 1)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"{}",
            b'{"object": "page"}',
            b'{"object": "instagram", "entry": []}',
            b"\xff",
            b"[" * 90_000,
        ],
    )
    def test_garbled_delivery_is_bad(self, facebook: FacebookServer, body: bytes) -> None:
        told = brought(facebook, ({}, body))

        assert (told.events, len(told.bad), told.is_unknown) == ((), 1, False)

    def test_delivery_that_comes_twice_and_late_tells_the_same(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        first = brought(facebook, facebook.told(comment, "add"))

        assert brought(facebook, facebook.told(comment, "add")) == first
        assert all(one in events(poll(facebook)) for one in first.events)


VALUES = any_of(
    "from", "sender_id", "sender_name", "message", "photos", "photo", "video", "link", "parent_id", "created_time",
    item=st.sampled_from(["comment", "status", "photo", "post", "reaction"]),
    verb=st.sampled_from(["add", "edited", "remove", "hide"]),
    post_id=st.just("1000_1"),
    comment_id=st.just("1_2"),
)  # fmt: skip
TALKS = any_of(
    "reaction", "timestamp", "recipient",
    sender=any_of(id=st.just("11")),
    message=any_of("attachments", "reply_to", "is_echo", "is_deleted", "text", mid=st.just("m_1")),
    message_edit=any_of("mid", "text"),
)  # fmt: skip
POSTS = any_of(
    "from", "message", "permalink_url", "message_tags", "shares", "attachments", "attachment", "reactions", "comments",
    "parent", "like_count", "comment_count", id=st.just("1000_1"), created_time=st.just("2026-11-20T10:00:00+0000"),
)  # fmt: skip
MESSAGES = any_of(
    "message", "attachments", "to",
    id=st.just("m_1"), created_time=st.just("2026-11-20T10:00:00+0000"),
)  # fmt: skip
OFTEN = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)


class TestParsers:
    @given(VALUES, st.sampled_from(["feed", "mention"]))
    @OFTEN
    def test_any_change_is_read_or_put_aside(self, value: dict[str, Any], field: str) -> None:
        told = self._told({"id": PAGE, "time": 1, "changes": [{"field": field, "value": value}]})

        assert len(told.events) <= 2
        assert all(isinstance(one, BadEvent) for one in told.bad)

    @given(TALKS)
    @OFTEN
    def test_any_message_is_read_or_put_aside(self, found: dict[str, Any]) -> None:
        told = self._told({"id": PAGE, "time": 1, "messaging": [found]})

        assert len(told.events) <= 2
        assert all(not one.addressed or one.author for one in told.events if isinstance(one, Posted))

    @given(JSON)
    @OFTEN
    def test_any_entry_is_read_or_put_aside(self, entry: Any) -> None:
        told = self._told(entry)

        assert told.events == ()
        assert all(isinstance(one, BadEvent) for one in told.bad)

    @given(st.binary(max_size=200))
    @settings(deadline=None)
    def test_any_body_is_read_or_put_aside(self, body: bytes) -> None:
        delivery = Delivery({}, body, clock.now())

        assert delivered.read(SOMEWHERE, delivery).events == ()
        assert network.addressees(delivery) == frozenset()

    @given(POSTS)
    @OFTEN
    def test_any_post_is_read_or_refused(self, found: dict[str, Any]) -> None:
        try:
            posted = posts.posted(found, SOMEWHERE)
            comment = posts.commented(found, SOMEWHERE, post_id="1000_1", begins_there=False)
            posts.counted(found)
        except FAULTS:
            return
        assert posted.native_id == comment.native_id == "1000_1"
        assert all(media.url.startswith("https://") for media in posted.media)

    @given(MESSAGES, st.sampled_from(["11", PAGE]))
    @OFTEN
    def test_any_listed_message_is_read_or_refused(self, found: dict[str, Any], who: str) -> None:
        try:
            message = messages.listed({**found, "from": {"id": who}}, SOMEWHERE, posts.PLACE)
        except FAULTS:
            return
        assert message.visibility is Visibility.PRIVATE

    @given(st.text(max_size=200))
    @settings(deadline=None)
    def test_any_cursor_is_read(self, text: str) -> None:
        assert Cursor.read(text).since > 0

    def _told(self, entry: Any) -> Told:
        body = json.dumps({"object": "page", "entry": [entry]}).encode()
        return delivered.read(SOMEWHERE, Delivery({}, body, clock.now()))
