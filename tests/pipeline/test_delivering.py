"""What listeners hand over to the broker, and what intake makes of it: on servers of NATS, in PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from psycopg.conninfo import make_conninfo

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.broker import Broker, BrokerAway, Parcel
from resonanz.duties import calendars
from resonanz.listening.models import Post
from resonanz.networks import registry
from resonanz.networks.connections import webhook_keys
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Author, BadEvent, Batch, Deleted, Media, MediaKind
from resonanz.networks.models import Channel
from resonanz.ops import queues_report
from resonanz.ops.benches.nats_cluster import Cluster, cluster
from resonanz.people.models import Identity
from resonanz.pipeline import arrivals, delivering, parcels
from resonanz.pipeline.delivering import HandingOver
from resonanz.pipeline.intake_worker import work
from resonanz.pipeline.models import Delivery as Row
from resonanz.pipeline.models import PutAside
from resonanz.pipeline.parcels import lane_of
from resonanz.pipeline.polling import poll_once
from resonanz.pipeline.receiving import receive
from resonanz.pipeline.sieve import TopicSieve
from resonanz.privacy import tombstones
from resonanz.privacy.models import TombstoneKind
from resonanz.service.models import Case
from tests.pipeline.events import NETWORK, ORIGIN, posted
from tests.pipeline.test_listeners import Scripted
from tests.pipeline.waiting import eventually
from tests.pipeline.webhook_network import NAME, BroughtNetwork, body, headers

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <function StreamWriter"),  # see tests/core/test_broker.py
]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("nats"), size=1) as running:
        yield running


@pytest.fixture
def broker(servers: Cluster) -> Iterator[Broker]:
    made = Broker(servers.addresses, out_seconds=2.0, patience=10.0)
    made.empty()
    yield made
    made.close()


@pytest.fixture
def channel() -> Channel:
    calendars.ensure_defaults()
    nora = User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.ADMIN, created_at=clock.now())
    return connect(network=NETWORK, name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", actor=nora)


def hand_over(handing_over: HandingOver, channel: Channel, *events: Any, cursor: str | None = None) -> None:
    handing_over.deliver(channel=channel, events=events, cursor=cursor, bad=())


def take_all_in(broker: Broker) -> None:
    """As an intake worker would, until nothing waits any more; fails if that takes longer than half a minute."""
    until = clock.monotonic() + 30

    def stopping() -> bool:
        return not broker.backlog().count or clock.monotonic() > until

    work(broker, stopping)
    assert not broker.backlog().count


def test_what_concerns_us_goes_over_and_is_taken_in_and_the_rest_never_leaves(broker: Broker, channel: Channel) -> None:
    asked = posted("1", "Wann kommt mein Rad?", addressed=True, media=(Media(MediaKind.IMAGE, "https://x.example/1"),))
    hand_over(HandingOver(broker), channel, asked, posted("2", "Schönes Wetter heute"), cursor="after 2")

    before = (broker.backlog().count, Post.objects.count())
    channel.refresh_from_db()
    moved = channel.cursor
    take_all_in(broker)

    assert (before, moved) == ((1, 0), "after 2")
    assert Post.objects.get().native_id == "1"
    assert Case.objects.count() == 1
    assert broker.backlog().count == 0


def test_what_concerns_nobody_costs_the_broker_nothing(broker: Broker, channel: Channel) -> None:
    hand_over(HandingOver(broker), channel, posted("1", "Schönes Wetter heute"), cursor="after 1")

    channel.refresh_from_db()
    assert (broker.backlog().count, channel.cursor) == (0, "after 1")


def test_the_same_batch_twice_is_one_parcel_and_one_post(broker: Broker, channel: Channel) -> None:
    batch = [posted("1", addressed=True), posted("2", addressed=True)]
    hand_over(HandingOver(broker), channel, *batch)
    hand_over(HandingOver(broker), channel, *batch)

    count = broker.backlog().count
    take_all_in(broker)

    assert (count, Post.objects.count(), Case.objects.count()) == (1, 2, 2)


def test_a_deletion_never_overtakes_its_post(broker: Broker, channel: Channel) -> None:
    handing_over = HandingOver(broker)
    for number in range(8):
        native_id = f"p-{number}"
        hand_over(handing_over, channel, posted(native_id, addressed=True))
        gone = Deleted(network=NETWORK, origin=ORIGIN, native_id=native_id, deleted_at=clock.now())
        hand_over(handing_over, channel, gone)
    workers = [_in_thread(broker) for _ in range(3)]

    eventually(lambda: broker.backlog().count == 0)
    for stop in workers:
        stop()

    assert not Post.objects.exists()


def test_an_answer_to_what_is_still_on_its_way_is_not_lost(broker: Broker, channel: Channel) -> None:
    """Nothing in it is for us but that it stands below a question to us, which nobody has taken in yet."""
    handing_over = HandingOver(broker)
    other = Author(native_id="a-2", handle="anke")
    hand_over(handing_over, channel, posted("1", addressed=True))
    hand_over(handing_over, channel, posted("2", "Bei mir auch so", parent_id="1", author=other))
    hand_over(handing_over, channel, posted("3", "Schönes Wetter heute", parent_id="elsewhere", author=other))

    take_all_in(broker)

    assert sorted(Post.objects.values_list("native_id", flat=True)) == ["1", "2"]


def test_after_a_new_start_answers_to_what_was_left_from_before_are_not_lost(broker: Broker, channel: Channel) -> None:
    hand_over(HandingOver(broker), channel, posted("1", addressed=True))
    anew = HandingOver(broker)
    hand_over(anew, channel, posted("2", "Bei mir auch so", parent_id="1"), posted("3", "Schönes Wetter heute"))

    count = broker.backlog().count
    take_all_in(broker)

    assert count == 2
    assert sorted(Post.objects.values_list("native_id", flat=True)) == ["1", "2"]


def known_to(sieve: TopicSieve) -> tuple[set[str], set[str], set[str]]:
    """What of all that is said there a stream would ask about: posts, roots of threads, accounts."""
    return sieve.held({"2", "9"}), sieve.threads({"1", "9"}), sieve.people({"a-1", "a-9"})


def test_what_was_handed_over_counts_as_held_until_it_is(
    broker: Broker, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream that is opened anew remembers nothing of it, and its deletion may come first of all."""
    handing_over = HandingOver(broker)
    monkeypatch.setattr(settings, "STREAM_SERVERS", ["elsewhere"])
    monkeypatch.setattr(delivering, "handing_over", lambda: handing_over)
    sieve = TopicSieve(channel)

    before = known_to(sieve)
    hand_over(handing_over, channel, posted("2", parent_id="1", root_id="1", addressed=True))
    on_its_way = known_to(sieve)
    take_all_in(broker)
    Post.objects.update(author_native_id="erased")
    Identity.objects.update(native_id="erased")
    monkeypatch.setattr(delivering, "_LOOK_SECONDS", 0.0)

    assert before == (set(), set(), set())
    assert on_its_way == ({"2"}, {"1"}, {"a-1"})
    assert known_to(sieve) == ({"2"}, {"1"}, set())


def test_after_a_new_start_deletions_may_concern_what_was_left_from_before(
    broker: Broker, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(HandingOver(broker), channel, posted("2", parent_id="1", root_id="1", addressed=True))
    anew = HandingOver(broker)
    monkeypatch.setattr(settings, "STREAM_SERVERS", ["elsewhere"])
    monkeypatch.setattr(delivering, "handing_over", lambda: anew)

    assert known_to(TopicSieve(channel)) == ({"2", "9"}, set(), {"a-1", "a-9"})


def test_while_the_broker_is_away_any_deletion_may_concern_us(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = HandingOver(Broker(["nats://127.0.0.1:9"], patience=0.2))
    monkeypatch.setattr(settings, "STREAM_SERVERS", ["elsewhere"])
    monkeypatch.setattr(delivering, "handing_over", lambda: away)

    assert known_to(TopicSieve(channel)) == ({"2", "9"}, set(), {"a-1", "a-9"})


def test_who_was_erased_meanwhile_does_not_come_back(broker: Broker, channel: Channel) -> None:
    hand_over(HandingOver(broker), channel, posted("1", addressed=True))
    tombstones.raise_stones(kind=TombstoneKind.ACCOUNT, hashes=[tombstones.account_hash(NETWORK, ORIGIN, "a-1")])

    take_all_in(broker)

    assert not Post.objects.exists()


def test_a_channel_that_was_removed_takes_its_parcels_with_it(broker: Broker, channel: Channel) -> None:
    hand_over(HandingOver(broker), channel, posted("1", addressed=True))
    Channel.objects.filter(pk=channel.pk).delete()

    take_all_in(broker)

    assert not Post.objects.exists()


def test_a_private_word_of_a_colleague_never_leaves_the_listener(
    broker: Broker, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    handing_over = HandingOver(broker)
    hand_over(handing_over, channel, posted("1", addressed=True))
    colleague = Author(native_id="c-1", handle="kollege")
    monkeypatch.setattr("resonanz.people.staff.among", lambda keys: {(NETWORK, ORIGIN, "c-1")} & set(keys))
    hand_over(handing_over, channel, posted("2", "Unter uns: streng geheim", parent_id="1", author=colleague))

    first, second = broker.take(lambda: False), None
    assert first
    first.done()
    second = broker.take(lambda: False)
    assert second

    read = parcels.read(second.data)
    second.done()
    assert (read.posted[0].native_id, read.posted[0].text) == ("2", "")
    assert b"geheim" not in second.data
    assert b"kollege" not in second.data


def test_a_large_batch_goes_in_pieces_and_stays_in_its_order(broker: Broker, channel: Channel) -> None:
    long = [posted(str(number), "Rad " * 10_000, addressed=True) for number in range(60)]
    hand_over(HandingOver(broker), channel, *long, cursor="behind all")

    assert broker.backlog().count > 1
    take_all_in(broker)
    assert Post.objects.count() == 60


def test_bad_deliveries_are_put_aside_at_the_other_end(broker: Broker, channel: Channel) -> None:
    bad = [BadEvent("{oops", "json.broken")]
    HandingOver(broker).deliver(channel=channel, events=[], cursor=None, bad=bad)

    take_all_in(broker)

    assert PutAside.objects.get().raw == "{oops"


def test_a_bad_delivery_that_is_huge_or_no_text_goes_over_as_well(broker: Broker, channel: Channel) -> None:
    bad = [BadEvent("x" * 3_000_000, "line.too_long"), BadEvent("half a letter: \ud83d", "json.broken")]
    HandingOver(broker).deliver(channel=channel, events=[], cursor="behind them", bad=bad)

    take_all_in(broker)

    kept = list(PutAside.objects.order_by("id").values_list("reason", "raw"))
    assert [reason for reason, _ in kept] == ["line.too_long", "json.broken"]
    assert kept[1][1].startswith("half a letter")


def test_a_parcel_of_a_later_version_waits_and_others_go_on(broker: Broker, channel: Channel) -> None:
    strange = Parcel(lane=lane_of(channel.pk + 1), key="strange", data=b'{"channel": "9"}')
    broker.send([strange])
    hand_over(HandingOver(broker), channel, posted("1", addressed=True))

    stop = _in_thread(broker)
    eventually(Post.objects.exists)
    stop()

    assert broker.backlog().count == 1


def test_a_parcel_that_cannot_be_taken_in_is_put_aside_after_ten_times(
    broker: Broker, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("resonanz.pipeline.intake_worker.take_in", fails)
    monkeypatch.setattr("resonanz.pipeline.intake_worker._AFTER_FAULT_SECONDS", 0.05)
    hand_over(HandingOver(broker), channel, posted("1", addressed=True))

    take_all_in(broker)

    channel.refresh_from_db()
    assert channel.failure_code == "channel.take_in_failed"
    assert PutAside.objects.get().reason == "event.intake_failed"


def test_while_the_database_is_away_a_parcel_waits_and_is_not_put_aside(
    broker: Broker, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resonanz.pipeline.intake_worker._AFTER_FAULT_SECONDS", 0.02)
    hand_over(HandingOver(broker), channel, posted("1", addressed=True))
    with monkeypatch.context() as away:  # whoever connects from now on
        away.setitem(connection.settings_dict, "PORT", "1")
        stop = _in_thread(broker)
        clock.sleep(4.0)  # time for far more than ten attempts

    eventually(lambda: broker.backlog().count == 0)
    stop()

    assert (Post.objects.count(), PutAside.objects.count()) == (1, 0)


def test_while_the_broker_is_away_the_cursor_stays_and_the_channel_says_so(
    broker: Broker, channel: Channel, servers: Cluster, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = Scripted()
    scripted.polled = [Batch((posted("1", addressed=True),), "after 1")]
    monkeypatch.setitem(registry._BY_NAME, "scripted", scripted)
    Channel.objects.filter(pk=channel.pk).update(network="scripted")
    settings.STREAM_SERVERS = servers.addresses
    impatient = Broker(servers.addresses, patience=0.5)
    handing_over = HandingOver(impatient)
    monkeypatch.setattr(delivering, "handing_over", lambda: handing_over)
    servers.kill(0)

    away = poll_once(channel.pk)
    channel.refresh_from_db()
    failed = (channel.cursor, channel.failure_code)
    servers.start(0)
    eventually(lambda: poll_once(channel.pk).well)
    channel.refresh_from_db()
    impatient.close()

    assert not away.well
    assert failed == ("", "broker.away")
    assert (channel.cursor, channel.failure_code) == ("after 1", "")
    assert broker.backlog().count == 1


def test_what_webhooks_bring_goes_over_too_and_waits_while_the_broker_is_away(
    broker: Broker, channel: Channel, servers: Cluster, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._BY_NAME, NAME, BroughtNetwork())
    forum = connect(network=NAME, name="Forum", is_live=True, actor=None)
    webhook = webhook_keys.make(channel_id=forum.pk, actor=User.objects.get())
    sent = body(said=[("1", "Wann kommt mein Rad?")])
    assert receive(key=webhook.key, headers=headers(webhook_keys.keys_of(webhook).secret, sent), body=sent)
    settings.STREAM_SERVERS = servers.addresses
    away, there = HandingOver(Broker(["nats://127.0.0.1:1"], patience=0.2)), HandingOver(broker)

    monkeypatch.setattr(delivering, "handing_over", lambda: away)
    with pytest.raises(BrokerAway):
        arrivals.take_waiting()
    kept = Row.objects.filter(taken_at__isnull=True).count()
    monkeypatch.setattr(delivering, "handing_over", lambda: there)
    arrivals.take_waiting()
    handed_over = (Row.objects.filter(taken_at__isnull=True).count(), broker.backlog().count, Post.objects.count())
    take_all_in(broker)
    away._broker.close()

    assert kept == 1
    assert handed_over == (0, 1, 0)
    assert Post.objects.get().text == "Wann kommt mein Rad?"
    assert not PutAside.objects.exists()


def test_status_tells_what_waits_too_long_and_that_nobody_answers(
    broker: Broker, channel: Channel, servers: Cluster, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STREAM_SERVERS = servers.addresses
    hand_over(HandingOver(broker), channel, posted("1", addressed=True))
    at_once = list(queues_report.stuck())
    monkeypatch.setattr(queues_report, "WAITING_TOO_LONG", timedelta(0))
    monkeypatch.setattr(queues_report, "_PATIENCE_SECONDS", 0.2)
    later = list(queues_report.stuck())
    settings.STREAM_SERVERS = ["nats://127.0.0.1:1"]

    assert at_once == []
    assert [(one.what, one.count) for one in later] == [("parcels between listening and intake", 1)]
    assert [one.what for one in queues_report.stuck()] == ["the broker does not answer"]


def test_a_worker_that_is_killed_while_it_takes_in_loses_and_doubles_nothing(
    broker: Broker, channel: Channel, servers: Cluster, tmp_path: Path
) -> None:
    handing_over, many = HandingOver(broker), 400
    for start in range(0, many, 10):
        batch = [posted(f"k-{number}", "Wo bleibt mein Rad?", addressed=True) for number in range(start, start + 10)]
        hand_over(handing_over, channel, *batch)
    environment = _environment(servers, tmp_path / "data")

    for _ in range(2):
        first = subprocess.Popen([sys.executable, "-m", "resonanz", "intake"], env=environment)
        seen = Post.objects.count()
        eventually(lambda seen=seen: Post.objects.count() > seen, 60)  # type: ignore[misc]
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    assert 0 < Post.objects.count() < many
    last = subprocess.Popen([sys.executable, "-m", "resonanz", "intake"], env=environment)
    eventually(lambda: broker.backlog().count == 0, 120)
    last.terminate()

    assert last.wait(10) == 0
    assert Post.objects.count() == Case.objects.count() == many


def _in_thread(broker: Broker) -> Callable[[], None]:
    """A worker of its own with a connection of its own; what is returned stops it."""
    stopping = threading.Event()
    other = Broker(broker._servers, out_seconds=2.0)

    def run() -> None:
        try:
            work(other, stopping.is_set)
        finally:
            other.close()
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()

    def stop() -> None:
        stopping.set()
        thread.join(20)
        assert not thread.is_alive()

    return stop


def _environment(servers: Cluster, data: Path) -> dict[str, str]:
    """That of this test, with its own database."""
    database = str(connection.settings_dict["NAME"])
    url = make_conninfo(os.environ["TEST_DATABASE_URL"], dbname=database)
    streams = ",".join(servers.addresses)
    return {**os.environ, "DATABASE_URL": url, "RESONANZ_STREAM": streams, "RESONANZ_DATA": str(data)}
