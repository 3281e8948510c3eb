"""Erased words are looked for where they could have stayed: in a dump and in every file of the data folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from resonanz.ops.database.embedded import APPLICATION, OWNER, EmbeddedDatabase
from resonanz.ops.database.roles import prepare_roles
from resonanz.ops.database.throwaway import throwaway_database
from resonanz.privacy import scrub

PLANTING = Path(__file__).with_name("planting.py")
DUE = ("Zwoelfmond", "Quirinus", "quirinus")
ERASED = ("Übelhör-Xanthopoulos", "Zwetana", "zwetana", "übelhör_xanthopoulos", "\\u00dcbelh\\u00f6r")


@dataclass(frozen=True)
class House:
    """A product's data on a cluster of its own."""

    database: EmbeddedDatabase

    def run(self, *command: str) -> str:
        environment = os.environ | {
            "DATABASE_URL": self.database.url(APPLICATION),
            "DATABASE_OWNER_URL": self.database.url(OWNER),
            "RESONANZ_DATA": str(self.database.folder.path),
        }
        done = subprocess.run(
            [sys.executable, *command], env=environment, text=True, capture_output=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def scrub(self, *leave_out: str) -> list[scrub.Remainder]:
        return scrub.scrub_database(
            owner_url=self.database.url(OWNER), say=lambda _text: None, leave_out=leave_out, patience_seconds=5
        )

    def places(self, words: tuple[str, ...]) -> set[str]:
        """Where one of the words stands: "dump", or the top of a file's path."""
        needles = [word.encode() for word in words]
        dump = self._dump()
        found = {"dump" for needle in needles if needle in dump}
        for file in self.database.folder.path.rglob("*"):
            content = file.read_bytes() if file.is_file() else b""
            if any(needle in content for needle in needles):
                found.add("/".join(file.relative_to(self.database.folder.path).parts[:2]))
        return found

    def _dump(self) -> bytes:
        pg_dump = self.database.installation / "bin" / "pg_dump"
        done = subprocess.run([pg_dump, self.database.url(OWNER)], capture_output=True, check=True, timeout=120)
        return done.stdout


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Not the fast settings: what the product's own server leaves behind is what counts."""
    with throwaway_database({}) as database:
        prepare_roles(database)
        found = House(database)
        found.run("-m", "resonanz", "migrate")
        yield found


@pytest.mark.slow
def test_scrub_leaves_no_word_of_what_was_due_or_erased(house: House) -> None:
    house.run(str(PLANTING), "plant")
    (house.database.folder.logs / "web.log").write_text("".join(f"{word}\n" for word in DUE + ERASED), "utf-8")
    with psycopg.connect(house.database.url(OWNER), autocommit=True) as connection:
        connection.execute("ANALYZE")
        connection.execute("CHECKPOINT")
    everywhere = {"dump", "database/base", "database/pg_wal", "logs/web.log"}
    assert everywhere <= house.places(DUE)
    assert everywhere <= house.places(ERASED)

    house.run(str(PLANTING), "erase")
    assert "dump" in house.places(DUE)
    assert house.places(ERASED) == {"database/base", "database/pg_wal", "logs/web.log"}

    house.run(str(PLANTING), "expire")
    assert "dump" not in house.places(DUE)

    # The planted fault: a scrub that forgets one table must be found out by this very search.
    house.scrub("listening_post")
    assert "database/base" in house.places(DUE)
    assert "database/base" in house.places(ERASED)

    told = house.run("-m", "resonanz", "privacy", "scrub")
    assert house.places(DUE) == set()
    assert house.places(ERASED) == set()
    assert "Backups made before" in told


@pytest.mark.slow
def test_scrub_tells_of_a_transaction_that_keeps_dead_rows(house: House) -> None:
    house.run(str(PLANTING), "plant")
    with psycopg.connect(house.database.url(APPLICATION)) as holder:
        holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        holder.execute("SELECT 1 FROM django_migrations LIMIT 1")
        house.run(str(PLANTING), "erase")

        remainders = house.scrub()

    assert scrub.Remainder("scrub.old_transaction", "public.listening_post") in remainders
    assert scrub.Remainder("scrub.in_use", "public.django_migrations") in remainders
    assert house.scrub() == []
