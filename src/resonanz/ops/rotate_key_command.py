"""`resonanz rotate-key`: another key for what is encrypted at rest, while everything runs.

The mark beside the key file names the key that was the newest before, so that whoever was interrupted goes on with the
same new one. The old keys go last, after a second look found nothing that they are needed for.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import click
from django.db import connection

from resonanz.core import env, secrets
from resonanz.ops.errors import OperatorError
from resonanz.privacy import audit, encrypted
from resonanz.privacy.encrypted import Progress

MARK = Path("secrets", "rotating")
_LOCK = 0x6B6579


@click.command(name="rotate-key")
@click.option("--keep-old", is_flag=True, help="The old keys stay for reading, so that older backups can be read.")
def rotate_key(keep_old: bool) -> None:
    """Make a new key, encrypt everything stored anew with it, then drop the old ones.

    Resonanz may run meanwhile; on other machines stop it first and copy the key file there afterwards. Interrupted, it
    goes on where it was when it is called again.
    """
    with _alone():
        _begin()
        encrypted.encrypt_anew(tell=_tell)
        if not encrypted.wait_for_older_transactions():
            raise OperatorError(
                "ops.rotate_key.busy",
                "Somebody keeps a transaction open on the database; end it, and call this again: it goes on from here.",
            )
        left = encrypted.encrypt_anew(tell=lambda _progress: None)
        if not keep_old:
            secrets.drop_old_keys()
        _mark().unlink(missing_ok=True)
        audit.record(act="key.rotated", actor=audit.SYSTEM, thing="key", thing_id=None, kept_old=keep_old)
    _conclude(left, keep_old)


def _begin() -> None:
    mark, newest = _mark(), secrets.key_ids()[0]
    before = mark.read_text("ascii").strip() if mark.exists() else ""
    if not before:  # none, or killed before it was written
        mark.write_text(newest, "ascii")
        with mark.open("rb") as written:
            os.fsync(written.fileno())
    if before in ("", newest):
        secrets.add_key()
        click.echo("A new key encrypts from now on.")
    else:
        click.echo("Going on where it was interrupted.")


def _tell(progress: Progress) -> None:
    click.echo(f"{progress.table}: {progress.seen} of {progress.total}, {progress.changed} encrypted anew")


def _conclude(left: list[Progress], keep_old: bool) -> None:
    for progress in left:
        if progress.unreadable:
            click.echo(f"{progress.table}: no key opens {progress.unreadable}; they stay as they were.", err=True)
    kept = " The old ones stay in it for reading." if keep_old else ""
    click.echo(f"Done.{kept} Copy the key file {_data() / secrets.KEY_FILE} to its safe place again.")
    if not keep_old:
        click.echo("Backups made until now are read with the copy from before: keep it as long as them.")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise OperatorError("ops.rotate_key.running", "The key is being rotated already; wait until that is done.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _mark() -> Path:
    return _data() / MARK


def _data() -> Path:
    return Path(env.text("RESONANZ_DATA"))
