"""What `resonanz triage` says on standard error meanwhile: how far it is, and which lines were odd."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from resonanz.core import clock

Show = Callable[[int], None]
_SECONDS_BETWEEN = 2.0
_MOST_REMARKS = 20


@contextlib.contextmanager
def shown_progress(*, wanted: bool | None, done: int) -> Iterator[Show]:
    """Within the block a call shows the number of the line that was answered last; `done` are those before.

    On a terminal it moves, unless the answers go there, too; elsewhere it is a line every other second, if wanted.
    """
    console = Console(stderr=True)
    if wanted is False or (wanted is None and (not console.is_terminal or sys.stdout.isatty())):
        yield lambda _line: None
    elif console.is_terminal:
        columns = SpinnerColumn(), TextColumn("line {task.completed:,.0f}, {task.fields[rate]}"), TimeElapsedColumn()
        with Progress(*columns, console=console) as progress:
            task, rate = progress.add_task("", total=None, completed=done, rate=""), _Rate(done)
            yield lambda line: progress.update(task, completed=line, rate=rate.at(line))
    else:
        plain = _Plain(done)
        yield plain.show
        plain.end()


class _Rate:
    def __init__(self, done: int) -> None:
        self._done, self._began = done, clock.monotonic()

    def at(self, line: int) -> str:
        return f"{(line - self._done) / max(clock.monotonic() - self._began, 1e-9):,.0f} a second"


class _Plain:
    def __init__(self, done: int) -> None:
        self._rate, self._line, self._told_at = _Rate(done), done, clock.monotonic()

    def show(self, line: int) -> None:
        self._line = line
        if clock.monotonic() - self._told_at >= _SECONDS_BETWEEN:
            self._told_at = clock.monotonic()
            self.end()

    def end(self) -> None:
        click.echo(f"line {self._line:,}, {self._rate.at(self._line)}", err=True)


class Remarks:
    """Says which lines are odd; after the first ones it only counts them."""

    def __init__(self) -> None:
        self._heard = 0

    def hear(self, line: int, remark: str) -> None:
        """Say it, unless so many were said before that nobody reads on."""
        self._heard += 1
        if self._heard <= _MOST_REMARKS:
            click.echo(f"line {line}: {remark}", err=True)

    def close(self) -> None:
        """Say how many were not said."""
        if self._heard > _MOST_REMARKS:
            click.echo(f"and {self._heard - _MOST_REMARKS:,} lines more", err=True)
