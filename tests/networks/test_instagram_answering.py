"""Instagram against an account on the loopback: what is answered and done there, and found again; what it brings."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.networks.instagram_asking import account, brought, network, order, poll
from tests.networks.instagram_server import ACCOUNT, InstagramServer
from tests.networks.loopback_server import Answer
from tests.networks.meta_server import APP_SECRET, EXPIRED, GONE, VERIFY, lacking, no, signed

from resonanz.core import clock
from resonanz.networks.contract import Account, BadEvent, Deleted, Edited, Posted, Visibility
from resonanz.networks.errors import NetworkError, NoAnswer, NotAuthorised, Refused, Unsupported
from resonanz.networks.instagram import delivered, posts
from resonanz.networks.instagram.posts import ELSEWHERE
from resonanz.networks.meta.faults import NoHumanAgent, OutsideWindow
from resonanz.networks.meta.reading import FAULTS
from resonanz.networks.webhooks import Delivery, Keys, Told

KEYS = Keys(VERIFY, APP_SECRET)
SOMEWHERE = Account(network="instagram", address="https://graph.facebook.com", native_id=ACCOUNT, handle="nordhain")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
OFTEN = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)


class TestAnswering:
    def test_answer_stands_below_the_comment(self, instagram: InstagramServer) -> None:
        comment = instagram.comment("11", "Wann?", instagram.post())

        receipt = network.reply(account(instagram), order(comment, "Morgen"))

        answer = instagram.comments[receipt.native_id]
        assert (answer["parent_id"], answer["text"]) == (comment["id"], "Morgen")

    @pytest.mark.parametrize("in_comment", [False, True])
    def test_what_names_us_elsewhere_is_answered_there(self, instagram: InstagramServer, in_comment: bool) -> None:
        post = instagram.post("Danke @nordhain", who="12")
        said = instagram.comment("11", "@nordhain!", post) if in_comment else post

        receipt = network.reply(account(instagram), order(said, "Gern", elsewhere=post["id"]))

        assert instagram.comments[receipt.native_id]["text"] == "Gern"
        assert instagram.comments[receipt.native_id].get("parent_id") == (said["id"] if in_comment else None)
        with pytest.raises(Refused):  # nobody can look there, so nobody sends it again
            network.find_sent(
                account(instagram), order(said, "Gern", elsewhere=post["id"]), since=clock.now(), known=frozenset()
            )

    @pytest.mark.parametrize("answer", [(500, {}, b""), (200, {}, b"<html>"), (200, {}, b"{}"), no(2, "later")])
    def test_answer_without_a_receipt_may_stand_there(self, instagram: InstagramServer, answer: Answer) -> None:
        comment = instagram.comment("11", "Wann?", instagram.post())
        instagram.faulty = lambda request: answer if request.method == "POST" else None

        with pytest.raises(NoAnswer):
            network.reply(account(instagram), order(comment))

    def test_token_that_is_gone_is_told_as_that(self, instagram: InstagramServer) -> None:
        comment = instagram.comment("11", "Wann?", instagram.post())
        instagram.faulty = lambda _request: EXPIRED

        with pytest.raises(NotAuthorised):
            network.reply(account(instagram), order(comment))

    @pytest.mark.parametrize("parent_id", ["", "../me", "1/replies", "x" * 300, "1?access_token=1"])
    def test_what_is_no_id_is_never_asked_for(self, instagram: InstagramServer, parent_id: str) -> None:
        with pytest.raises(Refused):
            network.reply(account(instagram), order({"id": parent_id, "from": {"id": "11"}}))
        assert instagram.asked == []

    @pytest.mark.parametrize(("ago", "tag"), [(timedelta(hours=23), None), (timedelta(days=6), "HUMAN_AGENT")])
    def test_message_is_answered_in_metas_times(
        self, instagram: InstagramServer, ago: timedelta, tag: str | None
    ) -> None:
        network.reply(account(instagram), order(instagram.write("11", "Hallo", ago=ago)))

        assert instagram.sent[0].get("tag") == tag

    def test_older_message_is_answered_by_hand_and_nothing_is_sent(self, instagram: InstagramServer) -> None:
        with pytest.raises(OutsideWindow):
            network.reply(account(instagram), order(instagram.write("11", "Hallo", ago=timedelta(days=8))))
        assert instagram.sent == []

    def test_without_the_feature_for_the_tag_it_is_answered_by_hand(self, instagram: InstagramServer) -> None:
        instagram.human_agent = False

        with pytest.raises(NoHumanAgent):
            network.reply(account(instagram), order(instagram.write("11", "Hallo", ago=timedelta(days=2))))

    @pytest.mark.parametrize(
        ("fault", "raised"),
        [
            (no(10, "(#10) This message is sent outside of allowed window.", subcode=2018278), NoHumanAgent),
            (no(10, "(#10) Application does not have permission for this action"), NoHumanAgent),
            (no(551, "(#551) This person isn't available at the moment."), Refused),
        ],
    )
    def test_what_instagram_says_to_the_tag_is_told_apart(
        self, instagram: InstagramServer, fault: Answer, raised: type[NetworkError]
    ) -> None:
        message = instagram.write("11", "Hallo", ago=timedelta(days=2))
        instagram.faulty = lambda request: fault if request.method == "POST" else None

        with pytest.raises(raised):
            network.reply(account(instagram), order(message))

    def test_comment_is_answered_in_private_once_and_within_a_week(self, instagram: InstagramServer) -> None:
        post = instagram.post(ago=timedelta(days=9))
        comment, old = (
            instagram.comment("11", "4711", post),
            instagram.comment("12", "alt", post, ago=timedelta(days=8)),
        )

        network.reply(account(instagram), order(comment, private=True))
        with pytest.raises(Refused):
            network.reply(account(instagram), order(comment, "Noch etwas", private=True))
        with pytest.raises(OutsideWindow):
            network.reply(account(instagram), order(old, private=True))

        assert {one["recipient"]["comment_id"] for one in instagram.sent} == {comment["id"]}

    @pytest.mark.parametrize("kind", ["comment", "private reply", "message"])
    def test_answer_is_found_again(self, instagram: InstagramServer, kind: str) -> None:
        comment = instagram.comment("11", "Wann?", instagram.post())
        said = instagram.write("11", "Wann?") if kind == "message" else comment
        sought, since = order(said, private=kind == "private reply"), clock.now() - timedelta(seconds=1)
        before = network.find_sent(account(instagram), sought, since=since, known=frozenset())
        receipt = network.reply(account(instagram), sought)

        assert before is None
        assert network.find_sent(account(instagram), sought, since=since, known=frozenset()) == receipt
        known = frozenset({receipt.native_id})
        assert network.find_sent(account(instagram), sought, since=since, known=known) is None

    def test_what_was_asked_in_private_is_never_answered_before_all(self, instagram: InstagramServer) -> None:
        message = order(instagram.write("11", "Meine Nummer ist 4711"))
        public = type(message)(**{**_fields(message), "visibility": Visibility.PUBLIC})

        with pytest.raises(Refused):
            network.reply(account(instagram), public)
        assert instagram.sent == []

    def test_comment_is_hidden_shown_again_and_deleted_once(self, instagram: InstagramServer) -> None:
        comment = instagram.comment("11", "Unsinn", instagram.post())

        for on in (True, True, False):
            network.hide(account(instagram), comment["id"], on=on)
            assert comment["hidden"] is on
        for act in (network.delete, network.withdraw):
            act(account(instagram), comment["id"])

        assert comment["id"] not in instagram.comments

    def test_what_a_token_without_the_right_cannot_see_was_not_deleted(self, instagram: InstagramServer) -> None:
        comment = instagram.comment("11", "Unsinn", instagram.post())
        instagram.faulty = lambda request: GONE if request.method == "DELETE" else lacking("instagram_manage_comments")

        with pytest.raises(Refused):
            network.delete(account(instagram), comment["id"])

    def test_with_messages_nothing_of_it_can_be_done(self, instagram: InstagramServer) -> None:
        message = instagram.write("11", "Hallo")

        with pytest.raises(Unsupported):
            network.delete(account(instagram), message["id"])
        with pytest.raises(Unsupported):
            network.hide(account(instagram), message["id"], on=True)
        assert instagram.asked == []


class TestBrought:
    def test_delivery_is_genuine_by_the_applications_secret_alone(self, instagram: InstagramServer) -> None:
        headers, body = instagram.told(instagram.comment("11", "Grüße", instagram.post()))

        assert network.is_genuine(Delivery(headers, body, clock.now()), KEYS)
        assert not network.is_genuine(Delivery(headers, body + b" ", clock.now()), KEYS)
        assert not network.is_genuine(Delivery(signed(body, secret=VERIFY), body, clock.now()), KEYS)
        assert not network.is_genuine(Delivery({}, body, clock.now()), KEYS)
        assert network.addressees(Delivery(headers, body, clock.now())) == {ACCOUNT}

    def test_comment_is_the_same_as_if_it_was_asked_for(self, instagram: InstagramServer) -> None:
        comment = instagram.comment("11", "Wann?", instagram.post(), ago=timedelta(0))
        answer = instagram.comment("12", "Bald", comment, ago=timedelta(0))

        told = [event for one in (comment, answer) for event in brought(instagram, instagram.told(one)).events]
        asked = [event for batch in poll(instagram) for event in batch.events]

        for one, other in zip(told, asked, strict=True):
            assert isinstance(one, Posted)
            assert isinstance(other, Posted)
            same = ("native_id", "author", "text", "parent_id", "root_id", "addressed", "kind")
            assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]

    def test_our_own_comment_is_known_as_ours(self, instagram: InstagramServer) -> None:
        (ours,) = brought(instagram, instagram.told(instagram.comment(ACCOUNT, "Da", instagram.post()))).events

        assert isinstance(ours, Posted)
        assert ours.author is not None
        assert (ours.author.native_id, ours.addressed) == (ACCOUNT, False)

    @pytest.mark.parametrize("in_comment", [False, True])
    def test_words_of_what_names_us_elsewhere_are_asked_for(self, instagram: InstagramServer, in_comment: bool) -> None:
        post = instagram.post("Danke @nordhain", who="12")
        comment = instagram.comment("11", "@nordhain wann?", post)
        value = {"media_id": post["id"]} | ({"comment_id": comment["id"]} if in_comment else {})

        told = brought(instagram, instagram.change("mentions", value))
        (bare,) = told.events
        (whole,) = network.complete(account(instagram), told).events

        assert isinstance(bare, Posted)
        assert isinstance(whole, Posted)
        assert (bare.text, bare.author, bare.addressed) == ("@nordhain", None, True)
        assert whole.text == ("@nordhain wann?" if in_comment else "Danke @nordhain")
        assert whole.author is not None
        assert (whole.author.handle, whole.url) == ("ada" if in_comment else "bob", post["permalink"])
        assert whole.root_id == f"{ELSEWHERE}{post['id']}"

    @pytest.mark.parametrize("answer", [EXPIRED, (502, {}, b""), (200, {}, b"{}"), no(100, "gone", subcode=33)])
    def test_mention_that_is_not_answered_stays_a_mention(self, instagram: InstagramServer, answer: Answer) -> None:
        instagram.faulty = lambda _request: answer
        told = brought(instagram, instagram.change("mentions", {"media_id": "18"}))

        assert network.complete(account(instagram), told) == told

    def test_many_mentions_hold_up_nobody(self, instagram: InstagramServer) -> None:
        told = brought(instagram, instagram.change("mentions", {"media_id": "18"}))
        many = Told(told.events * 50)

        assert len(network.complete(account(instagram), many).events) == 50
        assert len(instagram.asked) == 5

    def test_message_its_edit_and_its_end_are_told_and_our_echo_is_not(self, instagram: InstagramServer) -> None:
        message, ours = instagram.write("11", "Hallo"), instagram.write(ACCOUNT, "Danke", to="11")
        changed = {"message": None, "message_edit": {"mid": message["id"], "text": "Hallo!", "num_edit": 1}}
        wordless = {"message": None, "message_edit": {"mid": message["id"], "text": None, "num_edit": 2}}
        gone = {"message": {"mid": message["id"], "is_deleted": True}}

        (said,) = brought(instagram, instagram.talked(message)).events
        _, edited = brought(instagram, instagram.talked(message, **changed)).events
        (deleted,) = brought(instagram, instagram.talked(message, **gone)).events

        assert isinstance(said, Posted)
        assert (said.native_id, said.visibility) == (message["id"], Visibility.PRIVATE)
        assert isinstance(edited, Edited)
        assert edited.text == "Hallo!"
        assert isinstance(deleted, Deleted)
        assert brought(instagram, instagram.talked(message, **wordless)) == Told()
        assert brought(instagram, instagram.talked(ours)) == Told()

    def test_what_came_later_than_this_version_is_unknown_and_what_says_nothing_is_not(
        self, instagram: InstagramServer
    ) -> None:
        assert brought(instagram, instagram.change("telepathy", {})) == Told(is_unknown=True)
        assert brought(instagram, instagram.change("story_insights", {"reach": 1})) == Told()
        assert brought(instagram, instagram.change("comments", {}, account="17")) == Told()

    def test_delivery_that_comes_twice_tells_the_same(self, instagram: InstagramServer) -> None:
        delivery = instagram.told(instagram.comment("11", "Wann?", instagram.post()))

        assert brought(instagram, delivery) == brought(instagram, delivery)

    @given(
        st.fixed_dictionaries(
            {}, optional=dict.fromkeys(["id", "from", "text", "media", "parent_id", "media_id", "comment_id"], JSON)
        ),
        st.sampled_from(["comments", "mentions"]),
    )
    @OFTEN
    def test_any_change_is_read_or_put_aside(self, value: dict[str, Any], field: str) -> None:
        body = json.dumps(
            {"object": "instagram", "entry": [{"id": ACCOUNT, "changes": [{"field": field, "value": value}]}]}
        )

        told = delivered.read(SOMEWHERE, Delivery({}, body.encode(), clock.now()))

        assert len(told.events) <= 1
        assert all(isinstance(one, BadEvent) for one in told.bad)

    @given(JSON)
    @OFTEN
    def test_any_entry_is_read_or_put_aside(self, entry: Any) -> None:
        body = json.dumps({"object": "instagram", "entry": [entry]}).encode()

        assert delivered.read(SOMEWHERE, Delivery({}, body, clock.now())).events == ()

    @given(
        st.fixed_dictionaries(
            {"id": st.just("17"), "timestamp": st.just("2026-11-20T10:00:00+0000")},
            optional=dict.fromkeys(
                ["text", "caption", "from", "username", "parent_id", "media_url", "permalink"], JSON
            ),
        )
    )
    @OFTEN
    def test_any_comment_or_post_is_read_or_refused(self, found: dict[str, Any]) -> None:
        try:
            comment, post = posts.commented(found, SOMEWHERE, post_id="18"), posts.tagged(found, SOMEWHERE)
            posts.counted(found)
        except FAULTS:
            return
        assert comment.native_id == post.native_id == "17"
        assert all(media.url.startswith("https://") for media in post.media)


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}
