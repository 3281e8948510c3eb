"""WhatsApp against a number on the loopback: what is brought, answered in its time, and what bad answers do."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.networks.facebook_asking import APP
from tests.networks.loopback_server import Answer
from tests.networks.meta_server import APP_SECRET, EXPIRED, VERIFY, Said, no, signed
from tests.networks.whatsapp_server import NUMBER, PERSON, TOKEN, WhatsAppServer

from resonanz.core import clock
from resonanz.networks.contract import Account, BadEvent, Posted, PostKind, ReplyOrder, Undelivered, Visibility
from resonanz.networks.errors import NetworkError, NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.meta.faults import OutsideWindow
from resonanz.networks.webhooks import Delivery, Keys, Told
from resonanz.networks.whatsapp import WhatsAppNetwork, delivered
from resonanz.networks.whatsapp.messages import talk_with

network = WhatsAppNetwork()
KEYS = Keys(VERIFY, APP_SECRET)
SOMEWHERE = Account(network="whatsapp", address="https://graph.facebook.com", native_id=NUMBER)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
OFTEN = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def account(whatsapp: WhatsAppServer, **more: Any) -> Account:
    """Our number."""
    known: dict[str, Any] = {
        "origin": "whatsapp.com", "native_id": NUMBER, "handle": "+49 30 1234567", "name": "Nordhain", "secret": TOKEN,
        "app": APP,
    } | more  # fmt: skip
    return Account(network="whatsapp", address=whatsapp.url, **known)


def brought(whatsapp: WhatsAppServer, delivery: tuple[dict[str, str], bytes]) -> Told:
    """What a delivery tells our number."""
    return network.read(account(whatsapp), Delivery(*delivery, clock.now()))


def posted(whatsapp: WhatsAppServer, said: Said) -> Posted:
    """What one message says."""
    (found,) = brought(whatsapp, whatsapp.told(said)).events
    assert isinstance(found, Posted)
    return found


def order(said: Said, text: str = "Morgen.", **more: Any) -> ReplyOrder:
    """An answer to a message."""
    made = ReplyOrder(
        key="k", text=text, parent_id=said["id"], root_id=talk_with(PERSON), visibility=Visibility.PRIVATE,
        until=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    return replace(made, **more)


class TestConnecting:
    def test_number_is_known_by_its_token(self, whatsapp: WhatsAppServer) -> None:
        typed = Account(network="whatsapp", address=whatsapp.url, handle=f" {NUMBER} ", secret=TOKEN, app=APP)

        assert network.identify(typed) == account(whatsapp)
        assert TOKEN not in repr(network.identify(typed))

    @pytest.mark.parametrize("wrong", [{"secret": "wrong"}, {"handle": "12"}, {"handle": "../me"}, {"handle": ""}])
    def test_wrong_token_and_wrong_number_let_nobody_in(self, whatsapp: WhatsAppServer, wrong: dict[str, str]) -> None:
        typed = {"handle": NUMBER, "secret": TOKEN} | wrong

        with pytest.raises(NotAuthorised):
            network.identify(Account(network="whatsapp", address=whatsapp.url, app=APP, **typed))  # type: ignore[arg-type]

    def test_poll_says_whether_the_token_still_reaches_the_number(self, whatsapp: WhatsAppServer) -> None:
        (batch,) = network.poll(account(whatsapp), "")
        assert (batch.events, batch.cursor) == ((), "")

        whatsapp.rights.clear()
        with pytest.raises(NotAuthorised):
            list(network.poll(account(whatsapp), ""))
        whatsapp.faulty = lambda _request: (200, {}, b"<html>")
        with pytest.raises(TryLater):
            list(network.poll(account(whatsapp), ""))


class TestBrought:
    def test_message_is_private_and_joins_its_conversation(self, whatsapp: WhatsAppServer) -> None:
        found = posted(whatsapp, whatsapp.message(context={"id": "wamid.AB/OVE=", "from": NUMBER}))

        assert (found.visibility, found.kind, found.addressed) == (Visibility.PRIVATE, PostKind.MESSAGE, True)
        assert (found.text, found.root_id, found.parent_id) == (
            "Wann kommt mein Rad?", talk_with(PERSON), "wamid.AB/OVE=",
        )  # fmt: skip
        assert found.author is not None
        assert (found.author.native_id, found.author.handle, found.author.name) == (
            PERSON,
            f"+{PERSON}",
            "Ada Lovelace",
        )

    @pytest.mark.parametrize(
        ("kind", "thing", "text"),
        [
            ("image", {"id": "1", "caption": "So sieht es aus"}, "🖼 So sieht es aus"),
            ("document", {"id": "1", "filename": "Rechnung.pdf"}, "📎 Rechnung.pdf"),
            ("audio", {"id": "1", "voice": True}, "🎤"),
            ("location", {"latitude": 1.0}, "📍"),
            ("button", {"text": "Ja, bitte"}, "Ja, bitte"),
            ("interactive", {"type": "list_reply", "list_reply": {"title": "Berlin"}}, "Berlin"),
            ("contacts", [{"name": {}}], "❔"),
            ("unsupported", {}, "❔"),
            ("hologram", {"x": 1}, "❔"),
        ],
    )
    def test_what_is_no_text_is_told_by_its_sign(
        self, whatsapp: WhatsAppServer, kind: str, thing: object, text: str
    ) -> None:
        assert posted(whatsapp, whatsapp.message(kind) | {kind: thing}).text == text

    def test_who_hides_the_telephone_number_is_known_by_another_one(self, whatsapp: WhatsAppServer) -> None:
        found = posted(whatsapp, whatsapp.message() | {"from": None, "from_user_id": "DE.1234"})

        assert found.author is not None
        assert (found.author.native_id, found.author.handle) == ("DE.1234", "")

    def test_reactions_tell_nothing(self, whatsapp: WhatsAppServer) -> None:
        reaction = whatsapp.message("reaction", reaction={"emoji": "👍"})
        assert brought(whatsapp, whatsapp.told(reaction)) == Told()
        assert brought(whatsapp, whatsapp.told()) == Told()
        assert brought(whatsapp, whatsapp.told(field="telepathy")) == Told(is_unknown=True)

    def test_answer_that_could_not_be_delivered_is_told_with_the_reason(self, whatsapp: WhatsAppServer) -> None:
        (found,) = brought(whatsapp, whatsapp.failed("wamid.SE/NT1")).events

        assert isinstance(found, Undelivered)
        assert (found.network, found.origin, found.native_id) == ("whatsapp", "whatsapp.com", "wamid.SE/NT1")
        assert found.reason == "24 hours passed."

    @pytest.mark.parametrize(
        ("errors", "reason"),
        [
            ([{"code": 131026, "title": "Message undeliverable"}], "Message undeliverable"),
            ([{"code": 131026}], "graph.131026"),
            ([], ""),
            (None, ""),
        ],
    )
    def test_reason_is_what_whatsapp_says_most_of(self, whatsapp: WhatsAppServer, errors: object, reason: str) -> None:
        (found,) = brought(whatsapp, whatsapp.failed("wamid.1", errors=errors)).events

        assert isinstance(found, Undelivered)
        assert found.reason == reason

    @pytest.mark.parametrize("status", ["sent", "delivered", "read", "deleted", None])
    def test_what_else_becomes_of_ours_tells_nothing(self, whatsapp: WhatsAppServer, status: object) -> None:
        assert brought(whatsapp, whatsapp.failed("wamid.1", status=status)) == Told()

    def test_unreadable_status_keeps_no_message_away(self, whatsapp: WhatsAppServer) -> None:
        told = brought(whatsapp, whatsapp.failed("wamid.1", timestamp="soon"))

        assert (told.events, len(told.bad)) == ((), 1)

    @given(
        st.fixed_dictionaries(
            {"status": st.just("failed")}, optional=dict.fromkeys(["id", "timestamp", "errors", "recipient_id"], JSON)
        )
    )
    @OFTEN
    def test_any_status_is_read_or_put_aside(self, status: dict[str, Any]) -> None:
        value = {"metadata": {"phone_number_id": NUMBER}, "statuses": [status]}
        found = self._told({"changes": [{"field": "messages", "value": value}]})

        assert len(found.events) + len(found.bad) == 1

    def test_delivery_is_genuine_and_for_its_number_alone(self, whatsapp: WhatsAppServer) -> None:
        headers, body = whatsapp.told(whatsapp.message())
        now = clock.now()

        assert network.is_genuine(Delivery(headers, body, now), KEYS)
        assert not network.is_genuine(Delivery(signed(body, secret=VERIFY), body, now), KEYS)
        assert network.addressees(Delivery(headers, body, now)) == {NUMBER}
        assert network.name_of(Delivery(headers, body, now)) == "messages"
        assert brought(whatsapp, whatsapp.told(whatsapp.message(), number="7")) == Told()

    def test_one_unreadable_message_keeps_no_other_one_away(self, whatsapp: WhatsAppServer) -> None:
        told = brought(whatsapp, whatsapp.told(whatsapp.message(id=None), whatsapp.message()))

        assert (len(told.events), len(told.bad)) == (1, 1)

    def test_same_delivery_twice_tells_the_same(self, whatsapp: WhatsAppServer) -> None:
        delivery = whatsapp.told(whatsapp.message())

        assert brought(whatsapp, delivery) == brought(whatsapp, delivery)

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"object": "page", "entry": []}', b"\xff", b"[" * 90_000])
    def test_garbled_delivery_is_bad(self, whatsapp: WhatsAppServer, body: bytes) -> None:
        told = brought(whatsapp, ({}, body))

        assert (told.events, len(told.bad)) == ((), 1)
        assert network.addressees(Delivery({}, body, clock.now())) == frozenset()

    @given(
        st.fixed_dictionaries(
            {"id": st.just("wamid.1"), "type": st.sampled_from(["text", "image", "button", "interactive"]) | st.text()},
            optional=dict.fromkeys(["from", "timestamp", "text", "image", "button", "interactive", "context"], JSON),
        )
    )
    @OFTEN
    def test_any_message_is_read_or_put_aside(self, message: dict[str, Any]) -> None:
        value = {"metadata": {"phone_number_id": NUMBER}, "messages": [message]}
        found = self._told({"changes": [{"field": "messages", "value": value}]})

        assert len(found.events) + len(found.bad) <= 1

    @given(JSON)
    @OFTEN
    def test_any_entry_is_read_or_put_aside(self, entry: Any) -> None:
        found = self._told(entry)

        assert found.events == ()
        assert all(isinstance(one, BadEvent) for one in found.bad)

    def _told(self, entry: Any) -> Told:
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        return delivered.read(SOMEWHERE, Delivery({}, body, clock.now()))


class TestAnswering:
    def test_answer_is_words_to_who_wrote_and_never_a_template(self, whatsapp: WhatsAppServer) -> None:
        said = whatsapp.message()

        receipt = network.reply(account(whatsapp), order(said))

        assert receipt.native_id == "wamid.SE/NT1"
        assert whatsapp.sent == [
            {"messaging_product": "whatsapp", "recipient_type": "individual", "to": PERSON, "type": "text",
             "text": {"body": "Morgen.", "preview_url": False}, "context": {"message_id": said["id"]}}
        ]  # fmt: skip

    @pytest.mark.parametrize("left", [timedelta(0), timedelta(minutes=1), None])
    def test_after_the_day_it_is_answered_by_hand_and_nothing_is_sent(
        self, whatsapp: WhatsAppServer, left: timedelta | None
    ) -> None:
        late = order(whatsapp.message(), until=clock.now() + left if left is not None else None)

        with pytest.raises(OutsideWindow):
            network.reply(account(whatsapp), late)
        assert whatsapp.asked == []

    @pytest.mark.parametrize(
        "wrong",
        [{"visibility": Visibility.PUBLIC}, {"root_id": ""}, {"root_id": "whatsapp:../me"}, {"parent_id": ""},
         {"parent_id": "a b"}],
    )  # fmt: skip
    def test_what_leads_nowhere_is_refused_and_nothing_is_sent(
        self, whatsapp: WhatsAppServer, wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(Refused):
            network.reply(account(whatsapp), order(whatsapp.message(), **wrong))
        assert whatsapp.asked == []

    @pytest.mark.parametrize(
        ("answer", "failure"),
        [
            (no(131047, "Re-engagement message"), OutsideWindow),
            (no(130429, "Rate limit hit"), TryLater),
            (no(131056, "Pair rate limit hit"), TryLater),
            (no(131016, "Service unavailable"), NoAnswer),
            (no(131026, "Message undeliverable"), Refused),
            (EXPIRED, NotAuthorised),
            ((200, {}, b"<html>"), NoAnswer),
            ((200, {}, b'{"messages": []}'), NoAnswer),
            ((502, {}, b""), NoAnswer),
        ],
    )
    def test_bad_answer_says_whether_it_may_stand_there(
        self, whatsapp: WhatsAppServer, answer: Answer, failure: type[NetworkError]
    ) -> None:
        whatsapp.faulty = lambda _request: answer

        with pytest.raises(failure):
            network.reply(account(whatsapp), order(whatsapp.message()))
