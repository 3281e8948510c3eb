"""`resonanz memory`: the practice network as a process of its own."""

from __future__ import annotations

from pathlib import Path

import click

from resonanz.networks.memory.server import serve


@click.command()
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where the network keeps what was said.",
)
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Where it answers, on this machine only.")
def memory(file: Path, port: int) -> None:
    """Run the practice network alone: for the demonstration, for practice and for tests."""
    serve(file=file, port=port)
