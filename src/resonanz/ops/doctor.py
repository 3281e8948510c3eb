"""`resonanz doctor`: what is well, what is not, and how to mend it."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import click
import psycopg

from resonanz.core import clock, secrets
from resonanz.core.errors import ResonanzError
from resonanz.ops.application import environment
from resonanz.ops.data_folder import DataFolder, open_data_folder
from resonanz.ops.database import postgres_binaries
from resonanz.ops.database.roles import AUDIT_TABLE, role_of

LEAST_FREE_BYTES = 500_000_000
ENOUGH_FREE_BYTES = 5_000_000_000
LARGEST_CLOCK_DIFFERENCE = timedelta(seconds=5)


class Verdict(StrEnum):
    """How serious it is."""

    WELL = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line of the examination; `words` tell the way out where there is one to go."""

    verdict: Verdict
    subject: str
    words: str


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, readable=False), help="The data folder, when it is not the usual one."
)
def doctor(data: Path | None) -> None:
    """Examine this installation: Python, programs, folders, disk, database, roles, clock, key file, address.

    Each line says ok, warning or wrong, with the way out. The exit status is 1 when something is wrong.
    """
    wrong = False
    for finding in examine(data):
        click.echo(f"{finding.verdict:<8} {finding.subject:<12} {finding.words}")
        wrong = wrong or finding.verdict is Verdict.WRONG
    if wrong:
        raise click.exceptions.Exit(1)


def examine(data: Path | None) -> Iterator[Finding]:
    """Everything, the simple things first; what hangs on something wrong is left out."""
    yield Finding(Verdict.WELL, "Python", f"{sys.version.split()[0]} in {sys.prefix}")
    yield _programs()
    try:
        folder = open_data_folder(data)
    except ResonanzError as error:
        yield Finding(Verdict.WRONG, "data folder", str(error))
        return
    yield Finding(Verdict.WELL, "data folder", str(folder.path))
    yield _disk(folder)
    yield from _secret_files(folder)
    yield _address()
    try:
        with environment(data):
            yield from _database()
    except ResonanzError as error:
        yield Finding(Verdict.WRONG, "database", str(error))


def _programs() -> Finding:
    try:
        version = postgres_binaries.version(postgres_binaries.packaged())
    except (ResonanzError, OSError, subprocess.CalledProcessError) as error:
        words = f"{error}; remove the environment (.venv) and run ./resonanz up, or set DATABASE_URL"
        return Finding(Verdict.WRONG, "PostgreSQL", words)
    return Finding(Verdict.WELL, "PostgreSQL", f"{version} comes with Resonanz")


def _disk(folder: DataFolder) -> Finding:
    free = shutil.disk_usage(folder.path).free
    words = f"{free / 1e9:.1f} GB free"
    if free < LEAST_FREE_BYTES:
        return Finding(Verdict.WRONG, "disk", f"only {words}; make room, or move the data folder to a larger disk")
    if free < ENOUGH_FREE_BYTES:
        return Finding(Verdict.WARNING, "disk", f"only {words}; make room soon")
    return Finding(Verdict.WELL, "disk", words)


def _secret_files(folder: DataFolder) -> Iterator[Finding]:
    os.environ["RESONANZ_DATA"] = str(folder.path)
    try:
        secrets.ensure_key()
    except ResonanzError as error:
        yield Finding(Verdict.WRONG, "key file", str(error))
    else:
        words = f"{folder.path / secrets.KEY_FILE}; keep a copy in a safe place"
        yield Finding(Verdict.WELL, "key file", words)
    for file in folder.secrets.iterdir():
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding(Verdict.WRONG, "secrets", f"{file} may be read by others; run: chmod 600 {file}")


def _address() -> Finding:
    address = os.environ.get("RESONANZ_BASE_URL", "")
    if not address:
        return Finding(Verdict.WELL, "address", "http://localhost and the port; set RESONANZ_BASE_URL behind a proxy")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        words = f"RESONANZ_BASE_URL is {address!r}; it looks like https://resonanz.example.org"
        return Finding(Verdict.WRONG, "address", words)
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        words = f"{address} is not encrypted; put a proxy with a certificate in front, and name https://"
        return Finding(Verdict.WARNING, "address", words)
    return Finding(Verdict.WELL, "address", address)


def _database() -> Iterator[Finding]:
    url = os.environ["DATABASE_URL"]
    role_of(url)  # what is no address is told without repeating it, password included
    try:
        with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
            yield from _examine_connection(connection)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        words = f"not reachable: {reason}; check DATABASE_URL, and whether the server runs"
        yield Finding(Verdict.WRONG, "database", words)
        return
    yield _migrations()


def _examine_connection(connection: psycopg.Connection) -> Iterator[Finding]:
    major = connection.info.server_version // 10000
    if 15 <= major <= 18:
        yield Finding(Verdict.WELL, "database", f"PostgreSQL {major} answers")
    else:
        yield Finding(Verdict.WRONG, "database", f"PostgreSQL {major}; Resonanz needs 15 to 18")
    yield _roles(connection)
    yield _time(connection)


def _roles(connection: psycopg.Connection) -> Finding:
    url = os.environ["DATABASE_URL"]
    powers = connection.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    if powers and powers[0]:
        words = "the application signs in as a superuser; give it a role of its own (docs/operate/configure.md)"
        return Finding(Verdict.WRONG, "roles", words)
    query = "SELECT has_table_privilege(oid, 'UPDATE') FROM pg_class WHERE oid = to_regclass(%s)"
    may_rewrite = connection.execute(query, [AUDIT_TABLE]).fetchone()
    if role_of(url) == role_of(os.environ.get("DATABASE_OWNER_URL", url)) or (may_rewrite and may_rewrite[0]):
        words = "one role owns the tables and runs the application; set DATABASE_OWNER_URL to part them"
        return Finding(Verdict.WARNING, "roles", words)
    return Finding(Verdict.WELL, "roles", "the application does not own the tables, and cannot rewrite the audit")


def _time(connection: psycopg.Connection) -> Finding:
    found = connection.execute("SELECT clock_timestamp()").fetchone()
    difference = abs(clock.now() - found[0]) if found else timedelta()
    if difference > LARGEST_CLOCK_DIFFERENCE:
        words = f"differs from the database's by {difference}; set both by NTP"
        return Finding(Verdict.WRONG, "clock", words)
    return Finding(Verdict.WELL, "clock", f"agrees with the database's ({difference.total_seconds():.3f} s)")


def _migrations() -> Finding:
    command: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run
    done = command([sys.executable, "-m", "django", "migrate", "--check"], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return Finding(Verdict.WELL, "tables", "are of this version")
    reason = ""
    with contextlib.suppress(IndexError):
        reason = f" ({done.stderr.strip().splitlines()[-1]})"
    return Finding(Verdict.WRONG, "tables", f"are not of this version{reason}; run: ./resonanz migrate")
