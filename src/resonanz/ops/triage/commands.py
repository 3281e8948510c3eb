"""`resonanz triage` and `resonanz train`: the evaluation for scripts, and how its model is built."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from resonanz.ops.data_folder import name_default_data_folder
from resonanz.ops.triage import lines as triage_lines
from resonanz.ops.triage.evaluate_table import print_figures
from resonanz.ops.triage.larger_encoder import larger_encoder_folder
from resonanz.ops.triage.progress import Remarks, shown_progress
from resonanz.triage import added, e5_training, evaluate, training
from resonanz.triage.contract import Evaluated, Judgement
from resonanz.triage.encoding import e5
from resonanz.triage.judges import TASKS


@click.command("triage")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--language", "languages", default="de,en", show_default=True, help="The company's languages, by comma.")
@click.option("--hint", default="", help="The usual language of the source; decides very short texts.")
@click.option(
    "--model", type=click.Path(path_type=Path, dir_okay=False), help="A model file other than the shipped one."
)
@click.option("--reasons/--no-reasons", default=True, show_default=True, help="Name the pieces of text that decided.")
@click.option("--skip", type=click.IntRange(min=0), default=0, help="Lines to pass over, to go on where a run stopped.")
@click.option(
    "--progress/--no-progress", default=None, help="Say how far it is; the rule where it shows on a terminal."
)
def triage(
    file: IO[bytes],
    languages: str,
    hint: str,
    model: Path | None,
    reasons: bool,
    skip: int,
    progress: bool | None,
) -> None:
    """Evaluate texts: one a line, or JSON lines with "text". Prints one JSON object for each line of FILE, in order.

    FILE is a path or - for standard input. Each object has "language", "labels" and "urgency" (0 to 1); a label has its
    "value", the "probability" that the value is right, "unsure", and "because": positions in the text that decided.

    A run that was stopped, however, goes on with as many lines skipped as it has printed.
    """
    name_default_data_folder()
    evaluator = evaluate.Evaluator.load(model, languages=[code.strip() for code in languages.split(",")])
    output, remarks = sys.stdout.buffer, Remarks()
    if skip and triage_lines.drop_torn_line(output):
        click.echo("The last line of the output was not whole; it is answered again.", err=True)
    with shown_progress(wanted=progress, done=skip) as show:
        for lines in triage_lines.read(file, skip=skip):
            texts = lines.texts(remarks.hear)
            for one in evaluator.evaluate(texts, language_hints=[hint] * len(texts), with_reasons=reasons):
                triage_lines.write(output, json.dumps(as_json(one), ensure_ascii=False))
            show(lines.first + len(texts) - 1)
    remarks.close()


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
    help="Where the model goes; without it, it replaces the one that ships.",
)
@click.option("--json", "as_lines", is_flag=True, help="Print the figures as JSON lines instead of a table.")
@click.option(
    "--encoder",
    "encoder_name",
    type=click.Choice([e5.NAME]),
    help="Learn heads over a larger encoder, which was added before (see: resonanz model --help).",
)
def train(data: Path, output: Path | None, as_lines: bool, encoder_name: str | None) -> None:
    """Build the triage model from labelled texts. The same data, code and machine give the same bytes.

    Takes ten to twenty minutes on one core, and prints how good each judge is on texts it has not learnt from.
    """
    encoder = e5_training.encoder_to_learn_over(larger_encoder_folder()) if encoder_name else None
    tasks = e5_training.e5_tasks() if encoder else TASKS
    output = output or (added.E5_HEADS if encoder else evaluate.DEFAULT_MODEL)
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        shown = progress.add_task("reading", total=len(tasks) + 3 * len({task.language for task in tasks}))

        def tell(step: str) -> None:
            progress.update(shown, advance=1, description=step)

        figures = training.train(data=data, output=output, told=tell, tasks=tasks, encoder=encoder)
    print_figures(figures, as_lines=as_lines)
    click.echo(f"{output}: {output.stat().st_size:,} bytes", err=True)
