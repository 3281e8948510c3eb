"""`resonanz bench pages`: how fast the pages are with few and with many cases, and what streams and a browser cost."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import psycopg

from resonanz.core import clock
from resonanz.ops.bench import Figure, in_turns, json_option, ratio, report
from resonanz.ops.bench_browser import first_paints
from resonanz.ops.bench_streams import STREAMS, told_and_held
from resonanz.ops.database import SUPERUSER, EmbeddedDatabase
from resonanz.ops.throwaway import throwaway_database

SMALL, LARGE = 10_000, 100_000
ROUNDS = 40
MOST_RATIO, MOST_QUERIES, MOST_BYTES = 1.3, 12, 250_000
_START_SECONDS = 60.0


@dataclass
class World:
    """A database with so many cases, and a web server on it."""

    cases: int
    url: str
    data: str
    port: int = field(default_factory=lambda: _free_port())
    cookie: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": self.url,
            "DATABASE_OWNER_URL": self.url,
            "RESONANZ_DATA": self.data,
            "RESONANZ_BASE_URL": f"http://localhost:{self.port}",
            "DJANGO_SETTINGS_MODULE": "resonanz.config.settings",
            "RESONANZ_LOG_LEVEL": "ERROR",
            "BENCH_SESSION": self.cookie,
        }

    def make(self) -> None:
        """Fill the database and count the queries of each page."""
        self.run("resonanz", "migrate")
        made = json.loads(self.run("resonanz.ops.pages_measuring", "fill", str(self.cases)))
        self.cookie, self.pages = made["cookie"], made["pages"]
        self.queries = json.loads(self.run("resonanz.ops.pages_measuring", "count", *self.pages.values()))

    def run(self, module: str, *arguments: str) -> str:
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise click.ClickException(f"{' '.join(command[1:4])} failed: {done.stderr.strip()[-2000:]}")
        return done.stdout

    @contextlib.contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """The web server, for the time of the block."""
        command = [sys.executable, "-m", "resonanz", "web", "--port", str(self.port)]
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)
        try:
            _wait_until_answering(self.port)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)

    def get(self, path: str) -> int:
        """Load a page as its reader does; its size in bytes."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Cookie": f"sessionid={self.cookie}", "Accept-Language": "de"})
            answer = connection.getresponse()
            body = answer.read()
        if answer.status != 200:
            raise click.ClickException(f"{path} answers {answer.status}")
        return len(body)


@click.command
@json_option
@click.option("--small", default=SMALL, show_default=True, help="Cases of the small world.")
@click.option("--large", default=LARGE, show_default=True, help="Cases of the large world.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="How often each page is loaded.")
@click.option("--streams", default=STREAMS, show_default=True, help="How many browsers wait for notices.")
def pages(*, as_json: bool, small: int, large: int, rounds: int, streams: int) -> None:
    """Load inbox, case, topic and start page over HTTP, in turns from a small and from a large world.

    The large world may take 1.3 times as long as the small one, no page more than 12 queries. Then so many streams get
    a notice while the connections they hold are counted, and Chromium, where it and Playwright are installed, tells
    when it first painted the inbox and how much it had to load.
    """
    with tempfile.TemporaryDirectory(prefix="resonanz-bench-") as data, throwaway_database() as database:
        Path(data).chmod(0o700)
        worlds = [World(cases, _new_database(database, name), data) for name, cases in
                  (("small", small), ("large", large))]  # fmt: skip
        for world in worlds:
            world.make()
        with worlds[1].serving() as process:
            figures = told_and_held(worlds[1].port, worlds[1].cookie, worlds[1].url, process.pid, streams)
        figures[0:0] = _pages(worlds, rounds)
        with worlds[1].serving():
            figures += first_paints(worlds[1].port, worlds[1].cookie, worlds[1].pages["inbox"], most=MOST_BYTES)
    report("pages", figures, as_json=as_json)


def _pages(worlds: list[World], rounds: int) -> list[Figure]:
    small, large = worlds
    figures = []
    with small.serving(), large.serving():
        for name in small.pages:
            few, many = in_turns(
                lambda _round, name=name: small.get(small.pages[name]),  # type: ignore[misc]
                lambda _round, name=name: large.get(large.pages[name]),  # type: ignore[misc]
                rounds=range(rounds),
            )
            figures += [
                *_times(f"{name}, {small.cases:,} cases", few),
                *_times(f"{name}, {large.cases:,} cases", many),
                Figure(f"{name}, large : small", ratio(many, few), "ratio", "the same page", most=MOST_RATIO),
                Figure(f"{name}, queries", large.queries[large.pages[name]], "queries", most=MOST_QUERIES),
                Figure(f"{name}, bytes", large.get(large.pages[name]), "bytes"),
            ]
    return figures


def _times(name: str, seconds: list[float]) -> list[Figure]:
    ninety_fifth = statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    return [
        Figure(f"{name}, p50", statistics.median(seconds) * 1000, "ms"),
        Figure(f"{name}, p95", ninety_fifth * 1000, "ms"),
    ]


def _new_database(database: EmbeddedDatabase, name: str) -> str:
    with psycopg.connect(database.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return database.url(SUPERUSER, name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_answering(port: int) -> None:
    deadline = clock.monotonic() + _START_SECONDS
    while True:
        connection = http.client.HTTPConnection("localhost", port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/accounts/login/")
            if connection.getresponse().status == 200:
                return
        if clock.monotonic() > deadline:
            raise click.ClickException("the web server does not answer")
        clock.sleep(0.1)
