"""X against a server on the loopback: answering where it is allowed, finding it again, connecting and webhooks."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from tests.networks.loopback_server import Answer
from tests.networks.x_asking import APP, NOON, Counting, account, network, order
from tests.networks.x_server import CLIENT_SECRET, CONSUMER_SECRET, SIGNED_WITH, XServer, as_json, signed

from resonanz.core import clock
from resonanz.networks.contract import Deleted, Posted
from resonanz.networks.errors import NoAnswer, NotAddressed, NotAuthorised, Refused, TryLater
from resonanz.networks.metering import AnswersStopped
from resonanz.networks.webhooks import Delivery, Keys, Told
from resonanz.networks.x.writing import use_of

KEYS = Keys(secret="", app_secret=CONSUMER_SECRET)


class TestAnswering:
    def test_answer_stands_below_its_question_and_is_counted(self, x: XServer) -> None:
        asked = x.say("ada", "Wann, @nordhain?")
        meter = Counting()

        receipt = network.reply(account(x, meter=meter), order(asked, "Morgen."))

        assert x.sent == [{"text": "Morgen.", "reply": {"in_reply_to_tweet_id": asked["id"]}}]
        assert receipt.url == f"https://x.com/nordhain/status/{receipt.native_id}"
        assert x.posts[receipt.native_id]["conversation_id"] == asked["id"]
        assert meter.used == Counter(reply=1)

    @pytest.mark.parametrize(
        ("words", "use"),
        [
            ("Morgen um 8.30 Uhr.", "reply"),
            ("Siehe https://nordhain.example/a", "reply_with_link"),
            ("Siehe nordhain.example", "reply_with_link"),
            ("Danke. Bis bald", "reply"),
        ],
    )
    def test_answer_with_an_address_costs_twenty_times_as_much(self, words: str, use: str) -> None:
        assert use_of(words) == use
        assert network.tariff.prices["reply_with_link"] == 20 * network.tariff.prices["reply"]

    def test_who_did_not_speak_to_us_is_not_answered_and_nothing_is_sent(self, x: XServer) -> None:
        asked = x.say("ada", "Nordhain ist toll")

        with pytest.raises(NotAddressed):
            network.reply(account(x), order(asked, is_addressed=False))

        assert x.asked == []

    def test_x_itself_says_that_nobody_asked_us(self, x: XServer) -> None:
        with pytest.raises(NotAddressed):
            network.reply(account(x), order(x.say("ada", "Nordhain ist toll")))

    def test_answers_stop_with_the_budget_where_somebody_wants_that(self, x: XServer) -> None:
        with pytest.raises(AnswersStopped):
            network.reply(account(x, meter=Counting(answers=False)), order(x.say("ada", "@nordhain")))

        assert x.asked == []

    def test_same_words_twice_are_refused_in_the_words_of_x(self, x: XServer) -> None:
        asked = x.say("ada", "Wann, @nordhain?")
        network.reply(account(x), order(asked))

        with pytest.raises(Refused) as refused:
            network.reply(account(x), order(asked))

        assert refused.value.words == "You are not allowed to create a Post with duplicate content."

    @pytest.mark.parametrize("answer", [(500, {}, b""), (200, {}, b"<html>"), as_json({"data": {"id": "x"}}, 201)])
    def test_answer_that_perhaps_stands_there_is_found_again(self, x: XServer, answer: Answer) -> None:
        asked = x.say("ada", "Wann, @nordhain?")
        meter = Counting()
        x.faulty = lambda method, _path: answer if method == "POST" else None
        with pytest.raises(NoAnswer):
            network.reply(account(x, meter=meter), order(asked, "Morgen & bald."))
        assert meter.used == Counter(reply=1)
        x.faulty = lambda _method, _path: None
        sent = x.say("nordhain", "@ada Morgen &amp; bald.", below=asked, ago=timedelta())

        found = network.find_sent(
            account(x), order(asked, "Morgen & bald."), since=NOON - timedelta(minutes=9), known=frozenset()
        )

        assert found is not None
        assert found.native_id == sent["id"]

    @pytest.mark.parametrize(
        ("sent", "stands", "is_it"),
        [
            ("Siehe nordhain.example/a.", "@ada Siehe https://t.co/a1.", True),
            ("@ada siehe www.nordhain.example", "@ada siehe https://t.co/a1", True),
            ("Siehe https://nordhain.example und b.example", "@ada Siehe https://t.co/a1 und https://t.co/b2", True),
            ("Siehe hier", "@ada Siehe https://t.co/a1", False),
            ("Siehe nordhain.example/a, bitte.", "@ada Siehe https://t.co/a1", False),
        ],
    )
    def test_answer_is_found_again_whatever_x_made_of_its_addresses(
        self, x: XServer, sent: str, stands: str, is_it: bool
    ) -> None:
        asked = x.say("ada", "Wann, @nordhain?")
        links = [
            {"url": f"https://t.co/{key}", "expanded_url": "http://x.example", "unwound_url": "https://y.example/de"}
            for key in ("a1", "b2")
        ]
        stood = x.say("nordhain", stands, below=asked, ago=timedelta(), entities={"urls": links})

        found = network.find_sent(account(x), order(asked, sent), since=NOON - timedelta(minutes=9), known=frozenset())

        assert (found.native_id if found else "") == (stood["id"] if is_it else "")

    @pytest.mark.parametrize("kind", ["internal-error", "field-hydration-failure"])
    def test_answer_that_went_wrong_on_its_way_back_is_never_sent_again_unseen(self, x: XServer, kind: str) -> None:
        wrong = as_json({"errors": [{"type": f"https://api.x.com/2/problems/{kind}", "title": "x", "status": 500}]})
        x.faulty = lambda method, _path: wrong if method == "POST" else None

        with pytest.raises(NoAnswer):
            network.reply(account(x), order(x.say("ada", "Wann, @nordhain?")))

    def test_no_inside_a_yes_is_a_no(self, x: XServer) -> None:
        x.faulty = lambda method, _path: as_json({"data": {"deleted": False, "hidden": False}})

        with pytest.raises(Refused):
            network.withdraw(account(x), "5")
        with pytest.raises(Refused):
            network.hide(account(x), "5", on=True)
        network.hide(account(x), "5", on=False)

    def test_answer_to_another_post_or_known_or_of_other_words_is_not_ours(self, x: XServer) -> None:
        asked, other = x.say("ada", "Wann, @nordhain?"), x.say("bob", "Wo, @nordhain?")
        x.say("nordhain", "@bob Morgen.", below=other, ago=timedelta())
        known = x.say("nordhain", "@ada Morgen.", below=asked, ago=timedelta())
        x.say("nordhain", "@ada Übermorgen.", below=asked, ago=timedelta())

        since = NOON - timedelta(minutes=9)
        assert (
            network.find_sent(account(x), order(asked, "Morgen."), since=since, known=frozenset({known["id"]})) is None
        )

    def test_limit_is_waited_for(self, x: XServer) -> None:
        x.requests_left = 0
        with pytest.raises(TryLater) as later:
            network.reply(account(x), order(x.say("ada", "@nordhain")))
        assert later.value.seconds == pytest.approx(300, abs=2)

    @pytest.mark.parametrize("native_id", ["", "x", "-1", "1e3", "../users", "9" * 40])
    def test_id_that_is_none_goes_into_no_address(self, x: XServer, native_id: str) -> None:
        with pytest.raises(Refused):
            network.reply(account(x), order({"id": native_id, "conversation_id": "1"}))
        with pytest.raises(Refused):
            network.withdraw(account(x), native_id)
        with pytest.raises(Refused):
            network.hide(account(x), native_id, on=True)
        assert x.asked == []

    def test_answer_is_withdrawn_and_twice_is_no_error(self, x: XServer) -> None:
        ours = x.say("nordhain", "Morgen.")
        meter = Counting()

        network.withdraw(account(x, meter=meter), ours["id"])
        network.withdraw(account(x, meter=meter), ours["id"])

        assert ours["id"] not in x.posts
        assert meter.used == Counter(delete=1)

    def test_answer_below_ours_is_hidden_and_below_others_not(self, x: XServer) -> None:
        below_ours = x.say("ada", "@nordhain Unsinn", below=x.say("nordhain", "Neu"))

        network.hide(account(x), below_ours["id"], on=True)

        assert x.hidden == {below_ours["id"]: True}
        with pytest.raises(Refused):
            network.hide(account(x), x.say("ada", "@nordhain")["id"], on=True)


class TestConnecting:
    def test_account_lets_us_in(self, x: XServer) -> None:
        (found,) = network.sign_in(x.url, APP, redirect_uri="https://we.example/", code="good-code", verifier="v")

        assert (found.native_id, found.handle, found.renewal) == ("1001", "nordhain", "r2")
        assert found.expires_at == pytest.approx(clock.now() + timedelta(hours=2), abs=timedelta(seconds=5))
        page = network.authorize_url(
            "https://api.x.com", APP, redirect_uri="https://we.example/", state="s", challenge="c"
        )
        assert page.startswith("https://x.com/i/oauth2/authorize?")
        assert "offline.access" in page

    def test_code_that_is_not_good_is_told_as_that(self, x: XServer) -> None:
        with pytest.raises(NotAuthorised):
            network.sign_in(x.url, APP, redirect_uri="https://we.example/", code="bad", verifier="v")

    def test_token_gets_a_successor_until_x_gives_none(self, x: XServer) -> None:
        found = network.renew(account(x, renewal="r1"))

        assert found.renewal == "r2"
        with pytest.raises(NotAuthorised):
            network.renew(account(x, renewal="r0"))
        with pytest.raises(NotAuthorised):
            network.renew(account(x, renewal="r1", app=None))


def delivery(headers: dict[str, str], body: bytes) -> Delivery:
    return Delivery(headers=headers, body=body, received_at=NOON)


class TestWebhook:
    def test_challenge_is_answered_with_the_secret_of_the_application(self) -> None:
        proof = network.prove({"crc_token": "abc"}, KEYS)

        assert proof is not None
        assert json.loads(proof.body) == {"response_token": signed(CONSUMER_SECRET, b"abc")}
        assert proof.content_type.startswith("application/json")
        for asked in ({}, {"crc_token": ""}, {"crc_token": "a" * 501}):
            assert network.prove(asked, KEYS) is None
        assert network.prove({"crc_token": "abc"}, Keys(secret="s")) is None

    def test_only_what_x_signed_is_genuine(self, x: XServer) -> None:
        headers, body = x.event("post.mention.create", x.say("ada", "@nordhain"))

        assert network.is_genuine(delivery(headers, body), KEYS)
        assert not network.is_genuine(delivery(headers, body + b" "), KEYS)
        assert not network.is_genuine(delivery({}, body), KEYS)
        assert not network.is_genuine(delivery(headers, body), Keys(secret=CONSUMER_SECRET))

    def test_either_secret_of_the_application_signs_with_its_own_header(self, x: XServer) -> None:
        older, newer = (x.event("post.create", x.say("nordhain", "Neu"), header=header) for header in SIGNED_WITH)
        only_newer = Keys(secret="", client_secret=CLIENT_SECRET)

        assert network.is_genuine(delivery(*newer), only_newer)
        assert not network.is_genuine(delivery(*older), only_newer)
        assert not network.is_genuine(delivery(*newer), KEYS)
        proof = network.prove({"crc_token": "abc"}, only_newer)
        assert proof is not None
        assert json.loads(proof.body) == {"response_token": signed(CLIENT_SECRET, b"abc")}

    @pytest.mark.parametrize("name", ["post.mention.create", "post.reply.create", "post.quote.create"])
    def test_post_to_us_is_heard_in_the_old_words(self, x: XServer, name: str) -> None:
        post = x.say("ada", "Seht her", quoting=x.say("nordhain", "Neu"))
        meter = Counting()

        told = network.read(account(x, meter=meter), delivery(*x.event(name, post)))

        (said,) = told.events
        assert isinstance(said, Posted)
        assert (said.native_id, said.addressed, said.author and said.author.handle) == (post["id"], True, "ada")
        assert (told.used, meter.used) == (("post_read",), Counter())  # counted by who takes it in, and only then

    def test_edit_takes_the_old_words_away(self, x: XServer) -> None:
        first = x.say("ada", "eins @nordhain")
        second = x.edit(first, "zwei @nordhain")

        told = network.read(account(x), delivery(*x.event("post.mention.create", second)))

        assert [(type(one), one.native_id) for one in told.events] == [(Deleted, first["id"]), (Posted, second["id"])]

    def test_deletion_is_told_and_our_own_post_is_not_addressed(self, x: XServer) -> None:
        ours = x.say("nordhain", "Neu")

        (own,) = network.read(account(x), delivery(*x.event("post.create", ours))).events
        (gone,) = network.read(account(x), delivery(*x.event("post.delete", {"id": ours["id"]}))).events

        assert isinstance(own, Posted)
        assert not own.addressed
        assert (type(gone), gone.native_id) == (Deleted, ours["id"])

    def test_event_of_no_use_is_silent_and_an_unknown_one_is_counted(self, x: XServer) -> None:
        for name in ("like.create", "follow.follow", "dm.received", "post.repost.create"):
            assert network.read(account(x), delivery(*x.event(name, {"id": "1"}))) == Told()
        assert network.read(account(x), delivery(*x.event("post.boil", {"id": "1"}))).is_unknown
        assert network.name_of(delivery(*x.event("post.boil", {"id": "1"}))) == "post.boil"

    def test_account_that_it_concerns_is_named(self, x: XServer) -> None:
        assert network.addressees(delivery(*x.event("like.create", {}, user="77"))) == {"77"}

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b'{"data": 1}', b'{"data": {"event_type": 5}}', b"[" * 100_000,
         b'{"data": {"event_type": "post.delete", "payload": {"id": "../1"}}}',
         b'{"data": {"event_type": "post.mention.create", "payload": {"id": "1"}}}'],
    )  # fmt: skip
    def test_delivery_that_cannot_be_read_is_bad_or_unknown_and_never_raises(self, x: XServer, body: bytes) -> None:
        told = network.read(account(x), delivery({}, body))

        assert told.events == ()
        assert told.is_unknown or told.bad
        assert network.addressees(delivery({}, body)) == frozenset()
