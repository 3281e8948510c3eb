"""`resonanz bench pages`: how fast the pages are with few and with many cases, and what streams and a browser cost."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from resonanz.ops.bench import Figure, in_turns, json_option, ratio, report
from resonanz.ops.benches.browser import first_paints
from resonanz.ops.benches.streams import STREAMS, told_and_held
from resonanz.ops.benches.world import World, new_database, times
from resonanz.ops.database.throwaway import throwaway_database

SMALL, LARGE = 10_000, 100_000
ROUNDS = 40
MOST_RATIO, MOST_QUERIES, MOST_BYTES = 1.3, 12, 250_000


@click.command
@json_option
@click.option("--small", default=SMALL, show_default=True, help="Cases of the small world.")
@click.option("--large", default=LARGE, show_default=True, help="Cases of the large world.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="How often each page is loaded.")
@click.option("--streams", default=STREAMS, show_default=True, help="How many browsers wait for notices.")
def pages(*, as_json: bool, small: int, large: int, rounds: int, streams: int) -> None:
    """Load inbox, case, topic and start page over HTTP, in turns from a small and from a large world.

    The large world may take 1.3 times as long as the small one, no page more than 12 queries. Then so many streams of
    one web process get a notice while the connections they hold are counted, and Chromium, where it and Playwright are
    installed, tells when it first painted the inbox and how much it had to load.
    """
    with tempfile.TemporaryDirectory(prefix="resonanz-bench-") as data, throwaway_database() as database:
        Path(data).chmod(0o700)
        worlds = [World(cases, new_database(database, name), data) for name, cases in
                  (("small", small), ("large", large))]  # fmt: skip
        for world in worlds:
            world.make()
        with worlds[1].serving(processes=1) as process:
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
                *times(f"{name}, {small.cases:,} cases", few),
                *times(f"{name}, {large.cases:,} cases", many),
                Figure(f"{name}, large : small", ratio(many, few), "ratio", "the same page", most=MOST_RATIO),
                Figure(f"{name}, queries", large.queries[large.pages[name]], "queries", most=MOST_QUERIES),
                Figure(f"{name}, bytes", large.get(large.pages[name]), "bytes"),
            ]
    return figures
