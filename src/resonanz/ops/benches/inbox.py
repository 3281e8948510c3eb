"""`resonanz bench inbox`: fifty people at work in a small and in a very large inbox."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import click

from resonanz.ops.bench import Figure, calibrated, json_option, ratio, report
from resonanz.ops.benches.inbox_driving import Work, work_for
from resonanz.ops.benches.world import World, new_database, times
from resonanz.ops.database.throwaway import throwaway_database

SMALL, LARGE = 10_000, 1_000_000
PEOPLE, SECONDS, TURNS = 50, 180, 4
ROUNDS = 60
MOST_PAGE_MS, MOST_JUDGE_MS = 150.0, 20.0
MOST_RATIOS = {"page": 1.5, "case": 1.5, "open": 1.5, "claim": 1.5, "search": 3.0, "reply": None}
MOST_OVER_BARE = 1.5


@click.command
@json_option
@click.option("--small", default=SMALL, show_default=True, help="Cases of the small world.")
@click.option("--large", default=LARGE, show_default=True, help="Cases of the large world.")
@click.option("--people", default=PEOPLE, show_default=True, help="How many work at the same time.")
@click.option("--seconds", default=SECONDS, show_default=True, help="How long they work in each world.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="How many searches and drafts are timed alone.")
def inbox(*, as_json: bool, small: int, large: int, people: int, seconds: int, rounds: int) -> None:
    """Let people work in a small and in a large world, in turns, and compare what they waited for.

    Each has an open stream and thinks for 5 to 15 seconds between two acts: a list, a case opened from it, a case as a
    page of its own, a search of two words, a claim, a reply. The large world may take 1.5 times as long as the small
    one, a search 3 times. Then a search is compared with the bare queries it consists of, and the ruling with all
    checks on a draft is timed. Filling the large world takes some minutes.
    """
    with tempfile.TemporaryDirectory(prefix="resonanz-bench-") as data, throwaway_database() as database:
        Path(data).chmod(0o700)
        worlds = [World(cases, new_database(database, name), data) for name, cases in
                  (("small", small), ("large", large))]  # fmt: skip
        works = [_filled(world, people) for world in worlds]
        slower = [_slower()]
        with worlds[0].serving(), worlds[1].serving():
            for turn in range(TURNS):
                for world, work in zip(worlds, works, strict=True):
                    _tell(f"turn {turn + 1} of {TURNS}: {people} people at work in {world.cases:,} cases")
                    work_for(work, seconds=seconds / TURNS, seed=turn)
                    slower.append(_slower())
        _tell("search, ruling and checks alone")
        figures = [
            figure for name, most in MOST_RATIOS.items()
            for figure in _compared(name, worlds, works, most, statistics.median(slower))
        ]  # fmt: skip
        figures += _looked_up(works, worlds)
        before = _slower()
        alone = worlds[1].measure("compare", str(rounds), module="resonanz.ops.benches.inbox_measuring")
        figures += _alone(alone, (before + _slower()) / 2)
    report("inbox", figures, as_json=as_json)


def _filled(world: World, people: int) -> Work:
    _tell(f"a world of {world.cases:,} cases")
    world.make()
    made = world.measure("people", str(people), module="resonanz.ops.benches.inbox_measuring")
    cases = [(case_id, post_id) for case_id, post_id in made["work"]]
    return Work(world.port, made["cookies"], made["searches"], cases)


def _compared(name: str, worlds: list[World], works: list[Work], most: float | None, slower: float) -> list[Figure]:
    """Median and 95th percentile at both sizes, and how they compare."""
    few, many = (work.seconds[name] for work in works)
    if not few or not many:
        raise click.ClickException(f"nobody came to do this: {name}; let them work longer, or more people")
    bound = MOST_PAGE_MS * slower if name == "page" else None
    figures = [
        *times(f"{name}, {worlds[0].cases:,} cases", few, most_p95=bound),
        *times(f"{name}, {worlds[1].cases:,} cases", many, most_p95=bound),
    ]
    middle = figures[2].value / figures[0].value
    return [*figures, Figure(f"{name}, large : small", middle, "ratio", "p50 of the same act", most=most)]


def _looked_up(works: list[Work], worlds: list[World]) -> list[Figure]:
    """What browsers asked for because of notices."""
    return [
        figure
        for world, work in zip(worlds, works, strict=True)
        for name in ("rows", "news")
        if work.seconds[name]
        for figure in times(f"{name} after a notice, {world.cases:,} cases", work.seconds[name])
    ]


def _alone(seconds: dict[str, list[float]], slower: float) -> list[Figure]:
    return [
        *times("search alone", seconds["search"]),
        Figure(
            "search : bare queries", ratio(seconds["search"], seconds["bare"]), "ratio", "psycopg", most=MOST_OVER_BARE
        ),
        *times("ruling and all checks", seconds["judge"], most_p95=MOST_JUDGE_MS * slower),
    ]


def _tell(progress: str) -> None:
    """It takes a quarter of an hour: whoever waits sees that something goes on."""
    click.echo(progress, err=True)


def _slower() -> float:
    """How many times slower than the machine on which the goals were set this one is now, with nobody at work.

    A shared machine changes within minutes, so it is asked between the turns.
    """
    return statistics.median(1.0 / calibrated(1.0) for _ in range(3))
