"""What webhooks bring: stored before it is answered, taken in once and in order, nothing lost and nothing doubled."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from resonanz.accounts.models import User
from resonanz.core import clock, secrets
from resonanz.listening.models import Post
from resonanz.networks import registry
from resonanz.networks.connections import channels, webhook_keys
from resonanz.networks.contract import Account, Capability, Posted
from resonanz.networks.models import Channel, ChannelState, Webhook
from resonanz.networks.rates import Buckets
from resonanz.networks.webhooks import Delivery, Told
from resonanz.pipeline import arrivals, erasure, receiving, retention
from resonanz.pipeline.channel_removal import remove
from resonanz.pipeline.delivering import deliver
from resonanz.pipeline.models import Delivery as Row
from resonanz.pipeline.models import PutAside, UnknownEvent
from resonanz.pipeline.receiving import Received, receive
from resonanz.pipeline.shapes import shape_of
from resonanz.privacy.erasure import Subject
from tests.pipeline.webhook_network import NAME, SIGNATURE, TIME, BroughtNetwork, body, headers

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> BroughtNetwork:
    brought = BroughtNetwork()
    monkeypatch.setitem(registry._BY_NAME, NAME, brought)
    return brought


@pytest.fixture
def administrator() -> User:
    return User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())


@pytest.fixture
def webhook(network: BroughtNetwork, administrator: User) -> Webhook:
    channel = channels.connect(network=NAME, name="Forum", is_live=True, actor=None)
    return webhook_keys.make(channel_id=channel.pk, actor=administrator)


def secret_of(webhook: Webhook) -> str:
    return webhook_keys.keys_of(webhook).secret


def bring(webhook: Webhook, sent: bytes, event: str = "said", **more: Any) -> Received:
    return receive(key=webhook.key, headers=headers(secret_of(webhook), sent, event, **more), body=sent)


def waiting() -> int:
    return Row.objects.filter(taken_at__isnull=True).count()


def texts() -> list[str]:
    return list(Post.objects.order_by("id").values_list("text", flat=True))


def test_delivery_is_stored_unreadable_and_taken_in_afterwards(webhook: Webhook) -> None:
    sent = body(said=[("1", "Wann kommt mein Rad?")])

    assert bring(webhook, sent) is Received.STORED
    assert texts() == []
    sealed = bytes(Row.objects.get().sealed)
    assert b"Rad" not in sealed
    assert secrets.unseal(sealed).endswith(sent)

    assert arrivals.take_waiting() == 1
    assert texts() == ["Wann kommt mein Rad?"]
    row = Row.objects.get()
    assert bytes(row.sealed) == b""
    assert row.taken_at is not None


class CompletingNetwork(BroughtNetwork):
    """One that brings where something was said, and in which words only to who asks."""

    capabilities = BroughtNetwork.capabilities | {Capability.COMPLETE}

    def complete(self, account: Account, told: Told) -> Told:
        said = [replace(one, text=f"asked for {one.native_id}") for one in told.events if isinstance(one, Posted)]
        return replace(told, events=tuple(said))


def test_what_is_brought_without_words_is_asked_for(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._BY_NAME, NAME, CompletingNetwork())
    bring(webhook, body(said=[("1", "")]))

    arrivals.take_waiting()

    assert texts() == ["asked for 1"]


def test_on_a_paused_channel_nothing_is_asked_for(
    webhook: Webhook, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._BY_NAME, NAME, CompletingNetwork())
    monkeypatch.setattr(CompletingNetwork, "complete", lambda *_: pytest.fail("it was asked"))
    channels.pause(channel_id=webhook.channel_id, actor=administrator)
    bring(webhook, body(said=[("1", "")]))

    arrivals.take_waiting()

    assert texts() == []


def test_only_headers_that_reading_needs_are_kept(webhook: Webhook) -> None:
    sent = body(said=[])
    more = {"x-forwarded-for": "203.0.113.9", "cookie": "a=b"}

    receive(key=webhook.key, headers=headers(secret_of(webhook), sent) | more, body=sent)

    kept, _, _ = secrets.unseal(bytes(Row.objects.get().sealed)).partition(b"\n")
    assert json.loads(kept) == {"x-brought-event": "said"}


def test_same_bytes_are_the_same_delivery_before_and_after_they_were_taken_in(webhook: Webhook) -> None:
    sent = body(said=[("1", "Hallo")])

    first, second = bring(webhook, sent), bring(webhook, sent)
    arrivals.take_waiting()
    third = bring(webhook, sent, at=clock.now() + timedelta(seconds=20))

    assert (first, second, third) == (Received.STORED, Received.KNOWN, Received.KNOWN)
    assert (Row.objects.count(), waiting(), texts()) == (1, 0, ["Hallo"])


def test_same_bytes_under_another_name_are_another_delivery(webhook: Webhook) -> None:
    sent = body(said=[("1", "Hallo")])

    assert bring(webhook, sent) is Received.STORED
    assert bring(webhook, sent, "gone") is Received.STORED


@pytest.mark.parametrize(
    "spoilt",
    [
        {SIGNATURE: "sha256=AAAA"},
        {SIGNATURE: ""},
        {TIME: "0"},
        {TIME: "never"},
        {TIME: str(int(clock.now().timestamp()) - 3600)},
    ],
)
def test_forged_or_late_delivery_is_neither_stored_nor_read_but_counted(
    webhook: Webhook, spoilt: dict[str, str]
) -> None:
    sent = body(said=[("1", "Hallo")])

    became = receive(key=webhook.key, headers=headers(secret_of(webhook), sent) | spoilt, body=sent)

    webhook.refresh_from_db()
    assert became is Received.FORGED
    assert Row.objects.count() == 0
    assert (webhook.forged, webhook.forged_at is not None) == (1, True)


def test_delivery_signed_an_hour_ago_is_a_replay(webhook: Webhook) -> None:
    assert bring(webhook, body(said=[]), at=clock.now() - timedelta(hours=1)) is Received.FORGED
    assert bring(webhook, body(said=[]), at=clock.now() + timedelta(hours=1)) is Received.FORGED


def test_hundreds_of_forged_deliveries_are_written_down_a_few_times(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = receiving._Tally()
    tally._buckets = Buckets(receiving.NOTED, now=lambda: 0.0)  # all of them within a moment, however slow the machine
    monkeypatch.setattr(receiving, "_tally", tally)
    written: list[int] = []
    monkeypatch.setattr(webhook_keys, "note_forged", lambda *, webhook_id, count: written.append(count))

    for _ in range(200):
        receive(key=webhook.key, headers={}, body=b"{}")

    assert len(written) == receiving.NOTED.times
    assert sum(written) == receiving.NOTED.times


@pytest.mark.parametrize("key", ["", "x", "ü" * 43, "a" * 43, "\0" * 43])
def test_unknown_address_is_nobodys(webhook: Webhook, key: str) -> None:
    assert receive(key=key, headers={}, body=b"{}") is Received.NOBODY


def test_body_larger_than_the_network_sends_is_refused(webhook: Webhook) -> None:
    assert bring(webhook, b" " * 4_097) is Received.TOO_LARGE
    assert Row.objects.count() == 0


def test_old_secret_is_refused_once_it_was_made_anew(webhook: Webhook, administrator: User) -> None:
    old, sent = secret_of(webhook), body(said=[("1", "Hallo")])
    webhook_keys.renew_secret(channel_id=webhook.channel_id, actor=administrator)
    webhook.refresh_from_db()

    assert receive(key=webhook.key, headers=headers(old, sent), body=sent) is Received.FORGED
    assert bring(webhook, sent) is Received.STORED


def test_networks_questions_are_answered_as_they_ask(webhook: Webhook) -> None:
    secret = secret_of(webhook)

    meta = receiving.prove(key=webhook.key, asked={"hub.challenge": "1158201444", "hub.verify_token": secret})
    stranger = receiving.prove(key=webhook.key, asked={"hub.challenge": "1158201444", "hub.verify_token": "guess"})
    x = receiving.prove(key=webhook.key, asked={"crc_token": "abc"})

    assert meta is not None
    assert meta.body == "1158201444"
    assert stranger is None
    assert x is not None
    assert json.loads(x.body)["response_token"].startswith("sha256=")
    assert receiving.prove(key=webhook.key, asked={}) is None


def test_deliveries_keep_their_order(webhook: Webhook) -> None:
    for number in range(5):
        bring(webhook, body(said=[(str(number), f"Post {number}")]))

    arrivals.take_waiting()

    assert texts() == [f"Post {number}" for number in range(5)]


def test_deletion_that_overtakes_its_post_keeps_it_away(webhook: Webhook) -> None:
    bring(webhook, body(gone=[("1", "")]), "gone")
    arrivals.take_waiting()
    bring(webhook, body(said=[("1", "zu spät")]))
    arrivals.take_waiting()

    assert texts() == []


def test_older_edit_that_comes_last_changes_nothing(webhook: Webhook) -> None:
    bring(webhook, body(said=[("1", "eins")]))
    arrivals.take_waiting()
    with clock.moved_to(clock.now() + timedelta(minutes=2)):
        bring(webhook, body(edited=[("1", "drei")]), "edited")
    bring(webhook, body(edited=[("1", "zwei")]), "edited")
    arrivals.take_waiting()

    assert texts() == ["drei"]


def test_paused_channel_hears_nothing_new_but_follows_what_becomes_of_the_old(webhook: Webhook) -> None:
    bring(webhook, body(said=[("1", "eins")]))
    arrivals.take_waiting()
    Channel.objects.update(state=ChannelState.PAUSED)
    bring(webhook, body(said=[("2", "zwei")]))
    bring(webhook, body(gone=[("1", "")]), "gone")
    arrivals.take_waiting()

    assert (texts(), waiting()) == ([], 0)


def test_unknown_event_is_counted_with_its_shape_and_without_its_values(webhook: Webhook) -> None:
    sent = json.dumps({"poll": {"question": "Wer?", "votes": [3, 4], "by": {"maria_1987@": 1}}}).encode()
    bring(webhook, sent, "voted")
    bring(webhook, sent + b" ", "voted")
    arrivals.take_waiting()

    known = UnknownEvent.objects.get()
    assert (known.name, known.count) == ("voted", 2)
    assert json.loads(known.shape) == {"poll": {"question": "text", "votes": ["number"], "by": {"…": "more"}}}


def test_names_of_unknown_events_do_not_fill_the_table(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "MOST_UNKNOWN", 3)
    for number in range(6):
        bring(webhook, b"{}", f"event_{number}")
    arrivals.take_waiting()

    assert UnknownEvent.objects.count() == 3


def test_shape_of_what_is_no_json_or_bottomless_is_bounded() -> None:
    assert shape_of(b"<html>") == ""
    assert shape_of(b"[" * 100_000) == ""
    assert len(shape_of(json.dumps({f"key-{'x' * n}": {"y" * 39: n} for n in range(35)}).encode())) <= 4_000
    assert json.loads(shape_of(b'{"a":{"b":{"c":{"d":{"e":1}}}}}')) == {"a": {"b": {"c": {"d": "object"}}}}


def test_delivery_that_breaks_its_reader_is_put_aside_and_the_others_go_on(
    webhook: Webhook, network: BroughtNetwork
) -> None:
    def broken(delivery: Delivery) -> None:
        if b"Gift" in delivery.body:
            raise RuntimeError

    network.before_reading = broken
    for word in ("eins", "Gift", "drei"):
        bring(webhook, body(said=[(word, word)]))
    arrivals.take_waiting()

    assert texts() == ["eins", "drei"]
    assert waiting() == 0
    assert PutAside.objects.get().reason == "delivery.RuntimeError"


def test_what_the_network_garbles_is_put_aside_once(webhook: Webhook) -> None:
    bring(webhook, b"{")
    arrivals.take_waiting()

    assert PutAside.objects.get().reason == "event.JSONDecodeError"


def test_delivery_stays_while_the_database_fails(
    webhook: Webhook, network: BroughtNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(webhook, body(said=[("1", "eins")]))

    def away(**_: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "deliver", away)
        with pytest.raises(OperationalError):
            arrivals.take_waiting()
    assert waiting() == 1

    arrivals.take_waiting()
    assert texts() == ["eins"]


def test_a_channel_whose_deliveries_fail_keeps_no_other_waiting(
    webhook: Webhook, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = webhook_keys.make(
        channel_id=channels.connect(network=NAME, name="Anderes", is_live=True, actor=None).pk, actor=administrator
    )
    failing = min(webhook, other, key=lambda one: one.channel_id)
    well = other if failing is webhook else webhook
    bring(failing, body(said=[("1", "eins")]))
    bring(well, body(said=[("2", "zwei")]))

    def some(*, channel: Channel, **more: Any) -> None:
        if channel.pk == failing.channel_id:
            raise OperationalError
        deliver(channel=channel, **more)

    monkeypatch.setattr(arrivals, "deliver", some)
    with pytest.raises(OperationalError):
        arrivals.take_waiting()

    assert (texts(), waiting()) == (["zwei"], 1)


def test_delivery_taken_in_but_not_noted_is_taken_in_again_without_a_trace(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after kill -9 between the two transactions."""
    bring(webhook, body(said=[("1", "eins")]))

    def killed(_rows: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "_empty", killed)
        with pytest.raises(OperationalError):
            arrivals.take_waiting()
    assert (texts(), waiting()) == (["eins"], 1)

    arrivals.take_waiting()
    assert (texts(), waiting()) == (["eins"], 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_one_takes_in_a_channel(webhook: Webhook) -> None:
    bring(webhook, body(said=[("1", "eins")]))
    taken: list[int] = []

    def other() -> None:
        try:
            taken.append(arrivals.take_waiting())
        finally:
            connections.close_all()

    with arrivals._alone(webhook.channel_id) as is_mine:
        assert is_mine
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(20)
    assert taken == [0]
    assert arrivals.take_waiting() == 1


@pytest.mark.django_db(transaction=True)
def test_lock_of_a_dead_connection_is_free(webhook: Webhook) -> None:
    bring(webhook, body(said=[("1", "eins")]))

    def die_holding() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [arrivals._LOCK, webhook.channel_id])
        connections.close_all()  # as the kernel does for a process that was killed

    thread = threading.Thread(target=die_holding)
    thread.start()
    thread.join(20)

    started = clock.monotonic()
    while not arrivals.take_waiting():
        assert clock.monotonic() - started < 10
        clock.sleep(0.05)
    assert texts() == ["eins"]


@pytest.mark.django_db(transaction=True)
def test_thread_beside_the_listeners_takes_in_within_a_second(webhook: Webhook) -> None:
    stopping = threading.Event()
    thread = arrivals.Arrivals(stopping)
    thread.start()
    try:
        bring(webhook, body(said=[("1", "eins")]))
        started = clock.monotonic()
        while not texts():
            assert clock.monotonic() - started < 8
            clock.sleep(0.02)
    finally:
        stopping.set()
        thread.join(10)
    assert not thread.is_alive()


def test_raw_delivery_is_gone_within_seven_days_whatever_became_of_it(webhook: Webhook) -> None:
    came = clock.now()
    bring(webhook, body(said=[("1", "eins")]))

    with clock.moved_to(came + timedelta(days=5)):
        from resonanz.privacy.retention import today  # noqa: PLC0415 - beside its only use

        assert retention.delete_due_arrivals(today(), 10) == 0
    with clock.moved_to(came + timedelta(days=6, hours=23)):
        assert retention.delete_due_arrivals(today(), 10) == 1
    assert Row.objects.count() == 0


def test_shape_of_an_event_that_no_longer_comes_is_forgotten(webhook: Webhook) -> None:
    bring(webhook, b"{}", "voted")
    arrivals.take_waiting()
    known = UnknownEvent.objects.get()

    assert retention.delete_due_shapes(known.delete_on - timedelta(days=1), 10) == 0
    assert retention.delete_due_shapes(known.delete_on, 10) == 1


def test_person_who_is_erased_leaves_what_waits(webhook: Webhook) -> None:
    bring(webhook, body(said=[("1", "von anna")]))
    bring(webhook, body(said=[("2", "von susanna")]))

    erasure.erase_account(Subject(network=NAME, origin="", native_id="a-77", handles=frozenset({"anna"})))

    arrivals.take_waiting()
    assert texts() == ["von susanna"]


def test_removed_channel_takes_its_webhook_and_deliveries_along(webhook: Webhook, administrator: User) -> None:
    bring(webhook, body(said=[("1", "eins")]))
    bring(webhook, b"{}", "voted")
    arrivals.take_waiting()
    bring(webhook, body(said=[("2", "zwei")]))

    remove(channel_id=webhook.channel_id, actor=administrator)

    assert not Row.objects.exists()
    assert not UnknownEvent.objects.exists()
    assert not Webhook.objects.exists()
    assert receive(key=webhook.key, headers={}, body=b"{}") is Received.NOBODY
