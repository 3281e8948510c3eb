"""`resonanz prepare-demo`: called by `up --demo` once the practice network answers."""

from __future__ import annotations

import click

from resonanz.ops import demo


@click.command(name="prepare-demo")
@click.option("--memory-url", required=True, help="Where the practice network answers.")
def prepare_demo(memory_url: str) -> None:
    """Fill in the demonstration: channels, colleagues, topics and what people said."""
    demo.prepare(memory_url)
