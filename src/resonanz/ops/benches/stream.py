"""`resonanz bench stream`: how much of a whole network's stream is read, matched and dropped on one core of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg

from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.ops.bench import Figure, json_option, report
from resonanz.ops.benches.intake import run
from resonanz.ops.database.embedded import SUPERUSER
from resonanz.ops.database.throwaway import throwaway_database

EVENTS, TOPICS = 200_000, 10_000
GOAL_PER_SECOND = 10_000.0
GOAL_SHARE = 0.5


@click.command
@json_option
@click.option("--events", default=EVENTS, show_default=True, help="How many events are replayed.")
@click.option("--topics", default=TOPICS, show_default=True, help="How many topics.")
@click.option("--rounds", default=5, show_default=True, help="How often reading and dropping are timed.")
def stream(*, as_json: bool, events: int, topics: int, rounds: int) -> None:
    """Replay a Jetstream from a process beside, on the loopback: read it, match it against topics, drop it.

    Compared with the same websocket and the same parser alone, in turns, on one core. Then once more with one post in a
    hundred that touches a topic, which is completed by an app view and taken in as in operation.
    """
    with (
        tempfile.TemporaryDirectory(prefix="resonanz-bench-") as data,
        throwaway_database() as database,
        _replaying(events) as ports,
    ):
        environment = os.environ | {
            "DATABASE_URL": database.url(SUPERUSER),
            "DATABASE_OWNER_URL": database.url(SUPERUSER),
            "RESONANZ_DATA": data,
            "DJANGO_SETTINGS_MODULE": "resonanz.config.settings",
            "RESONANZ_LOG_LEVEL": "WARNING",
            ALLOWED_VARIABLE: ",".join(f"127.0.0.1:{port}" for port in ports),
        }
        Path(data).chmod(0o700)
        with psycopg.connect(database.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE resonanz")
        run([sys.executable, "-m", "resonanz", "migrate"], environment)
        arguments = [str(number) for number in (events, topics, rounds, *ports)]
        measured = json.loads(
            run([sys.executable, "-m", "resonanz.ops.benches.stream_measuring", *arguments], environment)
        )
    report("stream", _figures(measured, topics), as_json=as_json)


@contextmanager
def _replaying(events: int) -> Iterator[list[int]]:
    """The ports of a Jetstream server and an app view, as long as the block runs."""
    command = [sys.executable, "-m", "resonanz.ops.benches.stream_replaying", str(events)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


def _figures(measured: dict[str, float], topics: int) -> list[Figure]:
    goal = GOAL_PER_SECOND / measured["slower"]
    compared = f"{GOAL_PER_SECOND:,.0f} on the reference machine"
    return [
        Figure(f"read, matched against {topics:,} topics, dropped", measured["dropped_per_second"], "events/s",
               compared, goal),
        Figure("websocket and parser alone", measured["bare_per_second"], "events/s"),
        Figure("dropped, as a share of them alone", measured["share_of_bare"], "ratio", "the same websocket, parser",
               GOAL_SHARE),
        Figure("with one in a hundred taken in", measured["taken_per_second"], "events/s", compared, goal),
        Figure("posts taken in", measured["stored"], "posts"),
        Figure("this machine now", measured["slower"], "times slower", "the reference machine"),
    ]  # fmt: skip
