"""What Telegram brings by webhook, how that and asking keep out of each other's way, and that nothing breaks it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.networks.batches import cursor_of, events, said
from tests.networks.telegram_asking import NOON, account, network, poll
from tests.networks.telegram_server import ADA, OPEN, TOKEN, TelegramServer, as_json

from resonanz.core import clock
from resonanz.networks.contract import Account, BadEvent, Edited
from resonanz.networks.errors import Refused, TryLater
from resonanz.networks.telegram import bringing, reading, updates, words
from resonanz.networks.webhooks import Delivery, Keys, Told, WebhookHealth

SECRET = "s" * 40
OURS = "https://resonanz.example/webhooks/abc"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
CHATS = st.fixed_dictionaries(
    {"id": st.integers() | JSON, "type": st.sampled_from(["private", "group", "supergroup", "channel"]) | JSON},
    optional={"username": st.text(max_size=70) | JSON, "title": JSON},
)
USERS = st.fixed_dictionaries({"id": st.integers() | JSON}, optional=dict.fromkeys(("first_name", "username"), JSON))
ENTITIES = st.lists(
    st.fixed_dictionaries(
        {"offset": st.integers(-3, 60) | JSON, "length": st.integers(-3, 60) | JSON},
        optional={
            "type": st.sampled_from(["mention", "text_link", "text_mention", "bot_command"]) | JSON,
            "url": st.just("https://a.example") | JSON, "user": USERS | JSON,
        },
    ) | JSON, max_size=5,
)  # fmt: skip
PARTS = {
    "message_id": st.integers() | JSON, "date": st.integers() | JSON, "edit_date": st.integers() | JSON,
    "chat": CHATS | JSON, "from": USERS | JSON, "sender_chat": CHATS | JSON, "text": st.text(max_size=60) | JSON,
    "caption": JSON, "entities": ENTITIES | JSON, "caption_entities": ENTITIES, "message_thread_id": JSON,
    "is_topic_message": JSON, "photo": JSON, "document": JSON, "poll": JSON, "venue": JSON, "location": JSON,
    "sticker": JSON, "animation": JSON,
}  # fmt: skip
MESSAGES = st.fixed_dictionaries(
    {}, optional={**PARTS, "reply_to_message": st.fixed_dictionaries({}, optional=PARTS) | JSON}
)
SOMEWHERE = Account(network="telegram", address="https://api.telegram.org", handle="nordhain_bot", native_id="4711")


def brought(bots: TelegramServer, update: dict[str, Any]) -> Told:
    return network.read(account(bots), Delivery({}, json.dumps(update).encode(), clock.now()))


class TestWebhooks:
    def test_secret_stands_in_the_header(self) -> None:
        def is_genuine(said: str, keys: Keys) -> bool:
            return network.is_genuine(Delivery({updates.SECRET: said}, b"{}", NOON), keys)

        assert is_genuine(SECRET, Keys(SECRET))
        assert not is_genuine(SECRET + "s", Keys(SECRET))
        assert not is_genuine("ß", Keys(SECRET))
        assert not is_genuine("", Keys(""))
        assert not network.is_genuine(Delivery({}, b"{}", NOON), Keys(SECRET))
        assert network.prove({"hub.challenge": "1"}, Keys(SECRET)) is None

    def test_message_is_the_same_as_if_it_was_asked_for(self, bots: TelegramServer) -> None:
        bots.say(ADA, "Wo bleibt mein Rad?", chat=OPEN)

        assert list(brought(bots, bots.waiting[0]).events) == events(poll(bots))

    def test_edit_is_told_too(self, bots: TelegramServer) -> None:
        bots.edit(bots.say(ADA, "eins"), "zwei")

        _, edited = brought(bots, bots.waiting[1]).events

        assert isinstance(edited, Edited)
        assert edited.text == "zwei"

    def test_name_is_the_sort_of_update(self) -> None:
        assert network.name_of(Delivery({}, b'{"update_id": 1, "edited_message": {}}', NOON)) == "edited_message"
        assert network.name_of(Delivery({}, b"[", NOON)) == ""

    def test_update_of_a_later_version_is_unknown(self, bots: TelegramServer) -> None:
        assert brought(bots, {"update_id": 5, "chat_boost": {}}) == Told(is_unknown=True)

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b"3", b'{"message": 3}', b'{"message": {}}', b"\xff", b"[" * 90_000]
    )
    def test_garbled_delivery_is_bad(self, bots: TelegramServer, body: bytes) -> None:
        told = network.read(account(bots), Delivery({}, body, NOON))

        assert (told.events, len(told.bad), told.is_unknown) == ((), 1, False)


class TestSetting:
    def test_telegram_is_told_the_address_and_the_secret(self, bots: TelegramServer) -> None:
        network.set_webhook(account(bots), OURS, Keys(SECRET))

        assert (bots.webhook["url"], bots.webhook["secret_token"]) == (OURS, SECRET)
        assert "message_reaction" not in bots.webhook["allowed_updates"]

    def test_what_waits_is_not_dropped_when_it_is_taken_away(self, bots: TelegramServer) -> None:
        network.set_webhook(account(bots), OURS, Keys(SECRET))
        bots.say(ADA, "eins")

        network.set_webhook(account(bots), "", Keys(SECRET))

        assert bots.asked[-1] == ("deleteWebhook", {"drop_pending_updates": False})
        assert len(said(poll(bots))) == 1

    def test_address_that_telegram_does_not_take_is_refused_in_its_words(self, bots: TelegramServer) -> None:
        with pytest.raises(Refused) as refused:
            network.set_webhook(account(bots), "http://resonanz.example/webhooks/abc", Keys(SECRET))

        assert "HTTPS" in refused.value.words

    def test_nothing_is_asked_for_while_it_is_brought(self, bots: TelegramServer) -> None:
        network.set_webhook(account(bots), OURS, Keys(SECRET))

        assert events(poll(bots, settings={"webhook": OURS})) == []
        assert events(poll(bots, settings={"webhook": OURS})) == []
        assert [method for method, _ in bots.asked] == ["setWebhook", "getWebhookInfo"]

    def test_webhook_that_somebody_took_away_is_replaced_by_asking(self, bots: TelegramServer) -> None:
        bots.say(ADA, "eins")

        assert len(said(poll(bots, settings={"webhook": OURS}))) == 1

    def test_what_nobody_brings_any_more_is_asked_for_with_every_poll(self, bots: TelegramServer) -> None:
        bots.say(ADA, "eins")
        first = poll(bots, settings={"webhook": OURS})
        bots.say(ADA, "zwei")

        second = poll(bots, cursor_of(first), settings={"webhook": OURS})

        assert [one.text for one in said(second)] == ["zwei"]
        assert [method for method, _ in bots.asked].count("getWebhookInfo") == 1

    def test_webhook_that_was_told_again_is_no_other_reader(self, bots: TelegramServer) -> None:
        poll(bots, settings={"webhook": OURS})
        network.set_webhook(account(bots), OURS, Keys(SECRET))

        assert events(poll(bots, settings={"webhook": OURS})) == []

    def test_webhook_that_another_program_took_over_is_told(self, bots: TelegramServer) -> None:
        network.set_webhook(account(bots), "https://other.example/", Keys("x"))

        with pytest.raises(TryLater) as other:
            poll(bots, settings={"webhook": OURS})

        assert other.value.params["reason"] == "telegram.webhook"

    def test_what_telegram_cannot_bring_is_told(self, bots: TelegramServer) -> None:
        network.set_webhook(account(bots), OURS, Keys(SECRET))
        failed = int((clock.now() - timedelta(minutes=1)).timestamp())
        bots.webhook |= {
            "pending_update_count": 3,
            "last_error_date": failed,
            "last_error_message": "Connection refused",
        }

        with pytest.raises(TryLater) as trouble:
            poll(bots, settings={"webhook": OURS})

        assert trouble.value.params["reason"] == "telegram.not_brought"

    def test_what_cannot_be_brought_for_long_is_asked_for(self, bots: TelegramServer) -> None:
        network.set_webhook(account(bots), OURS, Keys(SECRET))
        bots.say(ADA, "eins")
        bots.webhook |= {"pending_update_count": 1, "last_error_date": int(clock.now().timestamp())}
        with pytest.raises(TryLater):
            poll(bots, settings={"webhook": OURS})

        # By then Telegram tries seldom: the last time is longer ago than what would begin a trouble.
        with clock.moved_to(clock.now() + timedelta(seconds=bringing.PATIENCE_SECONDS + 60)):
            found = poll(bots, settings={"webhook": OURS})

        assert [one.text for one in said(found)] == ["eins"]
        assert ("deleteWebhook", {"drop_pending_updates": False}) in bots.asked

    def test_what_failed_once_and_does_well_again_stays_brought(self, bots: TelegramServer) -> None:
        network.set_webhook(account(bots), OURS, Keys(SECRET))
        bots.webhook |= {"pending_update_count": 1, "last_error_date": int(clock.now().timestamp())}
        with pytest.raises(TryLater):
            poll(bots, settings={"webhook": OURS})
        bots.webhook["pending_update_count"] = 0

        with clock.moved_to(clock.now() + timedelta(hours=1)):
            assert said(poll(bots, settings={"webhook": OURS})) == []

        assert bots.webhook["url"] == OURS

    def test_health_is_what_telegram_says(self, bots: TelegramServer) -> None:
        network.set_webhook(account(bots), OURS, Keys(SECRET))
        bots.webhook |= {
            "pending_update_count": 3,
            "last_error_date": int(NOON.timestamp()),
            "last_error_message": "No",
        }

        told = WebhookHealth(OURS, waiting=3, failed_at=NOON, words="No")
        assert network.webhook_health(account(bots)) == told

    @pytest.mark.parametrize("found", [3, [], {}, {"url": 3}])
    def test_health_that_cannot_be_read_is_asked_for_later(self, bots: TelegramServer, found: object) -> None:
        bots.faulty = lambda _method: as_json({"ok": True, "result": found})

        with pytest.raises(TryLater):
            network.webhook_health(account(bots))

    def test_odd_health_is_none_of_it(self, bots: TelegramServer) -> None:
        odd = {"url": OURS, "pending_update_count": "7", "last_error_date": 10**15, "last_error_message": None}
        bots.faulty = lambda _method: as_json({"ok": True, "result": odd})

        assert network.webhook_health(account(bots)) == WebhookHealth(OURS)


class TestParsers:
    @given(MESSAGES, st.sampled_from(updates.KINDS))
    @settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_any_message_is_read_or_put_aside(self, message: dict[str, Any], kind: str) -> None:
        told = updates.of_update({"update_id": 1, kind: message}, SOMEWHERE)

        assert not told.is_unknown
        assert all(isinstance(one, BadEvent) for one in told.bad)
        assert TOKEN not in repr(told)

    @given(st.text(max_size=60), ENTITIES)
    def test_any_entities_leave_the_words(self, said: str, entities: list[Any]) -> None:
        found = words.words_of({"text": said, "entities": entities})
        names, _ = words.named_in({"text": said, "entities": entities})

        assert len(found) <= words.MOST
        assert len(names) <= 5

    @given(st.binary(max_size=200))
    def test_any_body_is_read_or_put_aside(self, body: bytes) -> None:
        delivery = Delivery({}, body, NOON)

        assert len(network.read(SOMEWHERE, delivery).events) <= 1
        assert isinstance(network.name_of(delivery), str)

    @given(st.text(max_size=60))
    def test_any_cursor_is_read(self, text: str) -> None:
        assert reading.Cursor.read(text).last >= 0

    def test_hostile_entities_take_no_time(self) -> None:
        started = clock.monotonic()
        link = {"type": "text_link", "offset": 0, "length": 9, "url": "https://a.example/" + "x" * 1900}

        words.words_of({"text": "a" * 10_000, "entities": [link] * 5_000})

        assert clock.monotonic() - started < 2
