"""`resonanz restore`: a backup becomes the present, except for what was erased since."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import psycopg

from resonanz.core import secrets
from resonanz.ops.backup import DUMP, KEY, UPLOADS, read_manifest
from resonanz.ops.data_folder import DataFolder, locked, open_data_folder
from resonanz.ops.database.embedded import APPLICATION, OWNER, EmbeddedDatabase, running
from resonanz.ops.database.postgres_tools import Tools, tools_to_read
from resonanz.ops.database.roles import prepare_roles
from resonanz.ops.errors import OperatorError

# Unknown to servers before 17, and without effect for a restore. It stands at the head; below it are people's words.
_TOO_NEW = b"SET transaction_timeout = 0;"
_HEAD_LINES = 50


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Replace what is there.")
@click.option("--without-key", is_flag=True, help="Go on although the backup's key file is not here.")
@click.option(
    "--old-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A copy of the key file from when the backup was made, where the key was rotated since.",
)
@click.option(
    "--data", type=click.Path(path_type=Path, readable=False), help="The data folder, when it is not the usual one."
)
def restore(file: Path, yes: bool, without_key: bool, old_key: Path | None, data: Path | None) -> None:
    """Bring back the backup FILE. Resonanz must not run meanwhile.

    Whoever was erased after the backup was made is erased again, as far as this data folder or its database knows of
    it. A backup of an older version is brought to this one.
    """
    manifest = read_manifest(file)
    folder = open_data_folder(data)
    os.environ["RESONANZ_DATA"] = str(folder.path)
    with locked(folder):
        _provide_key(file, folder, str(manifest["key_fingerprint"]), without_key)
        if not without_key:
            _provide_old_keys(file, manifest, old_key)
        with _database(folder) as owner_url:
            _bring_back(file, folder, owner_url, yes)
    click.echo("Restored. ./resonanz up goes on from here.")


def _bring_back(file: Path, folder: DataFolder, owner_url: str, yes: bool) -> None:
    if _has_tables(owner_url):
        if not yes:
            raise OperatorError(
                "ops.restore.not_empty",
                "There is a database already, and restoring replaces it; make a backup first, then repeat with --yes.",
            )
        if _has_tables(owner_url, "privacy_tombstone"):
            click.echo("Noting what was erased …")
            _run("keep-tombstones")
    with tempfile.TemporaryDirectory(dir=folder.path, prefix=".restore-") as unpacked:
        click.echo("Reading the backup …")
        with tarfile.open(file) as archive:
            archive.extractall(unpacked, filter="data")
        folder.unfinished_restore.touch()
        _replace_database(tools_to_read(owner_url), Path(unpacked, DUMP))
        _replace_uploads(folder, Path(unpacked, UPLOADS))
    click.echo("Bringing the tables to this version …")
    _run("migrate")
    click.echo("Erasing again what was erased …")
    _run("replay-tombstones")
    folder.unfinished_restore.unlink(missing_ok=True)


@contextlib.contextmanager
def _database(folder: DataFolder) -> Iterator[str]:
    """The owner's address; the environment of the commands we call names the rest."""
    with contextlib.ExitStack() as held:
        if "DATABASE_URL" not in os.environ:
            database = EmbeddedDatabase(folder)
            held.enter_context(running(database, click.echo))
            prepare_roles(database)
            os.environ["DATABASE_URL"] = database.url(APPLICATION)
            os.environ["DATABASE_OWNER_URL"] = database.url(OWNER)
        yield os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]


def _provide_key(file: Path, folder: DataFolder, fingerprint: str, without_key: bool) -> None:
    """Take the key file from the backup where this folder has none; never replace one."""
    target = folder.path / secrets.KEY_FILE
    if not target.exists() and not (folder.path / secrets.FINGERPRINT_FILE).exists():
        with contextlib.suppress(KeyError), tarfile.open(file) as archive:
            entry = archive.extractfile(KEY)
            if entry is not None:
                descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as written:
                    written.write(entry.read())
    is_known = target.exists() or (folder.path / secrets.FINGERPRINT_FILE).exists()
    if (is_known and secrets.fingerprint() == fingerprint) or without_key:
        return
    raise OperatorError(
        "ops.restore.key",
        f"The key file of this backup is not here; put it to {target} (mode 600). Without it every channel must be "
        "reconnected, and what was erased earlier may be collected again; --without-key goes on all the same.",
    )


def _provide_old_keys(file: Path, manifest: Mapping[str, object], old_key: Path | None) -> None:
    """Read with the keys of that time, too, where they were dropped since; `rotate-key` drops them again."""
    held = manifest.get("keys")
    wanted = set(held) if isinstance(held, list) else set()  # backups of an older version name none
    for text in (_key_in(file), old_key.read_text("ascii", "replace") if old_key else ""):
        if text and wanted - set(secrets.key_ids()) and wanted & set(secrets.ids_in(text)):
            secrets.join_keys(text)
            click.echo("Its keys are in the key file for reading now; ./resonanz rotate-key drops them again.")
    if wanted - set(secrets.key_ids()):
        raise OperatorError(
            "ops.restore.old_key",
            "The key was rotated since this backup was made; name the copy of the key file from then with --old-key. "
            "Without it every channel must be reconnected; --without-key goes on all the same.",
        )


def _key_in(file: Path) -> str:
    """The key file that the backup holds; "" where it holds none."""
    with contextlib.suppress(KeyError), tarfile.open(file) as archive:
        entry = archive.extractfile(KEY)
        return entry.read(65_536).decode("ascii", "replace") if entry else ""
    return ""


def _has_tables(url: str, table: str = "django_migrations") -> bool:
    with psycopg.connect(url, connect_timeout=10) as connection:
        found = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
    return bool(found and found[0])


def _run(command: str) -> None:
    done = subprocess.run([sys.executable, "-m", "resonanz", command], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise OperatorError(f"ops.restore.{command}", f"{command} failed: {reason}")


def _replace_database(tools: Tools, dump: Path) -> None:
    """In one transaction: when anything fails, everything is as it was."""
    psql = tools.command("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1")
    script = [str(tools.folder / "pg_restore"), "--no-owner", "--no-privileges", "--file", "-", str(dump)]
    with tempfile.TemporaryFile() as words:
        reader = subprocess.Popen(script, stdout=subprocess.PIPE, stderr=words)
        writer = subprocess.Popen(
            psql, env=tools.environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=words
        )
        if reader.stdout is None or writer.stdin is None:
            raise AssertionError("pipes were asked for")
        with contextlib.suppress(BrokenPipeError), writer.stdin as target:
            target.write(b"DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n")
            for number, line in enumerate(reader.stdout):
                if number > _HEAD_LINES or line.strip() != _TOO_NEW:
                    target.write(line)
            if reader.wait():
                # Not the whole script: psql must not commit what it has so far.
                target.write(b"SELECT 1 / 0;\n")
        reader.stdout.close()
        if writer.wait() or reader.wait():
            words.seek(0)
            reason = (words.read().decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[0]
            raise OperatorError(
                "ops.restore.database", f"The database could not be restored, nothing changed: {reason}"
            )


def _replace_uploads(folder: DataFolder, unpacked: Path) -> None:
    before = folder.path / "uploads.before"
    shutil.rmtree(before, ignore_errors=True)
    folder.uploads.rename(before)
    unpacked.mkdir(exist_ok=True)
    unpacked.rename(folder.uploads)
    folder.uploads.chmod(0o700)
    shutil.rmtree(before)
