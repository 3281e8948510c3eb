"""`resonanz tidy`: what `up` does once a day with the database's files."""

from __future__ import annotations

import json
from pathlib import Path

import click
import psycopg

from resonanz.core import env
from resonanz.privacy.scrub import scrub_database

# Which tables changed how often, at the last time; whoever did not change since needs no rewriting.
MEMORY = Path("run", "tidied.json")
_CHANGES = """
    SELECT quote_ident(relname), n_tup_upd + n_tup_del + n_dead_tup FROM pg_stat_user_tables
    WHERE schemaname = 'public'
"""


@click.command()
def tidy() -> None:
    """Rewrite the tables that changed, so that what was deleted leaves the database's files and its log.

    Readers of a table wait while it is rewritten, about a second for 100 MB.
    """
    owner_url = env.text("DATABASE_OWNER_URL", env.text("DATABASE_URL"))
    memory = Path(env.text("RESONANZ_DATA")) / MEMORY
    for words in rewrite_changed_tables(owner_url=owner_url, memory=memory):
        click.echo(words)


def rewrite_changed_tables(*, owner_url: str, memory: Path) -> list[str]:
    """Scrub what changed since the last time, which the file `memory` remembers; what was left for the next time."""
    before, present = _remembered(memory), _changes(owner_url)
    unchanged = {table for table, changes in present.items() if before.get(table) == changes}
    remainders = scrub_database(owner_url=owner_url, say=lambda _table: None, leave_out=unchanged)
    left = {remainder.about.rpartition(".")[2] for remainder in remainders}
    done = {table: changes for table, changes in _changes(owner_url).items() if table not in left}
    memory.write_text(json.dumps(done), "utf-8")
    return [f"{remainder.code}: {remainder.about}" for remainder in remainders]


def _changes(owner_url: str) -> dict[str, int]:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        return {str(table): int(changes) for table, changes in connection.execute(_CHANGES).fetchall()}


def _remembered(memory: Path) -> dict[str, int]:
    try:
        found = json.loads(memory.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
