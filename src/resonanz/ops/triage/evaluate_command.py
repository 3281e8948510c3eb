"""`resonanz evaluate`: how good the judges are, on sets kept apart, and what a label of one's own would reach."""

from __future__ import annotations

import json
from pathlib import Path

import click

from resonanz.ops.triage import labelled_lines, lexicon_peers
from resonanz.ops.triage.evaluate_measuring import EvaluatedRow, Measuring, rate_of
from resonanz.ops.triage.evaluate_table import print_rows
from resonanz.ops.triage.labelled_lines import LabelledTexts
from resonanz.ops.triage.larger_encoder import larger_encoder
from resonanz.ops.triage.lexicon_peer_process import most_memory
from resonanz.ops.triage.lexicon_peers import Peers
from resonanz.triage import company_head
from resonanz.triage.contract import AddedEncoder
from resonanz.triage.encoding import e5
from resonanz.triage.measuring import PRECISION

_file = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("evaluate")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder with the labelled sets; without it the examples of our own are measured on alone.",
)
@click.option("--model", type=_file, help="A model file other than the shipped one.")
@click.option("--label", help="A label of any name: learn it from --train, measure it on --test.")
@click.option("--train", "learnt_from", type=_file, help='JSON lines with "text" and the label.')
@click.option("--test", "measured_on", type=_file, help="The same, to measure on.")
@click.option(
    "--precision",
    type=click.FloatRange(0.5, 1.0),
    default=PRECISION,
    show_default=True,
    help="How much of what is decided or named shall be right, for the columns covered and found.",
)
@click.option(
    "--peers/--no-peers",
    default=None,
    help="Ask the lexicons VADER and TextBlob-DE, too; --peers installs them first. "
    "Without either they are asked if they are installed.",
)
@click.option(
    "--encoder",
    "encoder_name",
    type=click.Choice([e5.NAME]),
    help="Learn the label over a larger encoder, which was added before (see: resonanz model --help).",
)
@click.option("--json", "as_lines", is_flag=True, help="Print JSON lines instead of tables.")
def evaluate_command(
    data: Path | None,
    model: Path | None,
    label: str | None,
    learnt_from: Path | None,
    measured_on: Path | None,
    precision: float,
    peers: bool | None,
    encoder_name: str | None,
    as_lines: bool,
) -> None:
    """Measure the judges that ship, or a label of your own, on texts that they have not learnt from."""
    if label is None:
        if learnt_from or measured_on or encoder_name:
            raise click.UsageError("--train, --test and --encoder need --label.")
        rows = list(Measuring(model, data=data, peers=_peers(peers), precision=precision).rows())
    elif learnt_from is None or measured_on is None:
        raise click.UsageError("--label needs --train and --test.")
    else:
        rows = [_own(label, learnt_from, measured_on, precision, larger_encoder() if encoder_name else None)]
    if as_lines:
        click.echo("\n".join(json.dumps(row.as_json(), ensure_ascii=False) for row in rows))
    else:
        print_rows(rows, precision=precision)


def _peers(wanted: bool | None) -> Peers | None:
    """Nothing is fetched unasked; what was fetched once is compared with, because the comparison is the point."""
    folder = lexicon_peers.default_folder()
    if wanted:
        return lexicon_peers.prepare(folder)
    if wanted is None and (found := lexicon_peers.ready(folder)):
        return found
    if wanted is None:
        click.echo("The lexicon peers are not installed; --peers installs them and compares.", err=True)
    return None


def _own(
    label: str, learnt_from: Path, measured_on: Path, precision: float, encoder: AddedEncoder | None
) -> EvaluatedRow:
    """A head learnt from one file and measured on the other."""
    known, asked = labelled_lines.read(learnt_from, label), labelled_lines.read(measured_on, label)
    as_yes_or_no = labelled_lines.yes_or_no(known, asked)
    seen = labelled_lines.shared(asked.texts, known.texts)
    for line in _remarks(known, asked, seen):
        click.echo(line, err=True)
    taught = known.values(as_yes_or_no=as_yes_or_no)
    head = company_head.learn(label=label, texts=known.texts, values=taught, encoder=encoder)
    rate = rate_of(asked.texts, lambda: head.judge(asked.texts))
    values = asked.values(as_yes_or_no=as_yes_or_no)
    figure = head.measure(asked.texts, values, measured_on=measured_on.name, precision=precision)
    return EvaluatedRow(figure, rate, most_memory(), also_learnt_from=seen)


def _remarks(known: LabelledTexts, asked: LabelledTexts, seen: int) -> list[str]:
    found = [
        f"{file.path}: {file.passed_over} lines without text or label were passed over, the first is line "
        f"{file.first_passed_over}."
        for file in (known, asked)
        if file.passed_over
    ]
    if seen:
        found.append(
            f"{seen} of the {len(asked.texts)} texts of {asked.path} stand in {known.path}, too; they flatter."
        )
    if missing := sorted(set(asked.written) - set(known.written)):
        found.append(f"{known.path} has no text with {', '.join(missing[:5])}; such texts count as wrong.")
    return found
