"""Telegram against a server on the loopback: what is answered and done there, and that no token is ever told."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta

import pytest
from tests.networks.batches import said
from tests.networks.loopback_server import Answer
from tests.networks.telegram_asking import account, network, order, poll
from tests.networks.telegram_server import ADA, BOB, GROUP, OPEN, TOKEN, TelegramServer, as_json, no

from resonanz.core import clock, http
from resonanz.guidelines.checks.counting import length_of
from resonanz.networks.contract import Correction
from resonanz.networks.errors import NetworkError, NoAnswer, NotAuthorised, Refused, TryLater

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><body>Just a moment</body></html>")


class TestAnswering:
    def test_answer_stands_below_the_message_and_is_known_by_the_id_that_others_answer(
        self, bots: TelegramServer
    ) -> None:
        question = bots.stand(ADA, "Wann?", chat=OPEN)

        receipt = network.reply(account(bots), order(question, public=True))

        ours = bots.messages[OPEN["id"], 2]
        assert (ours["text"], ours["reply_to_message"]["message_id"]) == ("Das tut uns leid.", 1)
        assert (receipt.native_id, receipt.url) == ("-1009002:2", "https://t.me/raeder/2")
        bots.say(ADA, "Danke", chat=OPEN, below=ours)
        assert said(poll(bots))[0].parent_id == receipt.native_id

    def test_private_answer_reaches_the_person_though_the_question_was_taken_back(self, bots: TelegramServer) -> None:
        question = bots.stand(ADA, "Wann?")
        bots.stand(ADA, "Vergesst es")
        del bots.messages[11, question["message_id"]]

        receipt = network.reply(account(bots), order(question))

        assert receipt.native_id == "11:3:4711"

    def test_answer_to_a_message_that_is_gone_from_a_group_is_refused(self, bots: TelegramServer) -> None:
        question = bots.stand(ADA, "Wann?", chat=OPEN)
        bots.messages.clear()

        with pytest.raises(Refused) as refused:
            network.reply(account(bots), order(question, public=True))

        assert refused.value.words == "Bad Request: message to be replied not found"

    def test_what_was_to_be_public_is_never_told_to_one_alone(self, bots: TelegramServer) -> None:
        with pytest.raises(Refused):
            network.reply(account(bots), order(bots.stand(ADA, "Wann?"), public=True))

        assert bots.asked == []

    def test_person_who_blocked_the_bot_is_not_reached(self, bots: TelegramServer) -> None:
        question = bots.stand(ADA, "Wann?")
        bots.blocked.add(11)

        with pytest.raises(Refused) as refused:
            network.reply(account(bots), order(question))

        assert refused.value.words == "Forbidden: bot was blocked by the user"

    def test_answer_follows_a_group_that_became_a_large_one(self, bots: TelegramServer) -> None:
        question = bots.stand(BOB, "Wann?", chat=GROUP)
        bots.stand(BOB, "Hallo", chat=OPEN)
        bots.moved[GROUP["id"]] = OPEN["id"]

        receipt = network.reply(account(bots), order(question))

        assert receipt.native_id == "-1009002:2"
        assert "reply_to_message" not in bots.messages[OPEN["id"], 2]

    def test_length_is_counted_as_telegram_counts_it(self, bots: TelegramServer) -> None:
        question = bots.stand(ADA, "Wann?")
        fits, exceeds = "🚲" * 2048, "🚲" * 2048 + "!"

        assert length_of(fits, counting=network.limits.counting) == network.limits.text_length
        network.reply(account(bots), order(question, fits))
        with pytest.raises(Refused):
            network.reply(account(bots), order(question, exceeds))

    @pytest.mark.parametrize(
        "answer",
        [HTML, no(502, "Bad Gateway"), no(500, "Internal Server Error", status=200), (200, {}, b'{"ok": true}'),
         as_json({"ok": True, "result": {"message_id": "x"}})],
    )  # fmt: skip
    def test_answer_without_a_receipt_may_stand_there(self, bots: TelegramServer, answer: Answer) -> None:
        question = bots.stand(ADA, "Wann?")
        bots.faulty = lambda _method: answer

        with pytest.raises(NoAnswer):
            network.reply(account(bots), order(question))

    def test_answer_that_took_effect_unheard_is_sent_once(self, bots: TelegramServer) -> None:
        question = bots.stand(ADA, "Wann?")
        bots.is_lossy = True

        with pytest.raises(NoAnswer):
            network.reply(account(bots), order(question))

        assert [said["text"] for said in bots.messages.values()] == ["Wann?", "Das tut uns leid."]

    @pytest.mark.parametrize("answer", [no(429, "Too Many Requests", retry_after=7), (403, {}, b"<html>")])
    def test_answer_that_was_not_taken_is_tried_later(self, bots: TelegramServer, answer: Answer) -> None:
        question = bots.stand(ADA, "Wann?")
        bots.faulty = lambda _method: answer

        with pytest.raises(TryLater):
            network.reply(account(bots), order(question))

    @pytest.mark.parametrize("native_id", ["", "x", "1", "1:", ":1", "1:x", "1:1:1:1", "../1:1", "9" * 40 + ":1"])
    def test_what_is_no_message_is_never_asked_for(self, bots: TelegramServer, native_id: str) -> None:
        with pytest.raises(Refused):
            network.withdraw(account(bots), native_id)

        assert bots.asked == []


class TestActing:
    def test_thumb_is_put_and_taken_back(self, bots: TelegramServer) -> None:
        bots.stand(ADA, "Toll!", chat=OPEN)

        for on in (True, True, False, False):
            network.like(account(bots), "-1009002:1", on=on)
            assert bool(bots.reactions[OPEN["id"], 1]) is on

    def test_own_answer_is_corrected_and_withdrawn_twice_as_once(self, bots: TelegramServer) -> None:
        receipt = network.reply(account(bots), order(bots.stand(ADA, "Wann?")))
        change = Correction(native_id=receipt.native_id, parent_id="11:1:4711", text="Morgen")

        network.correct(account(bots), change)
        network.correct(account(bots), change)
        words = bots.messages[11, 2]["text"]
        network.withdraw(account(bots), receipt.native_id)
        network.withdraw(account(bots), receipt.native_id)

        assert words == "Morgen"
        assert (11, 2) not in bots.messages

    def test_what_is_older_than_two_days_stays_and_telegram_says_so(self, bots: TelegramServer) -> None:
        receipt = network.reply(account(bots), order(bots.stand(ADA, "Wann?")))

        with clock.moved_to(clock.now() + timedelta(days=3)), pytest.raises(Refused) as refused:
            network.withdraw(account(bots), receipt.native_id)

        assert refused.value.words == "Bad Request: message can't be deleted for everyone"

    def test_words_of_others_are_not_corrected(self, bots: TelegramServer) -> None:
        bots.stand(ADA, "Wann?")

        with pytest.raises(Refused):
            network.correct(account(bots), Correction(native_id="11:1:4711", parent_id="", text="Nie"))

    def test_message_of_others_is_deleted(self, bots: TelegramServer) -> None:
        bots.stand(ADA, "Beleidigung", chat=OPEN)

        network.delete(account(bots), "-1009002:1")

        assert bots.messages == {}


class TestToken:
    """It stands in every address; whatever goes wrong, neither log nor error nor anything that is kept tells it."""

    @pytest.mark.parametrize(
        "answer",
        [HTML, no(401, "Unauthorized"), no(409, "Conflict"), no(429, "Too Many"), (502, {}, b""), no(400, "Bad"),
         (302, {"Location": "http://[broken"}, b""), (200, {"Content-Encoding": "br"}, b"x"), (200, {}, b"[" * 90_000)],
    )  # fmt: skip
    def test_no_failure_tells_it(self, bots: TelegramServer, caplog: pytest.LogCaptureFixture, answer: Answer) -> None:
        bots.faulty = lambda _method: answer

        with caplog.at_level(logging.DEBUG):
            told = failure(bots)

        assert told
        assert TOKEN not in told
        assert TOKEN not in caplog.text

    def test_server_that_is_away_tells_it_to_nobody(
        self, bots: TelegramServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        elsewhere = account(bots)
        bots.__exit__(None, None, None)

        with caplog.at_level(logging.DEBUG), pytest.raises(TryLater) as away:
            list(network.poll(elsewhere, ""))

        assert TOKEN not in "".join(traceback.format_exception(away.value)) + caplog.text
        bots.__enter__()

    def test_answer_shows_neither_its_address_nor_what_it_holds(self, bots: TelegramServer) -> None:
        answer = http.ask("POST", f"{bots.url}/bot{TOKEN}/getMe", json={})

        assert TOKEN in answer.url
        assert TOKEN not in repr(answer)
        assert "nordhain_bot" not in repr(answer)

    def test_account_does_not_show_it(self, bots: TelegramServer) -> None:
        assert TOKEN not in repr(account(bots))


def failure(bots: TelegramServer) -> str:
    """All that reading and answering tell of their failing, from the first cause to the last."""
    told = []
    for fails in (lambda: poll(bots), lambda: network.reply(account(bots), order(bots.stand(ADA, "Wann?")))):
        try:
            fails()
        except (NetworkError, NotAuthorised) as error:
            told += traceback.format_exception(error)
            told.append(repr(error.params))
    return "".join(told)
