"""A database filled with a world of cases, and a web server on it: what the benches of pages ask."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import click
import psycopg

from resonanz.core import clock
from resonanz.ops.bench import Figure
from resonanz.ops.database.embedded import SUPERUSER, EmbeddedDatabase

_START_SECONDS = 60.0


@dataclass
class World:
    """A database with so many cases, and a web server on it."""

    cases: int
    url: str
    data: str
    port: int = field(default_factory=lambda: free_port())
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
        made = self.measure("fill", str(self.cases))
        self.cookie, self.pages = made["cookie"], made["pages"]
        self.queries = self.measure("count", *self.pages.values())

    def measure(self, *arguments: str, module: str = "resonanz.ops.benches.pages_measuring") -> Any:
        """What a measuring module prints, in a process of its own on this database."""
        return json.loads(self.run(module, *arguments))

    def run(self, module: str, *arguments: str) -> str:
        command = [sys.executable, "-m", module, *arguments]
        # What it tells on stderr, how far it is and why it failed, is for whoever waits.
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise click.ClickException(f"{' '.join(command[1:4])} failed")
        return done.stdout

    @contextlib.contextmanager
    def serving(self, *, processes: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
        """The web server, for the time of the block; without `processes` as many as it takes by itself."""
        command = [sys.executable, "-m", "resonanz", "web", "--port", str(self.port)]
        few = {"RESONANZ_WEB_PROCESSES": str(processes)} if processes else {}
        process = subprocess.Popen(command, env=self.environment | few, stdout=subprocess.DEVNULL)
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


def new_database(database: EmbeddedDatabase, name: str) -> str:
    """The address of a new, empty database."""
    with psycopg.connect(database.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return database.url(SUPERUSER, name)


def times(name: str, seconds: Sequence[float], *, most_p95: float | None = None) -> list[Figure]:
    """Median and 95th percentile in milliseconds; `most_p95` is the bound of the latter."""
    ninety_fifth = statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    return [
        Figure(f"{name}, p50", statistics.median(seconds) * 1000, "ms"),
        Figure(f"{name}, p95", ninety_fifth * 1000, "ms", most=most_p95),
    ]


def free_port() -> int:
    """A port nobody listens on at this moment."""
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
