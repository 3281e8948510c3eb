"""`resonanz import`: files of posts, through the same way as any post."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, TextIO
from zoneinfo import ZoneInfo

import click
from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from resonanz.core import clock
from resonanz.networks import files
from resonanz.networks.connections.channels import import_channel
from resonanz.networks.contract import BadEvent, Event
from resonanz.networks.models import Channel
from resonanz.pipeline.cleaning import Unfit, clean_event, put_aside
from resonanz.pipeline.models import RejectedFile
from resonanz.pipeline.take_in import take_in
from resonanz.pipeline.taken import Taken

BATCH = 1000
KEEP_REJECTED_DAYS = 30


@dataclass(slots=True)
class Imported:
    """What became of one file. `dropped` touched no topic and nobody addressed it to us."""

    name: str
    taken: Taken = field(default_factory=Taken)
    rejected_file: Path | None = None


@click.command("import")
@click.argument("sources", metavar="FILE…", nargs=-1, required=True)
@click.option("--channel", default="Import", show_default=True, help="The channel the posts come through.")
@click.option("--no-evaluation", is_flag=True, help="Store without letting the judges look at the posts.")
def import_posts(sources: tuple[str, ...], channel: str, no_evaluation: bool) -> None:
    """Take in posts from files: JSON Lines (docs/import-format.md), a Mastodon archive's outbox.json, RSS, Atom or JSON
    Feed; plain or gzip; "-" reads from standard input.

    Only posts that touch a topic or are addressed to you are stored. Taking the same file in again stores nothing
    twice, so an interrupted import is simply started again. Lines that cannot be read go to FILE.rejected.jsonl.
    """
    through = import_channel(name=channel)
    done = [_import(source, through, evaluating=not no_evaluation) for source in sources]
    _print(done)


def _import(source: str, channel: Channel, *, evaluating: bool) -> Imported:
    imported = Imported(name="standard input" if source == "-" else source)
    with _opened(source) as (stream, size), _Rejected(source) as rejected, _progress() as progress:
        task = progress.add_task(imported.name, total=size)
        batch: list[Event] = []
        for line, event in files.read_events(stream, name=source):
            fit = _fit(event)
            if isinstance(fit, BadEvent):
                rejected.add(line, fit)
            else:
                batch.append(fit)
            if len(batch) >= BATCH:
                imported.taken.add(take_in(channel=channel, events=batch, evaluating=evaluating))
                batch = []
                progress.update(task, completed=_position(stream, size))
        imported.taken.add(take_in(channel=channel, events=batch, evaluating=evaluating))
        progress.update(task, completed=size)
        imported.taken.read += rejected.count
        imported.taken.rejected += rejected.count
        imported.rejected_file = rejected.path if rejected.count else None
    return imported


def _fit(event: Event | BadEvent) -> Event | BadEvent:
    if isinstance(event, BadEvent):
        return event
    try:
        return clean_event(event)
    except Unfit as error:
        return put_aside(event, str(error))


@contextmanager
def _opened(source: str) -> Iterator[tuple[BinaryIO, int | None]]:
    if source == "-":
        yield sys.stdin.buffer, None
        return
    if not os.access(source, os.R_OK) or Path(source).is_dir():
        raise click.ClickException(f"{source} is not a file that can be read; check its name and its permissions.")
    with Path(source).open("rb") as stream:
        yield stream, os.fstat(stream.fileno()).st_size


def _position(stream: BinaryIO, size: int | None) -> float | None:
    return None if size is None else stream.tell()


class _Rejected:
    """The file of rejected lines, made when the first one comes, known to retention, readable by its owner only."""

    def __init__(self, source: str) -> None:
        self.path = Path(_rejected_name(source)).absolute()
        self.count = 0
        self._file: TextIO | None = None

    def __enter__(self) -> _Rejected:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, line: int, bad: BadEvent) -> None:
        if self._file is None:
            self._file = self._open()
        self.count += 1
        self._file.write(json.dumps({"line": line, "reason": bad.reason, "raw": bad.raw}, ensure_ascii=False) + "\n")

    def _open(self) -> TextIO:
        today = clock.today(ZoneInfo(settings.DEFAULT_TIME_ZONE))
        RejectedFile.objects.update_or_create(
            path=str(self.path), defaults={"delete_on": today + timedelta(days=KEEP_REJECTED_DAYS)}
        )
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        return os.fdopen(handle, "w", encoding="utf-8", errors="replace")


def _rejected_name(source: str) -> str:
    """Beside the file; what came from standard input has no name, so its time stands for it."""
    return f"{f'stdin-{clock.now():%Y%m%dT%H%M%S}' if source == '-' else source}.rejected.jsonl"


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )


def _print(done: list[Imported]) -> None:
    table = Table("File", "read", "matched", "stored", "duplicates", "not concerned", "rejected", "cases")
    for one in done:
        taken = one.taken
        counts = (taken.read, taken.matched, taken.stored, taken.duplicates, taken.dropped, taken.rejected)
        table.add_row(one.name, *(f"{count:,}" for count in counts), f"{len(taken.case_ids):,}")
    console = Console()
    console.print(table)
    for one in done:
        if one.rejected_file:
            console.print(f"Rejected lines with their reasons: {one.rejected_file}", soft_wrap=True, markup=False)
