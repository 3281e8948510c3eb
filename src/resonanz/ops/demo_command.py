"""`resonanz prepare-demo`: called by `up --demo` once the practice network answers."""

from __future__ import annotations

from pathlib import Path

import click

from resonanz.ops import demo


@click.command(name="prepare-demo")
@click.option("--memory-url", required=True, help="Where the practice network answers.")
@click.option(
    "--network-file", type=click.Path(path_type=Path, dir_okay=False), help="The file in which the network lives."
)
@click.option("--small", is_flag=True, help="Eight posts and nothing more.")
def prepare_demo(memory_url: str, network_file: Path | None, small: bool) -> None:
    """Fill in the demonstration: a company, its colleagues, topics, and what was said and answered in a fortnight."""
    if small:
        demo.prepare_small(memory_url=memory_url)
    elif network_file is None:
        raise click.UsageError("Without --small, name the network's file with --network-file.")
    else:
        demo.prepare(memory_url=memory_url, network_file=network_file)
