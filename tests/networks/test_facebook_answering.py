"""Facebook against a Page on the loopback: what is answered and done there, in which time, and found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.networks.facebook_asking import account, network, order
from tests.networks.facebook_server import PAGE, FacebookServer
from tests.networks.loopback_server import Answer
from tests.networks.meta_server import EXPIRED, GONE, as_json, no

from resonanz.core import clock
from resonanz.networks.contract import Correction, Visibility
from resonanz.networks.errors import NetworkError, NoAnswer, NotAuthorised, Refused, TryLater, Unsupported
from resonanz.networks.meta.faults import NoHumanAgent, OutsideWindow

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><body>Sorry</body></html>")


class TestAnswering:
    def test_answer_stands_below_the_comment_as_the_page(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))

        receipt = network.reply(account(facebook), order(comment, "Morgen"))

        answer = facebook.things[receipt.native_id]
        assert (answer["parent"], answer["from"]["id"], answer["message"]) == (comment["id"], PAGE, "Morgen")
        assert receipt.url == f"https://www.facebook.com/{receipt.native_id}"

    def test_what_was_asked_in_private_is_never_answered_before_all(self, facebook: FacebookServer) -> None:
        message = facebook.write("11", "Meine Nummer ist 4711")
        public = order(message)

        with pytest.raises(Refused):
            network.reply(account(facebook), replace(public, visibility=Visibility.PUBLIC))
        assert facebook.sent == []

    @pytest.mark.parametrize("answer", [HTML, (500, {}, b""), (200, {}, b'{"id": {}}'), no(2, "later"), no(1, "what")])
    def test_answer_without_a_receipt_may_stand_there(self, facebook: FacebookServer, answer: Answer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        facebook.faulty = lambda request: answer if request.method == "POST" else None

        with pytest.raises(NoAnswer):
            network.reply(account(facebook), order(comment))

    def test_no_of_facebook_comes_in_its_words(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        facebook.faulty = lambda _request: no(368, "The action attempted has been deemed abusive")

        with pytest.raises(Refused) as refused:
            network.reply(account(facebook), order(comment))

        assert refused.value.words == "The action attempted has been deemed abusive"

    def test_error_in_an_answer_that_says_all_is_well_is_an_error(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        facebook.faulty = lambda _request: as_json({"error": {"message": "limit", "code": 32}})

        with pytest.raises(TryLater):
            network.reply(account(facebook), order(comment))

    def test_token_that_is_gone_is_told_as_that(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        facebook.faulty = lambda _request: EXPIRED

        with pytest.raises(NotAuthorised):
            network.reply(account(facebook), order(comment))

    def test_answer_to_what_is_gone_is_refused(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        facebook.remove(comment)

        with pytest.raises(Refused):
            network.reply(account(facebook), order(comment))

    @pytest.mark.parametrize("parent_id", ["", "../me", "a/b", "x" * 300, "1?access_token=1", ".."])
    def test_what_is_no_id_is_never_asked_for(self, facebook: FacebookServer, parent_id: str) -> None:
        with pytest.raises(Refused):
            network.reply(account(facebook), order({"id": parent_id, "from": {"id": "11"}}))
        assert facebook.asked == []


class TestMessages:
    def test_message_of_today_is_answered_freely(self, facebook: FacebookServer) -> None:
        receipt = network.reply(account(facebook), order(facebook.write("11", "Hallo", ago=timedelta(hours=23))))

        assert facebook.sent == [
            {"recipient": {"id": "11"}, "message": {"text": "Das tut uns leid."}, "messaging_type": "RESPONSE"}
        ]
        assert receipt.native_id == facebook.talks["11"][-1]["id"]

    def test_message_of_this_week_is_answered_by_the_tag_of_a_person(self, facebook: FacebookServer) -> None:
        network.reply(account(facebook), order(facebook.write("11", "Hallo", ago=timedelta(days=6))))

        assert (facebook.sent[0]["messaging_type"], facebook.sent[0]["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")

    def test_older_message_is_answered_by_hand_and_nothing_is_sent(self, facebook: FacebookServer) -> None:
        with pytest.raises(OutsideWindow):
            network.reply(account(facebook), order(facebook.write("11", "Hallo", ago=timedelta(days=8))))
        assert facebook.sent == []

    def test_time_begins_anew_with_what_the_person_wrote_last(self, facebook: FacebookServer) -> None:
        first = facebook.write("11", "Hallo", ago=timedelta(days=9))
        facebook.write("11", "Noch da?", ago=timedelta(hours=1))
        facebook.write(PAGE, "Ja", to="11", ago=timedelta(minutes=30))

        network.reply(account(facebook), order(first))

        assert facebook.sent[0]["messaging_type"] == "RESPONSE"

    def test_what_we_wrote_ourselves_opens_no_time(self, facebook: FacebookServer) -> None:
        first = facebook.write("11", "Hallo", ago=timedelta(days=9))
        facebook.write(PAGE, "Ja", to="11", ago=timedelta(minutes=30))

        with pytest.raises(OutsideWindow):
            network.reply(account(facebook), order(first))

    def test_without_the_feature_for_the_tag_it_is_answered_by_hand(self, facebook: FacebookServer) -> None:
        facebook.human_agent = False

        with pytest.raises(NoHumanAgent):
            network.reply(account(facebook), order(facebook.write("11", "Hallo", ago=timedelta(days=2))))

    @pytest.mark.parametrize(
        ("fault", "raised"),
        [
            (no(10, "(#10) This message is sent outside of allowed window.", subcode=2018278), NoHumanAgent),
            (no(10, "(#10) Application does not have permission for this action"), NoHumanAgent),
            (no(551, "(#551) This person isn't available at the moment."), Refused),
        ],
    )
    def test_what_facebook_says_to_the_tag_is_told_apart(
        self, facebook: FacebookServer, fault: Answer, raised: type[NetworkError]
    ) -> None:
        message = facebook.write("11", "Hallo", ago=timedelta(days=2))
        facebook.faulty = lambda request: fault if request.method == "POST" else None

        with pytest.raises(raised):
            network.reply(account(facebook), order(message))

    def test_no_of_facebook_to_the_window_is_by_hand_whatever_our_clock_says(self, facebook: FacebookServer) -> None:
        message = facebook.write("11", "Hallo", ago=timedelta(hours=20))
        facebook.faulty = lambda request: (
            no(10, "(#10) This message is sent outside of allowed window.", subcode=2018278)
            if request.method == "POST"
            else None
        )

        with pytest.raises(OutsideWindow):
            network.reply(account(facebook), order(message))


class TestPrivateReplies:
    def test_comment_is_answered_in_private_once(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Meine Nummer ist weg", facebook.post(PAGE, "Da"))

        receipt = network.reply(account(facebook), order(comment, private=True))
        with pytest.raises(Refused):
            network.reply(account(facebook), order(comment, "Und noch etwas", private=True))

        assert [one["recipient"] for one in facebook.sent] == [{"comment_id": comment["id"]}]
        assert facebook.talks["11"][-1]["id"] == receipt.native_id

    def test_visitors_post_is_answered_in_private_too(self, facebook: FacebookServer) -> None:
        post = facebook.post("11", "Meine Nummer ist weg", can_reply_privately=True)

        network.reply(account(facebook), order(post, private=True))

        assert facebook.sent[0]["recipient"] == {"post_id": post["id"]}

    def test_week_after_the_comment_it_is_answered_by_hand(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Da", ago=timedelta(days=9))
        comment = facebook.comment("11", "Meine Nummer ist weg", post, ago=timedelta(days=7, minutes=1))

        with pytest.raises(OutsideWindow):
            network.reply(account(facebook), order(comment, private=True))
        assert facebook.sent == []


class TestReadingBack:
    def test_comment_is_found_again(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Da")
        sought, since = order(facebook.comment("11", "Wann?", post)), clock.now() - timedelta(seconds=1)
        other = order(facebook.comment("12", "Und meins?", post))
        before = network.find_sent(account(facebook), sought, since=since, known=frozenset())
        receipt = network.reply(account(facebook), sought)

        found = network.find_sent(account(facebook), sought, since=since, known=frozenset())

        assert before is None
        assert found == receipt
        known = frozenset({receipt.native_id})
        assert network.find_sent(account(facebook), sought, since=since, known=known) is None
        assert network.find_sent(account(facebook), other, since=since, known=frozenset()) is None

    def test_comment_is_found_again_although_its_lines_end_otherwise(self, facebook: FacebookServer) -> None:
        sought = order(facebook.comment("11", "Wann?", facebook.post(PAGE, "Da")), "Guten Tag,\r\n\r\nmorgen. ")
        since = clock.now() - timedelta(seconds=1)
        receipt = network.reply(account(facebook), sought)
        facebook.things[receipt.native_id]["message"] = "Guten Tag,\n\nmorgen."

        assert network.find_sent(account(facebook), sought, since=since, known=frozenset()) == receipt

    @pytest.mark.parametrize("private_reply", [False, True])
    def test_message_is_found_again(self, facebook: FacebookServer, private_reply: bool) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        sought = order(comment, private=True) if private_reply else order(facebook.write("11", "Wann?"))
        since = clock.now() - timedelta(seconds=1)
        before = network.find_sent(account(facebook), sought, since=since, known=frozenset())
        receipt = network.reply(account(facebook), sought)

        assert before is None
        assert network.find_sent(account(facebook), sought, since=since, known=frozenset()) == receipt

    def test_comment_is_found_again_although_many_said_something_since(self, facebook: FacebookServer) -> None:
        sought = order(facebook.post("11", "Wann?"))
        since = clock.now() - timedelta(seconds=1)
        receipt = network.reply(account(facebook), sought)
        with clock.moved_to(clock.now() + timedelta(minutes=1)):
            for number in range(120):
                facebook.comment("12", f"Nummer {number}", facebook.things[sought.parent_id], ago=timedelta(0))

            assert network.find_sent(account(facebook), sought, since=since, known=frozenset()) == receipt

    def test_where_too_much_was_said_nobody_knows_whether_it_stands_there(self, facebook: FacebookServer) -> None:
        to_post, to_message = order(facebook.post("11", "Wann?")), order(facebook.write("11", "Wann?"))
        since = clock.now() - timedelta(hours=1)
        for number in range(520):
            facebook.comment("12", f"Nummer {number}", facebook.things[to_post.parent_id], ago=timedelta(0))
        for number in range(20):
            facebook.write("11", f"Nummer {number}", ago=timedelta(0))

        for sought in (to_post, to_message):
            with pytest.raises(Refused):
                network.find_sent(account(facebook), sought, since=since, known=frozenset())

    def test_same_words_of_somebody_else_or_of_before_are_not_ours(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        facebook.comment("12", "Das tut uns leid.", comment, ago=timedelta(0))
        facebook.comment(PAGE, "Das tut uns leid.", comment, ago=timedelta(hours=1))
        since = clock.now() - timedelta(minutes=1)

        assert network.find_sent(account(facebook), order(comment), since=since, known=frozenset()) is None


class TestActing:
    def test_like_twice_is_once_and_taken_back_twice_too(self, facebook: FacebookServer) -> None:
        native_id = facebook.comment("11", "Toll", facebook.post(PAGE, "Da"))["id"]

        for on in (True, True, False, False):
            network.like(account(facebook), native_id, on=on)
            assert (native_id in facebook.liked) is on

    def test_comment_is_hidden_and_shown_again(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Unsinn", facebook.post(PAGE, "Da"))

        for on in (True, True, False):
            network.hide(account(facebook), comment["id"], on=on)
            assert comment["is_hidden"] is on

    def test_comment_of_another_is_deleted_once(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Unsinn", facebook.post(PAGE, "Da"))

        network.delete(account(facebook), comment["id"])
        network.delete(account(facebook), comment["id"])

        assert comment["id"] not in facebook.things

    def test_what_a_token_without_the_right_cannot_see_was_not_deleted(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Unsinn", facebook.post(PAGE, "Da"))
        facebook.rights.remove("pages_read_user_content")
        facebook.faulty = lambda request: GONE if request.method == "DELETE" else None

        with pytest.raises(Refused):
            network.delete(account(facebook), comment["id"])

    def test_somebody_is_banned_and_let_in_again(self, facebook: FacebookServer) -> None:
        for on in (True, True, False, False):
            network.block(account(facebook), "12", on=on)
            assert ("12" in facebook.blocked) is on

    def test_own_answer_is_corrected_and_withdrawn(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))
        receipt = network.reply(account(facebook), order(comment))
        change = Correction(native_id=receipt.native_id, parent_id=comment["id"], text="Anders gesagt")

        network.correct(account(facebook), change)

        assert facebook.things[receipt.native_id]["message"] == "Anders gesagt"
        network.withdraw(account(facebook), receipt.native_id)
        network.withdraw(account(facebook), receipt.native_id)
        assert receipt.native_id not in facebook.things

    def test_what_is_not_ours_cannot_be_reworded(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"))

        with pytest.raises(Refused):
            network.correct(account(facebook), Correction(native_id=comment["id"], parent_id="1000_1", text="Nie"))
        assert comment["message"] == "Wann?"

    def test_with_messages_nothing_of_it_can_be_done(self, facebook: FacebookServer) -> None:
        message = facebook.write("11", "Hallo")

        for act in (network.delete, network.withdraw):
            with pytest.raises(Unsupported):
                act(account(facebook), message["id"])
        with pytest.raises(Unsupported):
            network.hide(account(facebook), message["id"], on=True)
        assert facebook.asked == []
