"""The broker, on three servers of NATS."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest
from nats.js import JetStreamContext
from nats.js.errors import BadRequestError

from resonanz.core import clock
from resonanz.core.broker import LANES, Broker, BrokerAway, Parcel
from resonanz.ops.benches.nats_cluster import Cluster, cluster

# The client leaves the writers of connections that a killed server lost to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <function StreamWriter")


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("nats")) as running:
        yield running


@pytest.fixture
def broker(servers: Cluster, request: pytest.FixtureRequest) -> Iterator[Broker]:
    made = Broker(servers.addresses, name=str(abs(hash(request.node.name))), out_seconds=2.0, patience=30.0)
    yield made
    made.close()


def parcel(number: int, lane: int = 3) -> Parcel:
    return Parcel(lane=lane, key=f"key-{number}", data=f"{number}".encode())


def never() -> bool:
    return False


def within(seconds: float) -> Callable[[], bool]:
    """A `stopping` that gives up after a while."""
    until = clock.monotonic() + seconds
    return lambda: clock.monotonic() > until


def taken(broker: Broker, seconds: float = 1.5) -> list[bytes]:
    """All that comes until nothing has come for so long."""
    found = []
    while arrived := broker.take(within(seconds)):
        found.append(arrived.data)
        arrived.done()
    return found


def test_what_is_left_is_taken_in_its_order_and_then_gone(broker: Broker) -> None:
    last = broker.send([parcel(number) for number in range(20)])

    before, oldest = broker.backlog(), broker.oldest()
    found = taken(broker)

    assert found == [b"%d" % number for number in range(20)]
    assert (before.count, before.first, before.last) == (20, 1, last)
    assert broker.backlog().count == 0
    assert oldest is not None
    assert abs((clock.now() - oldest).total_seconds()) < 60
    assert broker.oldest() is None


def test_what_is_sent_twice_lies_there_once(broker: Broker) -> None:
    broker.send([parcel(1), parcel(2)])
    broker.send([parcel(2), parcel(1), parcel(3)])

    assert taken(broker) == [b"1", b"2", b"3"]


def test_a_lane_gives_out_one_at_a_time_and_other_lanes_go_on(broker: Broker) -> None:
    broker.send([parcel(1, lane=1), parcel(2, lane=1), parcel(3, lane=LANES - 1)])
    first, second = broker.take(never), broker.take(never)
    assert first is not None
    assert second is not None

    nothing = broker.take(within(0.5))
    first.done()
    third = broker.take(never)
    assert third is not None
    third.done()
    second.done()

    assert {first.data, second.data} == {b"1", b"3"}
    assert nothing is None
    assert third.data == b"2"


def test_who_dies_leaves_it_to_the_next_and_who_works_long_keeps_it(broker: Broker, servers: Cluster) -> None:
    broker.send([parcel(1), parcel(2)])
    dying = Broker(servers.addresses, name=broker._name, out_seconds=2.0)
    held = dying.take(never)
    dying.close()  # as if its process had died: nobody says anything more of the parcel

    again = broker.take(never)
    assert again is not None
    assert held is not None
    clock.sleep(3.0)  # longer than it may be out without a sign of life
    other = Broker(servers.addresses, name=broker._name, out_seconds=2.0)
    meanwhile = other.take(within(0.5))
    other.close()
    again.done()

    assert (held.data, again.data, again.tries) == (b"1", b"1", 2)
    assert meanwhile is None
    assert taken(broker) == [b"2"]


def test_who_names_more_servers_later_has_copies_on_them(servers: Cluster) -> None:
    name = "grown"
    alone = Broker(servers.addresses[:1], name=name)
    alone.send([parcel(1)])
    alone.close()

    together = Broker(servers.addresses, name=name, patience=30.0)
    found = taken(together, 1.0)
    copies = servers.copies(name)
    together.close()

    assert found == [b"1"]
    assert copies == 3


def test_later_means_later_and_the_lane_waits_with_it(broker: Broker) -> None:
    broker.send([parcel(1), parcel(2)])
    first = broker.take(never)
    assert first is not None

    first.later(1.0)
    begun = clock.monotonic()
    found = taken(broker, 2.0)

    assert found == [b"1", b"2"]
    assert clock.monotonic() - begun > 1.0


def test_the_loss_of_any_server_loses_and_doubles_nothing(broker: Broker, servers: Cluster) -> None:
    many = 300
    sending = threading.Thread(target=lambda: [broker.send([parcel(number, number % LANES)]) for number in range(many)])
    sending.start()
    for number in range(3):  # the leader among them
        clock.sleep(0.3)
        servers.kill(number)
        clock.sleep(1.5)
        servers.start(number)
        clock.sleep(1.5)
    sending.join(120)

    found = taken(broker, 4.0)

    assert not sending.is_alive()
    assert sorted(found, key=int) == [b"%d" % number for number in range(many)]


def test_without_a_majority_nothing_is_promised_and_afterwards_all_goes_on(broker: Broker, servers: Cluster) -> None:
    broker.send([parcel(1)])
    servers.kill(0)
    servers.kill(1)
    impatient = Broker(servers.addresses, name=broker._name, patience=2.0)
    with pytest.raises(BrokerAway):
        impatient.send([parcel(2)])
    impatient.close()

    servers.start(0)
    servers.start(1)
    broker.send([parcel(2), parcel(3)])

    assert taken(broker, 4.0) == [b"1", b"2", b"3"]


@pytest.mark.parametrize(("err_code", "is_sent"), [(10005, True), (10058, False)])
def test_only_servers_that_have_not_found_each_other_yet_are_asked_again(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, err_code: int, is_sent: bool
) -> None:
    prepare, refused = Broker._prepare, list[int]()

    async def refuse_once(self: Broker, js: JetStreamContext) -> None:
        if not refused:  # three servers that just started say so for a moment; it cannot be had at will
            refused.append(err_code)
            raise BadRequestError(code=400, err_code=err_code, description="no suitable peers for placement")
        await prepare(self, js)

    monkeypatch.setattr(Broker, "_prepare", refuse_once)

    with nullcontext() if is_sent else pytest.raises(BrokerAway):
        broker.send([parcel(1)])
    assert taken(broker) == [b"1"] * is_sent


def test_nobody_there_at_all_is_said_in_time() -> None:
    alone = Broker(["nats://resonanz:geheim@127.0.0.1:1"], patience=1.0)
    begun = clock.monotonic()
    with pytest.raises(BrokerAway) as raised:
        alone.backlog()
    alone.close()

    assert clock.monotonic() - begun < 10
    assert "geheim" not in str(raised.value)
