"""`resonanz bench broker`: how fast intake is behind a broker, with more and more workers, and what a kill costs."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import click

from resonanz.ops.bench import Figure, json_option, report
from resonanz.ops.benches.intake import run
from resonanz.ops.benches.world import new_database
from resonanz.ops.data_folder import open_data_folder
from resonanz.ops.database.throwaway import throwaway_database

POSTS = 4_000
WORKERS = (1, 2, 4)
LEAST_RATIO = 0.7


@click.command
@json_option
@click.option("--posts", default=POSTS, show_default=True, help="How many posts are taken in each time.")
def broker(*, as_json: bool, posts: int) -> None:
    """Take posts in behind three servers of NATS on this machine: with one, two and four workers, and with kills.

    Sixteen channels bring the posts, in batches of a hundred. First one process takes them in without a broker; a
    worker behind it may be slower by 30 %. Then, while two workers take in, one of them and the server that leads are
    killed: no post may be missing or stored twice. All share the cores of this machine, so more workers than cores show
    little. Needs nats-server.
    """
    with tempfile.TemporaryDirectory(prefix="resonanz-bench-") as data, throwaway_database() as database:
        open_data_folder(Path(data))  # a worker wants one that is ours
        url = new_database(database, "resonanz")
        environment = os.environ | {
            "DATABASE_URL": url, "DATABASE_OWNER_URL": url, "RESONANZ_DATA": data,
            "DJANGO_SETTINGS_MODULE": "resonanz.config.settings", "RESONANZ_LOG_LEVEL": "ERROR",
        }  # fmt: skip
        run([sys.executable, "-m", "resonanz", "migrate"], environment)
        measured = json.loads(
            run([sys.executable, "-m", "resonanz.ops.benches.broker_measuring", str(posts)], environment)
        )
    report("broker", _figures(measured), as_json=as_json)


def _figures(measured: dict[str, float]) -> list[Figure]:
    direct = measured["direct"]
    rates = [measured[f"workers {count}"] for count in WORKERS]
    figures = [
        Figure("taken in by one process, no broker", direct, "posts/s"),
        Figure("handed over by one listener", measured["handed over"], "posts/s", "matched, confirmed by a majority"),
        Figure("taken in by 1 worker", rates[0], "posts/s"),
        Figure("1 worker : no broker", rates[0] / direct, "ratio", "the same posts", LEAST_RATIO),
    ]
    for count, rate in zip(WORKERS[1:], rates[1:], strict=True):
        figures += [
            Figure(f"taken in by {count} workers", rate, "posts/s"),
            Figure(f"{count} workers : 1 worker", rate / rates[0], "ratio", f"{os.cpu_count()} cores for all"),
        ]
    return [
        *figures,
        Figure("with a worker and the leader killed", measured["killed"], "posts/s"),
        Figure("posts lost by that", measured["lost"], "posts", most=0.0),
        Figure("posts stored twice by that", measured["doubled"], "posts", most=0.0),
    ]
