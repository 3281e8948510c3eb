"""What `resonanz bench stream` runs in a process of its own, on a database of its own: prints one JSON object."""

from __future__ import annotations

import json
import os
import statistics
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
django.setup()

from resonanz.accounts.sign_in_links import first_administrator  # noqa: E402 (models need the setup above)
from resonanz.core import clock  # noqa: E402
from resonanz.core.http_streams import websocket_bursts  # noqa: E402
from resonanz.listening import topics  # noqa: E402
from resonanz.listening.models import Post, Topic  # noqa: E402
from resonanz.networks import registry  # noqa: E402
from resonanz.networks.bluesky import BlueskyNetwork, jetstream, jetstream_events  # noqa: E402
from resonanz.networks.connections.channels import account_of, connect  # noqa: E402
from resonanz.networks.models import Channel  # noqa: E402
from resonanz.networks.streams import Listening, Streams  # noqa: E402
from resonanz.ops.bench import REFERENCE_SECONDS, calibration_seconds, pin_to_one_core  # noqa: E402
from resonanz.ops.benches.stream_replaying import DID, HANDLE, PASSWORD  # noqa: E402
from resonanz.ops.benches.stream_world import StreamWorld  # noqa: E402
from resonanz.pipeline.sieve import TopicSieve  # noqa: E402
from resonanz.pipeline.streaming import Follower  # noqa: E402

_TAKERS = 4
_LATEST = 10**18


def main(events: int, count_of_topics: int, rounds: int, stream_port: int, view_port: int) -> None:
    """Measure and print."""
    pin_to_one_core()
    channel = _prepare(count_of_topics, stream_port, view_port)
    sieve = TopicSieve(channel)
    sieve.renew()
    _read(f"ws://127.0.0.1:{stream_port}/none/subscribe")
    bare, dropped, slower = [], [], []
    for _ in range(rounds):
        slower.append(calibration_seconds() / REFERENCE_SECONDS)
        bare.append(_seconds(lambda: _read(f"ws://127.0.0.1:{stream_port}/none/subscribe")))
        dropped.append(_seconds(lambda: _drop(channel, sieve)))
    taken, stored = _take(channel, stream_port, events)
    slower.append(calibration_seconds() / REFERENCE_SECONDS)
    found = {
        "bare_per_second": events / statistics.median(bare),
        "dropped_per_second": events / statistics.median(dropped),
        "share_of_bare": statistics.median(one / other for one, other in zip(bare, dropped, strict=True)),
        "taken_per_second": events / taken,
        "stored": float(stored),
        "slower": statistics.median(slower),
    }
    sys.stdout.write(json.dumps(found))


def _prepare(count: int, stream_port: int, view_port: int) -> Channel:
    administrator = first_administrator()
    now = clock.now()
    queries = StreamWorld().topics(count)
    Topic.objects.bulk_create(
        Topic(name=f"Topic {number}", query=query, opens_cases=False, created_at=now, changed_at=now)
        for number, query in enumerate(queries)
    )
    topics.compiled()
    return connect(
        network=BlueskyNetwork.name,
        name="Bench",
        address=f"http://127.0.0.1:{view_port}",
        origin="at://",
        handle=HANDLE,
        native_id=DID,
        secret=PASSWORD,
        settings={jetstream.OPTION: "all", jetstream.SERVER_OPTION: f"ws://127.0.0.1:{stream_port}/none"},
        actor=administrator,
    )


def _read(url: str) -> None:
    """The same websocket and the same parser, and nothing else."""
    with closing(websocket_bursts(url, bounds=jetstream.BOUNDS)) as bursts:
        for burst in bursts:
            jetstream_events.read(burst or (), latest=_LATEST)


def _drop(channel: Channel, sieve: TopicSieve) -> None:
    network = BlueskyNetwork()
    found = [
        event
        for batch in network.stream(account_of(channel), Listening(lambda: False, sieve=sieve))
        for event in batch.events
    ]
    if found:
        raise SystemExit(f"{len(found)} events were not dropped")


def _take(channel: Channel, stream_port: int, events: int) -> tuple[float, int]:
    """The way as in operation, with the posts of the topics stored; until the last of them is."""
    channel.settings = {**channel.settings, jetstream.SERVER_OPTION: f"ws://127.0.0.1:{stream_port}/some"}
    channel.save(update_fields=["settings"])
    connector: Streams = registry.connector(channel.network)  # type: ignore[assignment] # it streams
    wanted = events // 100
    with ThreadPoolExecutor(_TAKERS) as takers:
        follower = Follower(channel_id=channel.pk, connector=connector, takers=takers, turn=threading.Lock())
        started = clock.monotonic()
        follower.start()
        while Post.objects.count() < wanted and clock.monotonic() - started < 120:
            clock.sleep(0.05)
        seconds = clock.monotonic() - started
        follower.end()
        follower.join(10)
    return seconds, Post.objects.count()


def _seconds(work: Callable[[], None]) -> float:
    started = clock.monotonic()
    work()
    return clock.monotonic() - started


if __name__ == "__main__":
    main(*map(int, sys.argv[1:6]))
