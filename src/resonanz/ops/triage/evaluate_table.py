"""The tables of `resonanz evaluate`: at most 100 columns wide, so that they fit into a terminal and a mail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from resonanz.ops.triage.evaluate_measuring import EvaluatedRow, PeerRow
from resonanz.triage.measuring import Figure
from resonanz.triage.references import Reference, published

WIDTH = 100
_LEGEND = """error: how far the probabilities are from how often they are right, in 15 bins of equal width
covered: the share that may be decided alone if {asked} of it shall be right
found: the share of the texts with the label that is found if {asked} of those named shall have it
/s: texts a second of one core, everything judged, without reasons; MB: the most memory so far
"""


def print_rows(rows: Sequence[EvaluatedRow], *, precision: float) -> None:
    """What was measured, a block a task and language; below it what others published of the same tasks."""
    console = Console(width=WIDTH, highlight=False)
    console.print(_measured(rows))
    console.print(_LEGEND.format(asked=f"{precision:.0%}"), style="dim")
    named = sorted({(row.figure.label, row.figure.language) for row in rows})
    known = [one for label, language in named for one in published(label, language)]
    if known:
        console.print("\n".join(["published, on the official tests of the sets:", *_published(known)]), markup=False)


def _measured(rows: Sequence[EvaluatedRow]) -> Table:
    table = _empty("", "texts", "macro-F1", "prec.", "recall", "error", "covered", "found", "/s", "MB")
    block = None
    for row in sorted(rows, key=lambda row: (row.figure.label, row.figure.language)):
        if block != (block := (row.figure.label, row.figure.language)):
            table.add_row(" · ".join(filter(None, block)), style="bold")
        table.add_row(*_ours(row))
        for peer in row.peers:
            table.add_row(*_peer(peer))
    return table


def _ours(row: EvaluatedRow) -> list[str]:
    one = row.figure
    shares = (one.macro_f1, one.precision, one.recall, one.calibration_error, one.covered)
    found = "" if one.found is None else f"{one.found:.3f}"
    return [f"  {one.measured_on}", f"{one.texts:,}", *map(_share, shares), found, *_cost(row)]


def _peer(peer: PeerRow) -> list[str]:
    one = peer.decided
    shares = map(_share, (one.macro_f1, one.precision, one.recall))
    return [f"    {peer.system}", f"{one.texts:,}", *shares, "", "", "", *_cost(peer)]


def _cost(row: EvaluatedRow | PeerRow) -> tuple[str, str]:
    return f"{row.texts_per_second:,.0f}", f"{row.memory / 1e6:,.0f}"


def _share(value: float) -> str:
    return f"{value:.3f}"


def _published(known: Sequence[Reference]) -> Iterator[str]:
    block = None
    for one in known:
        if block != (block := (one.label, one.language, one.set, one.measure)):
            yield f"\n{one.label} · {one.language}: {one.set}, {one.measure}"
        yield f"  {_share(one.figure)}  {one.system:<28}{one.source}"


def _empty(first: str, *headings: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), collapse_padding=True, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def print_figures(figures: Sequence[Figure], *, as_lines: bool) -> None:
    """All that training measured: as one wide table, or a JSON object a line."""
    if as_lines:
        click.echo("\n".join(json.dumps(asdict(figure)) for figure in figures))
        return
    table = Table(
        *("label", "language", "measured on", "texts", "macro-F1", "precision", "recall", "F1", "right"),
        *("calibration error", "sure", "right if sure", "right, surer half"),
    )
    for one in sorted(figures, key=lambda figure: (figure.label, figure.language, figure.measured_on)):
        found = (one.macro_f1, one.precision, one.recall, one.f1, one.accuracy)
        shares = (*found, one.calibration_error, one.sure, one.accuracy_sure, one.right_half)
        table.add_row(one.label, one.language, one.measured_on, str(one.texts), *map(_share, shares))
    Console().print(table)
