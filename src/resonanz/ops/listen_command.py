"""`resonanz listen`: the listeners of all connected channels."""

from __future__ import annotations

import click

from resonanz.pipeline import listeners


@click.command()
def listen() -> None:
    """Run the listeners alone: one per connected channel, they take in what is said there."""
    listeners.run()
