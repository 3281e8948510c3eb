"""Making erased words vanish from the database's own files, as far as a database can be made to.

A deleted row stays in its page until VACUUM, in the write-ahead log until its segment is removed, and its words in the
planner's statistics until ANALYZE. So: every table is written anew (VACUUM FULL, with its indexes and its TOAST table),
its statistics are taken anew, the catalogue of statistics is written anew too, and the log begins a new segment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from resonanz.core import clock, env

PATIENCE_SECONDS = 60.0
_STATISTICS = ("pg_catalog.pg_statistic", "pg_catalog.pg_statistic_ext_data")

_TABLES = """
SELECT quote_ident(nspname) || '.' || quote_ident(relname) FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'm') AND relpersistence = 'p' AND nspname !~ '^(pg_|information_schema$)' ORDER BY 1
"""
# Booleans, times, enumerations and numbers hold no words; on servers before 18 a trigger may forbid to touch them. An
# index over an expression has statistics of its own, under its own name.
_COLUMNS_WITH_STATISTICS = """
SELECT stats.attname, format_type(atttypid, atttypmod), schemaname, tablename FROM pg_stats stats
JOIN pg_class held ON held.relname = tablename AND held.relnamespace = to_regnamespace(quote_ident(schemaname))
LEFT JOIN pg_index ON indexrelid = held.oid
JOIN pg_attribute ON attrelid = held.oid AND pg_attribute.attname = stats.attname
JOIN pg_type ON pg_type.oid = atttypid
WHERE typcategory NOT IN ('B', 'D', 'E', 'N', 'T') AND coalesce(indrelid, held.oid) = %(table)s::text::regclass
"""


@dataclass(frozen=True, slots=True)
class Remainder:
    """Something that may still hold erased words: a code, and the table or setting it is about."""

    code: str
    about: str = ""


Say = Callable[[str], None]


def scrub_database(
    *, owner_url: str, say: Say, leave_out: Collection[str] = (), patience_seconds: float = PATIENCE_SECONDS
) -> list[Remainder]:
    """Write every table of the database anew, then begin a new segment of its log; what may remain is returned.

    Signs in as the owner of the tables. Each table is locked while it is written; one that is in use is waited for.
    """
    with psycopg.connect(owner_url, autocommit=True, application_name="resonanz scrub") as connection:
        connection.execute("SET lock_timeout = '2s'")
        return list(_Scrub(connection, say, patience_seconds).run(leave_out))


def empty_logs() -> int:
    """Empty the logs of the data folder and delete those set aside; how many bytes they held."""
    folder = Path(env.text("RESONANZ_DATA")) / "logs"
    held = 0
    for file in sorted(folder.glob("**/*")) if folder.is_dir() else []:
        if file.is_file() and not file.is_symlink():
            held += file.stat().st_size
            if re.search(r"\.log\.\d+$", file.name):
                file.unlink()
            else:
                os.truncate(file, 0)  # processes go on writing into the open file
    return held


class _Scrub:
    """One run over a database."""

    def __init__(self, connection: psycopg.Connection, say: Say, patience_seconds: float) -> None:
        self.connection = connection
        self.say = say
        self.deadline = clock.monotonic() + patience_seconds
        self.warnings: list[str] = []
        self.kept_rows = 0
        connection.add_notice_handler(self._notice)

    def run(self, leave_out: Collection[str]) -> Iterator[Remainder]:
        tables = [str(row[0]) for row in self.connection.execute(_TABLES)]
        for table in tables:
            if table.rpartition(".")[2] not in leave_out:
                yield from self._rewrite(table, "FULL, VERBOSE, ANALYZE")
                yield from self._forget_statistics_of_empty(table)
        for table in _STATISTICS:
            yield from self._rewrite(table, "FULL, VERBOSE")
        yield from self._begin_new_log()

    def _rewrite(self, table: str, how: str) -> Iterator[Remainder]:
        """Repeated until no running transaction holds on to its dead rows, or patience ends."""
        self.say(table)
        while True:
            problem = self._vacuum(table, how)
            if problem is None:
                return
            if problem.code == "scrub.not_owner" or clock.monotonic() > self.deadline:
                yield problem
                return
            clock.sleep(0.5)

    def _vacuum(self, table: str, how: str) -> Remainder | None:
        self.kept_rows, self.warnings = 0, []
        try:
            self.connection.execute(f"VACUUM ({how}) {table}".encode())
        except psycopg.errors.LockNotAvailable:
            return Remainder("scrub.in_use", table)
        except psycopg.errors.InsufficientPrivilege:
            return Remainder("scrub.not_owner", table)
        if self.warnings:
            return Remainder("scrub.not_owner", table)
        return Remainder("scrub.old_transaction", table) if self.kept_rows else None

    def _notice(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        """VACUUM tells what it could not do: a warning without rights; the dead rows it kept as the first number."""
        if diagnostic.severity_nonlocalized == "WARNING":
            self.warnings.append(diagnostic.sqlstate or "")
        elif diagnostic.severity_nonlocalized == "INFO" and diagnostic.message_detail:
            found = re.match(r"\D*(\d+)", diagnostic.message_detail)
            self.kept_rows += int(found.group(1)) if found else 0

    def _forget_statistics_of_empty(self, table: str) -> Iterator[Remainder]:
        """ANALYZE leaves the statistics of a table that has become empty as they were, names included."""
        if self.connection.execute(f"SELECT EXISTS (TABLE {table})".encode()).fetchone() == (True,):
            return
        for column, kind, schema, name in self.connection.execute(
            _COLUMNS_WITH_STATISTICS, {"table": table}
        ).fetchall():
            try:
                if self.connection.info.server_version >= 180000:
                    clear = "SELECT pg_clear_attribute_stats(%s, %s, %s, false)"
                    self.connection.execute(clear, [schema, name, column])
                else:
                    # The type it has already: nothing changes but that the statistics of the column are dropped.
                    same = f"ALTER TABLE {table} ALTER COLUMN {{}} TYPE {kind}"
                    self.connection.execute(sql.SQL(same).format(sql.Identifier(column)))
            except psycopg.Error:
                yield Remainder("scrub.statistics", f"{table}.{column}")

    def _begin_new_log(self) -> Iterator[Remainder]:
        self.say("write-ahead log")
        try:
            self.connection.execute("CHECKPOINT")
            self.connection.execute("SELECT pg_switch_wal()")
            self.connection.execute("CHECKPOINT")
        except psycopg.errors.InsufficientPrivilege:
            yield Remainder("scrub.log_kept", "pg_checkpoint, pg_switch_wal")
        for setting, harmless in {"wal_recycle": "off", "archive_mode": "off", "wal_keep_size": "0"}.items():
            if self._setting(setting) != harmless:
                yield Remainder("scrub.log_setting", setting)

    def _setting(self, name: str) -> str:
        row = self.connection.execute("SELECT current_setting(%s)", [name]).fetchone()
        return str(row[0]) if row else ""
