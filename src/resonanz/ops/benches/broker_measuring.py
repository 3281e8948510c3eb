"""What `resonanz bench broker` runs in a process of its own, on a database of its own: prints one JSON object."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
django.setup()

from resonanz.accounts.sign_in_links import first_administrator  # noqa: E402 (models need the setup above)
from resonanz.core import clock  # noqa: E402
from resonanz.core.broker import LANES, Broker  # noqa: E402
from resonanz.listening.models import Post  # noqa: E402
from resonanz.listening.topics import compiled  # noqa: E402
from resonanz.networks.connections.channels import connect  # noqa: E402
from resonanz.networks.contract import Posted  # noqa: E402
from resonanz.networks.models import Channel  # noqa: E402
from resonanz.ops.benches.intake_measuring import empty, post, prepare, vocabulary  # noqa: E402
from resonanz.ops.benches.nats_cluster import Cluster, cluster  # noqa: E402
from resonanz.pipeline import hearing  # noqa: E402
from resonanz.pipeline.delivering import HandingOver  # noqa: E402
from resonanz.pipeline.take_in import take_in  # noqa: E402

BATCH = 100
WORKERS = (1, 2, 4)
_MOST_SECONDS = 600.0
_WARM = 0.1  # of the posts, which are in before the time is taken: workers start, and load their models
_OUT_SECONDS = 5.0
Batches = Sequence[tuple[Channel, list[Posted]]]


def main(count: int) -> None:
    """Measure and print."""
    world = _World(count)
    found = {"direct": world.direct()}
    with tempfile.TemporaryDirectory(prefix="resonanz-nats-") as folder, cluster(Path(folder)) as servers:
        broker = Broker(servers.addresses, out_seconds=_OUT_SECONDS, patience=60.0)
        for workers in WORKERS:
            found["handed over"] = count / world.handed_over(broker)
            found[f"workers {workers}"] = _rate(broker, workers, servers)
        world.handed_over(broker)
        found |= _with_kills(broker, world.concerning(), servers)
        broker.close()
    sys.stdout.write(json.dumps(found))


class _World:
    """Channels, topics, and as many posts as are wanted, others each time: a broker keeps the same but once."""

    def __init__(self, count: int) -> None:
        self._count, self._chance = count, random.Random(13)  # noqa: S311 - the same posts in every run
        self._words = vocabulary(self._chance)
        self._channels = [prepare(self._chance, self._words), *_more_channels()]
        self._made = 0
        self._batches: Batches = ()

    def direct(self) -> float:
        """Posts a second that this process takes in by itself."""
        self._renew()
        take_in(channel=self._channels[0], events=self._batches[0][1])  # models and holidays are loaded once
        empty()
        started = clock.monotonic()
        for channel, said in self._batches:
            take_in(channel=channel, events=said)
        return self._count / (clock.monotonic() - started)

    def handed_over(self, broker: Broker) -> float:
        """Seconds to hand over other posts, on an empty database and an empty broker."""
        self._renew()
        empty()
        broker.empty()
        handing_over = HandingOver(broker)
        started = clock.monotonic()
        for channel, said in self._batches:
            handing_over.deliver(channel=channel, events=said, cursor=None, bad=())
        return clock.monotonic() - started

    def concerning(self) -> int:
        """How many of the posts that were handed over last concern us."""
        return sum(len(hearing.listen(channel, said, compiled())) for channel, said in self._batches)

    def _renew(self) -> None:
        numbers = range(self._made, self._made + self._count)
        self._made += self._count
        said = [post(number, self._chance, self._words) for number in numbers]
        starts = range(0, self._count, BATCH)
        self._batches = [(self._channels[start // BATCH % LANES], said[start : start + BATCH]) for start in starts]


def _more_channels() -> list[Channel]:
    """One for each of the other lanes."""
    administrator = first_administrator()
    return [
        connect(network="memory", name=f"Bench {lane}", handle=f"ours-{lane}", native_id=f"ours-{lane}",
                actor=administrator)
        for lane in range(1, LANES)
    ]  # fmt: skip


def _rate(broker: Broker, workers: int, servers: Cluster) -> float:
    """Posts a second, from a tenth of the parcels to the last."""
    processes = [_worker(servers) for _ in range(workers)]
    rate = _watched(broker, processes, lambda: None)
    _end(processes)
    return rate


def _watched(broker: Broker, processes: list[subprocess.Popen[bytes]], half_way: Callable[[], None]) -> float:
    """Posts a second until nothing waits; what happens `half_way` is part of it."""
    parcels = broker.backlog().count
    _wait_until(lambda: broker.backlog().count <= parcels * (1 - _WARM), processes)
    begun, started = Post.objects.count(), clock.monotonic()
    _wait_until(lambda: broker.backlog().count <= parcels / 2, processes)
    half_way()
    _wait_until(lambda: broker.backlog().count == 0, processes)
    return (Post.objects.count() - begun) / (clock.monotonic() - started)


def _with_kills(broker: Broker, expected: int, servers: Cluster) -> dict[str, float]:
    processes = [_worker(servers), _worker(servers)]

    def kill() -> None:
        processes[0].kill()
        processes[0] = _worker(servers)
        leader = servers.leader()
        servers.kill(leader)
        servers.start(leader)

    rate = _watched(broker, processes, kill)
    _end(processes)
    stored = Post.objects.count()
    distinct = Post.objects.values("network", "origin", "native_id").distinct().count()
    return {"killed": rate, "lost": float(expected - distinct), "doubled": float(stored - distinct)}


def _worker(servers: Cluster) -> subprocess.Popen[bytes]:
    environment = os.environ | {"RESONANZ_STREAM": ",".join(servers.addresses), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-m", "resonanz", "intake"], env=environment)


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(30)


def _wait_until(is_so: Callable[[], bool], processes: Sequence[subprocess.Popen[bytes]]) -> None:
    until = clock.monotonic() + _MOST_SECONDS
    while not is_so():
        if clock.monotonic() > until or any(process.poll() is not None for process in processes):
            raise SystemExit("the posts did not arrive in time, or a worker ended")
        clock.sleep(0.1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
