"""What `restore` does with tombstones, as commands: before and after, the tables are not the same."""

from __future__ import annotations

import click

from resonanz.privacy import erasure, tombstones


@click.command(name="keep-tombstones")
def keep_tombstones() -> None:
    """Write what the database knows of erased people and posts into the data folder, before it is replaced."""
    tombstones.write_missing()


@click.command(name="replay-tombstones")
def replay_tombstones() -> None:
    """Erase again what the data folder or the database knows to be erased."""
    erased = erasure.replay()
    tombstones.write_missing()
    click.echo(f"Erased again: {erased}.")
