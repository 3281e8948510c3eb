"""Discourse against a forum on the loopback: what is answered and done there, and found again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.networks.discourse_asking import account, network, order
from tests.networks.discourse_server import DiscourseServer
from tests.networks.loopback_server import Answer

from resonanz.core import clock
from resonanz.networks.contract import (
    Correction,
    Report,
)
from resonanz.networks.errors import NoAnswer, Refused

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><body>Just a moment</body></html>")


class TestAnswering:
    def test_answer_stands_below_the_post_that_it_answers(self, forum: DiscourseServer) -> None:
        first = forum.say("ada", "Hallo")
        second = forum.say("bob", "Und ich?", topic=first["topic_id"])

        receipt = network.reply(account(forum), order(second))

        answer = forum.posts[int(receipt.native_id)]
        assert (answer["topic_id"], answer["reply_to_post_number"]) == (first["topic_id"], 2)
        assert receipt.url == f"{forum.url}/t/ein-thema/{first['topic_id']}/3"

    def test_answer_to_the_first_post_answers_the_topic(self, forum: DiscourseServer) -> None:
        receipt = network.reply(account(forum), order(forum.say("ada", "Hallo")))

        assert forum.posts[int(receipt.native_id)]["reply_to_post_number"] is None

    def test_what_was_asked_in_private_is_answered_there(self, forum: DiscourseServer) -> None:
        asked = forum.say("ada", "Meine Nummer", members=("nordhain",))

        receipt = network.reply(account(forum), order(asked, private=True))

        assert forum.posts[int(receipt.native_id)]["topic_id"] == asked["topic_id"]

    def test_what_was_asked_in_public_can_be_answered_by_a_message(self, forum: DiscourseServer) -> None:
        asked = forum.say("ada", "Meine Nummer ist weg", title="Nummer")

        receipt = network.reply(account(forum), order(asked, private=True))

        place = forum.topics[forum.posts[int(receipt.native_id)]["topic_id"]]
        assert (place["title"], place["archetype"], place["members"]) == (
            "Re: Nummer", "private_message", {"nordhain", "ada"},
        )  # fmt: skip

    def test_public_answer_is_never_put_into_a_message(self, forum: DiscourseServer) -> None:
        asked = forum.say("ada", "Hallo", members=("nordhain",))

        with pytest.raises(Refused):
            network.reply(account(forum), order(asked))
        assert len(forum.posts) == 1

    def test_no_of_the_forum_comes_in_its_words(self, forum: DiscourseServer) -> None:
        with pytest.raises(Refused) as refused:
            network.reply(account(forum), order(forum.say("ada", "Hallo"), "Ja"))

        assert refused.value.words == "Body is too short (minimum is 5 characters)"

    def test_answer_to_what_is_gone_is_refused(self, forum: DiscourseServer) -> None:
        post = forum.say("ada", "Hallo")
        post["deleted_at"] = "2026-11-20T12:00:00.000Z"

        with pytest.raises(Refused):
            network.reply(account(forum), order(post))

    @pytest.mark.parametrize("answer", [HTML, (500, {}, b""), (200, {}, b'{"id": "x"}')])
    def test_answer_without_a_receipt_may_stand_there(self, forum: DiscourseServer, answer: Answer) -> None:
        post = forum.say("ada", "Hallo")
        forum.faulty = lambda method, _path: answer if method == "POST" else None

        with pytest.raises(NoAnswer):
            network.reply(account(forum), order(post))

    def test_answer_that_moderators_hold_back_is_not_sent_again(self, forum: DiscourseServer) -> None:
        forum.is_moderated = True

        with pytest.raises(NoAnswer):
            network.reply(account(forum), order(forum.say("ada", "Hallo")))

    def test_answer_is_found_again_in_its_topic(self, forum: DiscourseServer) -> None:
        first = forum.say("ada", "Hallo")
        second = forum.say("bob", "Und ich?", topic=first["topic_id"])
        sought, since = order(second), clock.now() - timedelta(seconds=1)
        before = network.find_sent(account(forum), sought, since=since, known=frozenset())
        receipt = network.reply(account(forum), sought)

        found = network.find_sent(account(forum), sought, since=since, known=frozenset())

        assert before is None
        assert found == receipt
        known = frozenset({receipt.native_id})
        assert network.find_sent(account(forum), sought, since=since, known=known) is None
        assert network.find_sent(account(forum), order(first, "Anderes"), since=since, known=frozenset()) is None

    def test_message_is_found_again_among_those_we_sent(self, forum: DiscourseServer) -> None:
        sought, since = order(forum.say("ada", "Hallo"), private=True), clock.now() - timedelta(seconds=1)
        before = network.find_sent(account(forum), sought, since=since, known=frozenset())
        receipt = network.reply(account(forum), sought)

        assert before is None
        assert network.find_sent(account(forum), sought, since=since, known=frozenset()) == receipt


class TestActing:
    def test_like_twice_is_once_and_taken_back_twice_too(self, forum: DiscourseServer) -> None:
        native_id = str(forum.say("ada", "Hallo")["id"])

        for on in (True, True, False, False):
            network.like(account(forum), native_id, on=on)
            assert (int(native_id) in forum.likes) is on

    def test_report_reaches_the_moderators_with_our_words(self, forum: DiscourseServer) -> None:
        post = forum.say("ada", "Hallo")

        network.report(account(forum), Report(native_id=str(post["id"]), author_id="11", words="Beleidigung"))

        assert forum.flags == [{"id": post["id"], "post_action_type_id": 7, "message": "Beleidigung"}]

    def test_own_answer_is_corrected_and_withdrawn(self, forum: DiscourseServer) -> None:
        post = forum.say("ada", "Hallo")
        receipt = network.reply(account(forum), order(post))
        change = Correction(native_id=receipt.native_id, parent_id=str(post["id"]), text="Anders gesagt")

        network.correct(account(forum), change)
        network.withdraw(account(forum), receipt.native_id)
        network.withdraw(account(forum), receipt.native_id)

        answer = forum.posts[int(receipt.native_id)]
        assert answer["raw"] == "Anders gesagt"
        assert answer["deleted_at"]

    def test_what_is_not_ours_is_refused(self, forum: DiscourseServer) -> None:
        with pytest.raises(Refused):
            network.withdraw(account(forum), str(forum.say("ada", "Hallo")["id"]))

    @pytest.mark.parametrize("native_id", ["", "x", "-1", "1e3", "../users", "9" * 40])
    def test_what_is_no_number_is_never_asked_for(self, forum: DiscourseServer, native_id: str) -> None:
        with pytest.raises(Refused):
            network.withdraw(account(forum), native_id)
        assert forum.asked == []
