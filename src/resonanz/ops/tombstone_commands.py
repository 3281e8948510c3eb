"""What `restore` does with the tables, as commands: before and after, they are not the same."""

from __future__ import annotations

import click

from resonanz.privacy import erasure, tombstones
from resonanz.service.answers import outbox
from resonanz.service.moderation import sending


@click.command(name="keep-tombstones")
def keep_tombstones() -> None:
    """Write what the database knows of erased people and posts into the data folder, before it is replaced."""
    tombstones.write_missing()


@click.command(name="replay-tombstones")
def replay_tombstones() -> None:
    """Erase again what the data folder or the database knows to be erased; answers on their way are read back first."""
    erased = erasure.replay()
    tombstones.write_missing()
    sending.distrust()
    click.echo(f"Erased again: {erased}. Answers to look for before they are sent: {outbox.distrust()}.")
