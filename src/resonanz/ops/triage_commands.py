"""`resonanz triage` and `resonanz train`: the evaluation for scripts, and how its model is built."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from resonanz.triage import evaluate, training
from resonanz.triage.contract import Evaluated, Judgement
from resonanz.triage.datasets import TASKS

_CHUNK = 1 << 16
# The rest of a longer line is read and dropped: one text is never worth more memory than this.
_LONGEST_LINE = 1 << 22


@click.command("triage")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--language", "languages", default="de,en", show_default=True, help="The company's languages, by comma.")
@click.option("--hint", default="", help="The usual language of the source; decides very short texts.")
@click.option(
    "--model", type=click.Path(path_type=Path, dir_okay=False), help="A model file other than the shipped one."
)
@click.option("--reasons/--no-reasons", default=True, show_default=True, help="Name the pieces of text that decided.")
@click.option("--skip", type=click.IntRange(min=0), default=0, help="Lines to pass over, to go on where a run stopped.")
def triage(file: IO[bytes], languages: str, hint: str, model: Path | None, reasons: bool, skip: int) -> None:
    """Evaluate texts: one a line, or JSON lines with "text". Prints one JSON object for each line of FILE, in order.

    FILE is a path or - for standard input. Each object has "language", "labels" and "urgency" (0 to 1); a label has its
    "value", the "probability" that the value is right, "unsure", and "because": positions in the text that decided.
    """
    evaluator = evaluate.Evaluator.load(model, languages=[code.strip() for code in languages.split(",")])
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.completed} texts, {task.speed} a second"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal or sys.stdout.isatty()) as progress:
        shown = progress.add_task("triage", total=None)
        for lines in _batches(file, skip=skip):
            texts = [_text(line) for line in lines]
            found = evaluator.evaluate(texts, language_hints=[hint] * len(texts), with_reasons=reasons)
            click.echo("\n".join(json.dumps(as_json(one), ensure_ascii=False) for one in found))
            progress.update(shown, advance=len(texts))


def as_json(found: Evaluated) -> dict[str, Any]:
    """The documented form of an evaluation for scripts."""
    labels = {name: _label(judgement) for name, judgement in found.labels.items()}
    return {"language": found.language, "labels": labels, "urgency": found.urgency}


def _label(judgement: Judgement) -> dict[str, Any]:
    because = [asdict(piece) for piece in judgement.because]
    return {
        "value": judgement.value,
        "probability": judgement.probability,
        "unsure": judgement.unsure,
        "because": because,
    }


def _batches(file: IO[bytes], *, skip: int) -> Iterator[list[bytes]]:
    """Whole lines as they arrive, so that whoever writes a line and waits for its answer gets it."""
    for lines in _arriving(file):
        if skip >= len(lines):
            skip -= len(lines)
            continue
        yield lines[skip:]
        skip = 0


def _arriving(file: IO[bytes]) -> Iterator[list[bytes]]:
    read = getattr(file, "read1", file.read)
    rest = b""
    while chunk := read(_CHUNK):
        first, *others = chunk.split(b"\n")
        rest = (rest + first)[:_LONGEST_LINE]
        if others:
            yield [rest, *others[:-1]]
            rest = others[-1]
    if rest:
        yield [rest]


def _text(line: bytes) -> str:
    text = line.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r")
    if text.startswith("{"):
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError):
            return text
        if isinstance(entry, dict) and isinstance(entry.get("text"), str):
            return str(entry["text"])
    return text


@click.command("train")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="The folder with the labelled sets.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=evaluate.DEFAULT_MODEL,
    help="Where the model goes; without it, it replaces the one that ships.",
)
@click.option("--json", "as_lines", is_flag=True, help="Print the figures as JSON lines instead of a table.")
def train(data: Path, output: Path, as_lines: bool) -> None:
    """Build the triage model from labelled texts. The same data, code and machine give the same bytes.

    Takes about three minutes on one core, and prints how good each judge is on texts it has not learnt from.
    """
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        shown = progress.add_task("reading", total=len(TASKS) + len({task.language for task in TASKS}))

        def tell(step: str) -> None:
            progress.update(shown, advance=1, description=step)

        figures = training.train(data=data, output=output, told=tell)
    if as_lines:
        click.echo("\n".join(json.dumps(asdict(figure)) for figure in figures))
    else:
        Console().print(_table(figures))
    click.echo(f"{output}: {output.stat().st_size:,} bytes", err=True)


def _table(figures: list[training.Figure]) -> Table:
    table = Table(
        "label", "language", "measured on", "texts", "macro-F1", "right", "calibration error", "sure", "right if sure"
    )
    for one in sorted(figures, key=lambda figure: (figure.label, figure.language, figure.measured_on)):
        shares = (one.macro_f1, one.accuracy, one.calibration_error, one.sure, one.accuracy_sure)
        table.add_row(one.label, one.language, one.measured_on, str(one.texts), *(f"{share:.3f}" for share in shares))
    return table
