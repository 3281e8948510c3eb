"""Pictures on the practice network: brought first, then named by a post; their address is theirs who know it.

Functions on its SQLite file, to be called within the store's lock or transaction.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from typing import Any

MOST_BYTES = 2 * 1024 * 1024
MOST_ALT = 1_500
MOST_PICTURES = 4
TYPES = ("image/png", "image/jpeg")
SCHEMA = """
CREATE TABLE IF NOT EXISTS picture (
    key TEXT PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account, post_id INTEGER REFERENCES post,
    place INTEGER, type TEXT NOT NULL, alt TEXT NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS picture_post ON picture (post_id);
"""

Row = dict[str, Any]


def problem(data: bytes, content_type: str, alt: str) -> tuple[int, str] | None:
    """Why the network does not take it, as an HTTP status and words."""
    if content_type not in TYPES:
        return 415, f"A picture is {' or '.join(TYPES)}."
    if not data or len(data) > MOST_BYTES:
        return 413, f"A picture has 1 to {MOST_BYTES} bytes."
    if len(alt) > MOST_ALT:
        return 422, f"A description has up to {MOST_ALT} characters."
    return None


def add(rows: sqlite3.Connection, *, me: int, data: bytes, content_type: str, alt: str) -> str:
    """The key under which a post of `me` may name it."""
    key = secrets.token_urlsafe(18)
    rows.execute(
        "INSERT INTO picture (key, account_id, type, alt, data) VALUES (?, ?, ?, ?, ?)",
        (key, me, content_type, alt, data),
    )
    return key


def attach(rows: sqlite3.Connection, *, me: int, post_id: int, keys: Sequence[str]) -> bool:
    """Put those pictures beside an own post, in place of those that stood there; False when one is not to be had."""
    rows.execute("UPDATE picture SET post_id = NULL WHERE post_id = ?", (post_id,))
    for place, key in enumerate(keys):
        done = rows.execute(
            "UPDATE picture SET post_id = ?, place = ? WHERE key = ? AND account_id = ? AND post_id IS NULL",
            (post_id, place, key, me),
        )
        if done.rowcount != 1:
            return False
    return len(keys) <= MOST_PICTURES


def beside(rows: sqlite3.Connection, post_id: int) -> list[Row]:
    """The pictures beside a post, as the network tells of them."""
    found = rows.execute("SELECT key, alt FROM picture WHERE post_id = ? ORDER BY place", (post_id,)).fetchall()
    return [{"kind": "IMAGE", "path": f"/media/{row['key']}", "alt": row["alt"]} for row in found]


def picture(rows: sqlite3.Connection, key: str) -> Row | None:
    """The picture of this key, with its type."""
    found: Row | None = rows.execute("SELECT type, data FROM picture WHERE key = ?", (key,)).fetchone()
    return found
