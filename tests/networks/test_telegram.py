"""Telegram against a server on the loopback: what is heard by asking, and what bad answers do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.networks.batches import cursor_of, events, said
from tests.networks.loopback_server import Answer
from tests.networks.telegram_asking import account, network, poll
from tests.networks.telegram_server import (
    ADA,
    BOB,
    CHANNEL,
    CLOSED,
    GROUP,
    OPEN,
    OURS,
    TOKEN,
    TelegramServer,
    as_json,
    no,
)

from resonanz.core import clock
from resonanz.networks.contract import Account, Edited, Posted, PostKind, Visibility
from resonanz.networks.errors import NotAuthorised, TryLater
from resonanz.networks.telegram.places import WORLD

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><body>Just a moment</body></html>")
OURS_TOO = {"own_channels": "@nordhain_neues -1009009"}


class TestConnecting:
    def test_bot_is_known_by_its_token(self, bots: TelegramServer) -> None:
        found = network.identify(Account(network="telegram", address=bots.url, secret=f" {TOKEN}\n"))

        assert (found.native_id, found.handle, found.name) == ("4711", "nordhain_bot", "Nordhain")
        assert (found.origin, found.secret, found.address) == (WORLD, TOKEN, bots.url)

    @pytest.mark.parametrize(
        "token", ["4711:AAE-another_token_of_a_bot_0123456789", "4711", "", "4711:../getMe?x=" + "a" * 20]
    )
    def test_wrong_token_is_told_as_that(self, bots: TelegramServer, token: str) -> None:
        with pytest.raises(NotAuthorised):
            network.identify(Account(network="telegram", address=bots.url, secret=token))

    def test_what_is_no_token_never_becomes_part_of_an_address(self, bots: TelegramServer) -> None:
        with pytest.raises(NotAuthorised):
            poll(bots, secret="4711:AAE/../../x?y=0123456789abcdef")

        assert bots.asked == []

    def test_account_of_a_person_is_none_of_a_bot(self, bots: TelegramServer) -> None:
        bots.faulty = lambda _method: as_json({"ok": True, "result": {**OURS, "is_bot": False}})

        with pytest.raises(NotAuthorised):
            network.identify(account(bots))


class TestHearing:
    def test_message_to_the_bot_is_private_and_said_to_us(self, bots: TelegramServer) -> None:
        message = bots.say(ADA, "Wo bleibt mein Rad? 🚲")

        (found,) = said(poll(bots))

        assert (found.text, found.kind, found.visibility) == (
            "Wo bleibt mein Rad? 🚲",
            PostKind.MESSAGE,
            Visibility.PRIVATE,
        )
        assert (found.addressed, found.url, found.root_id) == (True, "", "11")
        assert found.native_id == f"11:{message['message_id']}:4711"
        assert found.author is not None
        assert (found.author.native_id, found.author.handle, found.author.name) == ("11", "ada_l", "Ada Lovelace")
        assert found.author.url == "https://t.me/ada_l"

    def test_two_bots_number_their_messages_by_themselves_in_private(self, bots: TelegramServer) -> None:
        bots.say(ADA, "Hallo")
        ours = said(poll(bots))[0].native_id

        assert said(poll(bots, native_id="4712"))[0].native_id != ours

    def test_mention_in_an_open_group_is_public_and_has_an_address(self, bots: TelegramServer) -> None:
        bots.say(ADA, "😀 @Nordhain_bot kommt ihr auch?", chat=OPEN)

        (found,) = said(poll(bots))

        assert (found.kind, found.visibility, found.addressed) == (PostKind.POST, Visibility.PUBLIC, True)
        assert found.mentions == ("Nordhain_bot",)
        assert (found.native_id, found.url) == ("-1009002:1", "https://t.me/raeder/1")

    @pytest.mark.parametrize(("chat", "url"), [(CLOSED, "https://t.me/c/9001/1"), (GROUP, "")])
    def test_what_only_members_read_is_not_public(self, bots: TelegramServer, chat: dict[str, Any], url: str) -> None:
        bots.say(BOB, "Hat jemand das Modell N3?", chat=chat)

        (found,) = said(poll(bots))

        assert (found.visibility, found.kind, found.addressed) == (Visibility.PRIVATE, PostKind.POST, False)
        assert found.url == url

    def test_answer_to_the_bot_is_said_to_us_in_the_thread_of_the_first(self, bots: TelegramServer) -> None:
        first = bots.stand(BOB, "Frage", chat=OPEN)
        ours = bots.stand(OURS, "Antwort", chat=OPEN, below=first)
        bots.say(BOB, "Danke!", chat=OPEN, below=ours)

        (found,) = said(poll(bots))

        assert (found.addressed, found.kind) == (True, PostKind.COMMENT)
        assert (found.parent_id, found.root_id) == ("-1009002:2", "-1009002:1")

    def test_answer_in_a_small_group_names_its_parent_alone(self, bots: TelegramServer) -> None:
        first = bots.stand(BOB, "Frage", chat=GROUP)
        bots.say(ADA, "Weiß ich auch nicht", chat=GROUP, below=first)

        (found,) = said(poll(bots))

        assert (found.parent_id, found.root_id) == ("-501:1:4711", "")

    def test_topic_of_a_forum_is_no_thread(self, bots: TelegramServer) -> None:
        topic = bots.stand(BOB, "", chat=CLOSED, forum_topic_created={"name": "Service"})
        bots.say(ADA, "Mein Rad knarzt", chat=CLOSED, below=topic, is_topic_message=True, message_thread_id=1)

        (found,) = said(poll(bots))

        assert (found.parent_id, found.root_id) == ("", found.native_id)

    def test_comment_below_our_channels_post_is_said_to_us_and_brings_the_post(self, bots: TelegramServer) -> None:
        post = bots.stand(OURS, "Neu: das N4", chat=OPEN, sender_chat=CHANNEL, is_automatic_forward=True)
        bots.say(ADA, "Was kostet es?", chat=OPEN, below=post)

        ours, comment = said(poll(bots, settings=OURS_TOO))

        assert ours.author is not None
        assert (ours.author.native_id, ours.text, ours.addressed) == ("4711", "Neu: das N4", False)
        assert (comment.addressed, comment.parent_id, comment.root_id) == (True, ours.native_id, ours.native_id)

    def test_comment_below_a_strangers_channel_is_not_said_to_us(self, bots: TelegramServer) -> None:
        post = bots.stand(OURS, "Etwas", chat=OPEN, sender_chat={**CHANNEL, "id": -1008, "username": "fremd_er"})
        bots.say(ADA, "Was kostet es?", chat=OPEN, below={**post, "from": {"id": 777000, "first_name": "Telegram"}})

        (comment,) = said(poll(bots, settings=OURS_TOO))

        assert comment.addressed is False

    def test_channel_speaks_in_its_own_name_and_nobody_is_named_behind_it(self, bots: TelegramServer) -> None:
        bots.say(OURS, "Neues", chat=CHANNEL, sender_chat=CHANNEL, author_signature="Grete aus dem Einkauf")

        (found,) = said(poll(bots))

        assert found.author is not None
        assert (found.author.native_id, found.author.handle) == ("-1009003", "nordhain_neues")
        assert "Grete" not in repr(found)

    def test_hidden_links_are_written_out_where_they_stand(self, bots: TelegramServer) -> None:
        entities = [{"type": "text_link", "offset": 9, "length": 4, "url": "https://schlecht.example/x"}]
        bots.say(ADA, "😀😀 und hier steht es", entities=entities)

        (found,) = said(poll(bots))

        assert found.text == "😀😀 und hier (https://schlecht.example/x) steht es"

    @pytest.mark.parametrize(
        ("more", "text"),
        [
            ({"photo": [{"file_id": "geheim"}], "caption": "Kaputt"}, "Kaputt\n🖼"),
            ({"document": {"file_id": "geheim", "file_name": "Rechnung 7.pdf"}}, "📎 Rechnung 7.pdf"),
            ({"animation": {"file_id": "geheim"}, "document": {"file_name": "x.mp4"}}, "🎬"),
            ({"voice": {"file_id": "geheim"}}, "🎤"),
            ({"sticker": {"file_id": "geheim", "emoji": "👍"}}, "👍"),
            ({"location": {"latitude": 53.6, "longitude": 10}}, "📍 53.60000, 10.00000"),
            ({"location": {"latitude": 53.6, "longitude": 10, "live_period": 900}}, "📍"),
            (
                {"poll": {"question": "Welches?", "options": [{"text": "N3"}, {"text": "N4"}]}},
                "📊 Welches?\n– N3\n– N4",
            ),
            ({"contact": {"phone_number": "0170 1234567", "first_name": "Eve"}}, "👤"),
        ],
    )
    def test_what_stands_beside_the_words_is_named_and_never_by_its_file(
        self, bots: TelegramServer, more: dict[str, Any], text: str
    ) -> None:
        bots.say(ADA, "", **more)

        (found,) = said(poll(bots))

        assert found.text == text
        assert "geheim" not in repr(found)

    @pytest.mark.parametrize(
        "more",
        [{"new_chat_members": [BOB]}, {"left_chat_member": BOB}, {"pinned_message": {}}, {"new_chat_title": "X"}],
    )
    def test_what_telegram_says_itself_is_not_heard(self, bots: TelegramServer, more: dict[str, Any]) -> None:
        bots.say(ADA, "", chat=GROUP, **more)

        assert events(poll(bots)) == []

    def test_pressing_start_says_nothing(self, bots: TelegramServer) -> None:
        bots.say(ADA, "/start abc")

        assert events(poll(bots)) == []

    def test_edit_tells_the_message_and_its_new_words(self, bots: TelegramServer) -> None:
        message = bots.say(ADA, "Hallo")
        cursor = cursor_of(poll(bots))
        bots.edit(message, "Hallo, wo bleibt mein Rad?")

        posted, edited = events(poll(bots, cursor))

        assert isinstance(posted, Posted)
        assert isinstance(edited, Edited)
        assert posted.text == edited.text == "Hallo, wo bleibt mein Rad?"
        assert posted.native_id == edited.native_id

    def test_time_to_come_is_now(self, bots: TelegramServer) -> None:
        bots.say(ADA, "Hallo", ago=-timedelta(days=1))

        assert said(poll(bots))[0].posted_at == clock.now()


class TestReading:
    def test_update_is_confirmed_only_after_it_was_taken_in(self, bots: TelegramServer) -> None:
        for number in range(250):
            bots.say(ADA, f"Nummer {number}")
        batches = network.poll(account(bots), "")

        first = next(batches)
        left_before = len(bots.waiting)
        next(batches)

        assert (len(first.events), left_before, len(bots.waiting)) == (100, 250, 150)

    def test_all_that_waits_is_read_once(self, bots: TelegramServer) -> None:
        for number in range(250):
            bots.say(ADA, f"Nummer {number}")

        batches = poll(bots)
        bots.say(BOB, "danach")
        after = said(poll(bots, cursor_of(batches)))

        assert [one.text for one in said(batches)] == [f"Nummer {number}" for number in range(250)]
        assert [one.text for one in after] == ["danach"]

    def test_what_was_not_taken_in_comes_again(self, bots: TelegramServer) -> None:
        bots.say(ADA, "eins")

        assert said(poll(bots)) == said(poll(bots))

    def test_numbers_that_begin_anew_after_a_silent_week_are_read(self, bots: TelegramServer) -> None:
        bots.say(ADA, "alt")
        cursor = cursor_of(poll(bots))
        bots.waiting.clear()
        bots.next_update = 12

        with clock.moved_to(clock.now() + timedelta(days=8)):
            bots.say(ADA, "neu")
            batches = poll(bots, cursor)
            bots.say(ADA, "noch eins")
            after = poll(bots, cursor_of(batches))

        assert [one.text for one in said(batches)] == ["neu"]
        assert [one.text for one in said(after)] == ["noch eins"]

    @pytest.mark.parametrize("cursor", ["x", "7", "7@", "@7", "-7@1", "٣@١", "7@1@1", "9" * 60 + "@1"])
    def test_broken_cursor_begins_anew(self, bots: TelegramServer, cursor: str) -> None:
        bots.say(ADA, "eins")

        assert len(said(poll(bots, cursor))) == 1

    def test_unreadable_update_is_put_aside_and_the_others_are_heard(self, bots: TelegramServer) -> None:
        bots.say(ADA, "eins", date="gestern")
        bots.say(ADA, "zwei")

        batches = poll(bots)

        assert [one.text for one in said(batches)] == ["zwei"]
        assert [bad.reason for batch in batches for bad in batch.bad] == ["event.ValueError"]

    def test_sorts_of_updates_that_nobody_asked_for_are_passed_over(self, bots: TelegramServer) -> None:
        bots.waiting.append({"update_id": 5, "odd": True})
        bots.say(ADA, "eins")

        assert [one.text for one in said(poll(bots))] == ["eins"]


class TestFailing:
    def test_limit_is_waited_for_as_long_as_telegram_asks(self, bots: TelegramServer) -> None:
        bots.requests_left = 0

        with pytest.raises(TryLater) as limited:
            poll(bots)

        assert limited.value.seconds == 19

    @pytest.mark.parametrize("said", [-5, 10**12, "lange", None, True])
    def test_limit_that_says_nonsense_is_waited_for_within_reason(self, bots: TelegramServer, said: object) -> None:
        bots.faulty = lambda _method: no(429, "Too Many Requests", retry_after=said)

        with pytest.raises(TryLater) as limited:
            poll(bots)

        assert 1 <= limited.value.seconds <= 86_400

    def test_revoked_token_stops_the_channel(self, bots: TelegramServer) -> None:
        bots.token = "4711:AAE-another_token_of_a_bot_0123456789"

        with pytest.raises(NotAuthorised):
            poll(bots)

    @pytest.mark.parametrize("status", [200, 409])
    def test_other_program_that_reads_the_same_bot_is_told(self, bots: TelegramServer, status: int) -> None:
        words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        bots.faulty = lambda _method: no(409, words, status=status)

        with pytest.raises(TryLater) as conflict:
            poll(bots)

        assert conflict.value.params["reason"] == "telegram.reader"

    def test_webhook_of_another_program_is_told(self, bots: TelegramServer) -> None:
        bots.webhook = {"url": "https://other.example/"}

        with pytest.raises(TryLater) as conflict:
            poll(bots)

        assert conflict.value.params["reason"] == "telegram.webhook"

    @pytest.mark.parametrize(
        "answer",
        [HTML, (200, {}, b"[]"), (200, {}, b'{"ok": true}'), (200, {}, b'{"ok": true, "result": 7}'),
         (502, {}, b"bad"), (403, {}, b"<html>"), (200, {}, b"[" * 90_000),
         (302, {"Location": "http://127.0.0.1/"}, b""),
         no(500, "Internal Server Error"), no(500, "Internal Server Error", status=200),
         as_json({"ok": True, "result": [{"message": {}}]})],
    )  # fmt: skip
    def test_what_is_no_answer_of_telegram_is_asked_again(self, bots: TelegramServer, answer: Answer) -> None:
        bots.faulty = lambda _method: answer

        with pytest.raises(TryLater):
            poll(bots)

    def test_connection_that_ends_without_an_answer_is_asked_again(self, bots: TelegramServer) -> None:
        bots.is_lossy = True

        with pytest.raises(TryLater):
            poll(bots)
