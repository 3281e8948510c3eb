"""What a single command needs to work with the product's data: environment, database, Django.

A process that `up` started finds everything in its environment. A command typed by a person names the data folder at
most; if nothing runs there, the embedded database runs for the time of the command.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import click
import django

from resonanz.ops.data_folder import DataFolder, is_locked, locked, open_data_folder
from resonanz.ops.database.embedded import APPLICATION, OWNER, EmbeddedDatabase, running
from resonanz.ops.errors import OperatorError

SETTINGS_MODULE = "resonanz.config.settings"


@contextlib.contextmanager
def application(data: Path | None = None) -> Iterator[None]:
    """Within the block models can be used: settings are read, Django is set up, the database answers."""
    with environment(data):
        django.setup()
        yield


@contextlib.contextmanager
def environment(data: Path | None = None) -> Iterator[DataFolder]:
    """Within the block the environment names data folder and database, and the database answers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    folder = open_data_folder(data)
    os.environ["RESONANZ_DATA"] = str(folder.path)
    with contextlib.ExitStack() as held:
        if "DATABASE_URL" not in os.environ:
            held.enter_context(_embedded(folder))
        yield folder


def set_up_without_database() -> None:
    """Enough of Django to import models, for help texts and tools."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    django.setup()


@contextlib.contextmanager
def _embedded(folder: DataFolder) -> Iterator[None]:
    if not folder.database.exists():
        raise OperatorError(
            "ops.database.none_yet",
            f"There is no database in {folder.path} yet; run ./resonanz up first, or name the data folder with --data.",
        )
    database = EmbeddedDatabase(folder)
    with contextlib.ExitStack() as held:
        if is_locked(folder):
            database.wait_until_ready(lambda: is_locked(folder), _say)
        else:
            held.enter_context(locked(folder))
            held.enter_context(running(database, _say))
        os.environ["DATABASE_URL"] = database.url(APPLICATION)
        os.environ["DATABASE_OWNER_URL"] = database.url(OWNER)
        yield


def _say(text: str) -> None:
    click.echo(text, err=True)
