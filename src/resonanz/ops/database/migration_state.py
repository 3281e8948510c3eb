"""Whether `migrate` would find anything to do, answered in milliseconds: asking Django itself takes seconds.

After a migration, what the code brought and what the database recorded are noted as two hashes. While both are still
the same, there is nothing to migrate; any doubt means that there is.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import distributions
from pathlib import Path

import psycopg

_SOURCES = Path(__file__).resolve().parents[2]
NOTE = "migrated.json"


def is_migrated(*, owner_url: str, folder: Path) -> bool:
    """Whether code and database are as `note_migrated` left them; `folder` holds the note."""
    try:
        noted = json.loads((folder / NOTE).read_text("utf-8"))
        return bool(noted == _present(owner_url))
    except (OSError, ValueError, psycopg.Error):
        return False


def note_migrated(*, owner_url: str, folder: Path) -> None:
    """Remember that everything is migrated now."""
    (folder / NOTE).write_text(json.dumps(_present(owner_url)), "utf-8")


def _present(owner_url: str) -> dict[str, str]:
    with psycopg.connect(owner_url, connect_timeout=10) as connection:
        rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
    return {"code": _hash_of_code(), "database": hashlib.sha256(repr(rows).encode()).hexdigest()}


def _hash_of_code() -> str:
    """Our migrations by content, those of packages by their versions."""
    digest = hashlib.sha256()
    for path in sorted(_SOURCES.glob("*/migrations/*.py")):
        digest.update(f"{path.relative_to(_SOURCES)}\0".encode() + path.read_bytes() + b"\0")
    for name, version in sorted({(found.name, found.version) for found in distributions()}):
        digest.update(f"{name} {version}\n".encode())
    return digest.hexdigest()
