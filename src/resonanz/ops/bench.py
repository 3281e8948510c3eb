"""`resonanz bench NAME`: measure, print a table or JSON, and exit with 0 only when every goal is met.

Machines differ and are busy with other things. So a goal compares two things measured in the same run, in turns; a
goal that is an absolute number is first divided by how much slower than ours the machine runs a fixed loop.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table

from resonanz.core import clock

T = TypeVar("T")

BENCHES = {
    "match": "resonanz.ops.benches.match:match",
    "intake": "resonanz.ops.benches.intake:intake",
    "pages": "resonanz.ops.benches.pages:pages",
    "inbox": "resonanz.ops.benches.inbox:inbox",
    "triage": "resonanz.ops.benches.triage:triage",
    "webhook": "resonanz.ops.benches.webhook:webhook",
    "broker": "resonanz.ops.benches.broker:broker",
    "stream": "resonanz.ops.benches.stream:stream",
}
# What `_calibration_loop` takes, undisturbed, on the machine on which the absolute goals were set.
REFERENCE_SECONDS = 0.044


class _LazyGroup(click.Group):
    """A group that imports a bench only when it is named: each needs other libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(BENCHES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in BENCHES:
            return None
        module, _, attribute = BENCHES[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=_LazyGroup)
def bench() -> None:
    """Measure how fast this installation is, and compare it with the goals.

    Each bench compares things measured in the same run, so that the result holds on any machine. The exit status is 0
    when every goal is met, else 1.
    """


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; at least `goal`, at most `most`, or without a goal."""

    name: str
    value: float
    unit: str
    compared_with: str = ""
    goal: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool:
        return (self.goal is None or self.value >= self.goal) and (self.most is None or self.value <= self.most)

    @property
    def goal_in_words(self) -> str:
        """Empty where there is none."""
        return " ".join(
            f"{sign} {_readable(bound)}" for sign, bound in (("≥", self.goal), ("≤", self.most)) if bound is not None
        )


def report(name: str, figures: Sequence[Figure], *, as_json: bool) -> None:
    """Print the figures and end the command: status 0 when every goal is met, else 1."""
    if as_json:
        rows = [{**asdict(figure), "met": figure.met} for figure in figures]
        click.echo(json.dumps({"bench": name, "machine": machine(), "figures": rows}, ensure_ascii=False, indent=2))
    else:
        _print_table(name, figures)
    sys.exit(0 if all(figure.met for figure in figures) else 1)


def _print_table(name: str, figures: Sequence[Figure]) -> None:
    table = Table(title=f"bench {name}", caption=machine(), title_justify="left", caption_justify="left")
    for heading in ("figure", "value", "unit", "compared with", "goal", "met"):
        table.add_column(heading, justify="right" if heading in {"value", "goal"} else "left")
    for figure in figures:
        goal = figure.goal_in_words
        met = "" if not goal else "yes" if figure.met else "NO"
        table.add_row(figure.name, _readable(figure.value), figure.unit, figure.compared_with, goal, met)
    Console().print(table)


def _readable(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> str:
    """Processor, number of cores, system and Python, for whoever compares two reports."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    processor = model or platform.processor() or platform.machine()
    system = f"{platform.system()} {platform.release()}"
    return f"{processor}, {os.cpu_count()} cores, {system}, Python {platform.python_version()}"


def pin_to_one_core() -> None:
    """Keep this process, and the threads it starts from now on, on one core; does nothing where that is not known."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def in_turns(*works: Callable[[T], object], rounds: Sequence[T]) -> list[list[float]]:
    """Seconds of each work in each round, one work after the other in every round.

    A work gets the round's item of `rounds`. Each works once on the first item before anything is timed.
    """
    seconds: list[list[float]] = [[] for _ in works]
    for work in works:
        work(rounds[0])
    gc.collect()
    for item in rounds:
        for work, taken in zip(works, seconds, strict=True):
            started = clock.monotonic()
            work(item)
            taken.append(clock.monotonic() - started)
    return seconds


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """The median of the ratios round by round: what disturbs a round disturbs both of its halves."""
    return statistics.median(above / below for above, below in zip(numerators, denominators, strict=True))


def calibrated(goal: float) -> float:
    """An absolute rate set on the reference machine, as it is to be asked of this one now.

    Half the speed at a fixed loop of pure Python asks for half the rate. Call it next to what is measured.
    """
    return goal * REFERENCE_SECONDS / calibration_seconds()


def calibration_seconds() -> float:
    """What the fixed loop takes here and now."""
    return statistics.median(in_turns(_calibration_loop, rounds=[120_000] * 9)[0])


def _calibration_loop(times: int) -> int:
    """Never change it: integers, a dictionary and strings, as intake uses them."""
    counts: dict[str, int] = {}
    total = 0
    for number in range(times):
        key = f"k{number % 997}"
        counts[key] = counts.get(key, 0) + 1
        total += len(key) * number & 0xFF
    return total
