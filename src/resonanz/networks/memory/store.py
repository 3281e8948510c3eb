"""What the practice network knows, in one SQLite file. What was acknowledged is on the disk: kill -9 loses nothing."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from resonanz.core import clock
from resonanz.networks.memory import kept_pictures

TEXT_LENGTH = 500
FURTHEST_BACK = timedelta(days=60)
_HANDLE = re.compile(r"[a-z0-9_]{1,30}")
_MENTION = re.compile(r"(?<![\w@])@([a-z0-9_]{1,30})(?!\w)", re.IGNORECASE)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY AUTOINCREMENT, handle TEXT NOT NULL UNIQUE, name TEXT NOT NULL, token TEXT UNIQUE,
    gone_at TEXT);
CREATE TABLE IF NOT EXISTS post (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER NOT NULL REFERENCES account, text TEXT NOT NULL,
    parent_id INTEGER REFERENCES post, root_id INTEGER, visibility TEXT NOT NULL, posted_at TEXT NOT NULL,
    edited_at TEXT, deleted_at TEXT, is_review INTEGER NOT NULL DEFAULT 0, quoted_id INTEGER REFERENCES post);
CREATE INDEX IF NOT EXISTS post_parent ON post (parent_id, account_id);
CREATE TABLE IF NOT EXISTS addressee (
    post_id INTEGER NOT NULL REFERENCES post, account_id INTEGER NOT NULL REFERENCES account,
    PRIMARY KEY (post_id, account_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS liked (
    post_id INTEGER NOT NULL REFERENCES post, account_id INTEGER NOT NULL REFERENCES account,
    PRIMARY KEY (post_id, account_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hidden (post_id INTEGER PRIMARY KEY REFERENCES post);
CREATE TABLE IF NOT EXISTS blocked (
    account_id INTEGER NOT NULL REFERENCES account, blocked_id INTEGER NOT NULL REFERENCES account,
    PRIMARY KEY (account_id, blocked_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS report (
    id INTEGER PRIMARY KEY AUTOINCREMENT, post_id INTEGER NOT NULL REFERENCES post,
    account_id INTEGER NOT NULL REFERENCES account, words TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, post_id INTEGER REFERENCES post,
    account_id INTEGER NOT NULL REFERENCES account, body TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS event_post ON event (post_id);
CREATE TABLE IF NOT EXISTS told (key TEXT PRIMARY KEY, post_id INTEGER NOT NULL REFERENCES post) WITHOUT ROWID;
"""
# `me` may read a post that is public, their own, or addressed to them.
_READABLE = """(p.visibility = 'PUBLIC' OR p.account_id = :me
    OR EXISTS (SELECT 1 FROM addressee a WHERE a.post_id = p.id AND a.account_id = :me))"""

Row = dict[str, Any]


class Denied(Exception):
    """The act is not possible; `status` is the HTTP status that says why."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class Store:
    """The accounts, posts and events. Every act is one transaction; every method may be called from any thread."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._moved: datetime | None = None
        file.touch(mode=0o600)
        file.chmod(0o600)  # it holds tokens; SQLite gives its log beside it the same mode
        self._rows = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._rows.row_factory = _as_dict
        self._rows.execute("PRAGMA journal_mode = WAL")
        # FULL syncs the log at each commit; the default of WAL would lose the last ones with the power.
        self._rows.execute("PRAGMA synchronous = FULL")
        self._rows.execute("PRAGMA foreign_keys = ON")
        self._rows.executescript(_SCHEMA + kept_pictures.SCHEMA)
        columns = {column["name"] for column in self._all("PRAGMA table_info(post)", ())}
        if "is_review" not in columns:
            self._rows.execute("ALTER TABLE post ADD COLUMN is_review INTEGER NOT NULL DEFAULT 0")
        if "quoted_id" not in columns:
            self._rows.execute("ALTER TABLE post ADD COLUMN quoted_id INTEGER REFERENCES post")

    def close(self) -> None:
        with self._lock:
            self._rows.close()

    def create_account(self, *, handle: str, name: str) -> Row:
        """The new account with its token. A handle is taken for good, also after its account is gone."""
        if not _HANDLE.fullmatch(handle):
            raise Denied(422, "A handle has 1 to 30 of a-z, 0-9 and _.")
        token = secrets.token_urlsafe(24)
        with self._transaction():
            if self._one("SELECT 1 AS found FROM account WHERE handle = ?", handle):
                raise Denied(409, "This handle is taken.")
            made = self._rows.execute(
                "INSERT INTO account (handle, name, token) VALUES (?, ?, ?)", (handle, name[:100], token)
            )
        return {"id": str(made.lastrowid), "handle": handle, "name": name[:100], "token": token}

    def signed_in(self, token: str) -> Row:
        """The account that holds the token."""
        with self._lock:
            found = self._one("SELECT id, handle, name FROM account WHERE token = ? AND gone_at IS NULL", token)
        if found is None:
            raise Denied(401, "This token is not known.")
        return found

    def delete_account(self, *, me: int) -> None:
        """Takes the account away with its posts; others are told once, that the account is gone."""
        now = self._now()
        with self._transaction():
            self._rows.execute(
                "UPDATE account SET gone_at = ?, token = NULL, name = '' WHERE id = ? AND gone_at IS NULL", (now, me)
            )
            self._blank("account_id = ?", me, now)
            self._note("account_gone", None, me, {})

    def create_post(
        self,
        *,
        me: int,
        text: str,
        visibility: str,
        parent_id: int | None,
        to: list[str],
        key: str = "",
        is_review: bool = False,
        pictures: list[str] | None = None,
        quoted_id: int | None = None,
    ) -> Row:
        """A post or a reply. There is no idempotency key for apps: said twice, it stands there twice.

        Whoever is quoted is told of it, as whoever is answered. What is private cannot be quoted.
        `key` is the demo world's, which must not repeat itself: under the same one the first post is the answer.
        """
        self._check(text, visibility)
        now = self._now()
        with self._transaction():
            if key and (earlier := self._told(key)):
                return {"id": str(earlier["id"])}
            parent = self._readable(parent_id, me) if parent_id is not None else None
            if parent and self._is_blocked(me, by=parent["account_id"]):
                raise Denied(403, "This account lets you answer no more.")
            quoted = self._readable(quoted_id, me) if quoted_id is not None else None
            if quoted and quoted["visibility"] != "PUBLIC":
                raise Denied(403, "What is private cannot be quoted.")
            made = self._rows.execute(
                "INSERT INTO post (account_id, text, parent_id, visibility, posted_at, is_review, quoted_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (me, text, parent_id, visibility, now, is_review, quoted_id),
            )
            root = parent["root_id"] if parent else made.lastrowid
            self._rows.execute("UPDATE post SET root_id = ? WHERE id = ?", (root, made.lastrowid))
            self._show_beside(me, int(made.lastrowid or 0), pictures or [])
            self._address(made.lastrowid, me, [*_MENTION.findall(text), *to], parent, quoted)
            self._note("posted", made.lastrowid, me, {"text": text})
            if parent:
                self._count(parent["id"], me)
            if key:
                self._rows.execute("INSERT INTO told VALUES (?, ?)", (key, made.lastrowid))
            return self._shown(self._readable(made.lastrowid, me))

    def edit_post(self, *, me: int, post_id: int, text: str, pictures: list[str] | None = None) -> Row:
        """New words for an own post; the same words again are no edit. `pictures`: in place of those beside it."""
        now = self._now()
        with self._transaction():
            post = self._own(post_id, me)
            self._check(text, post["visibility"])
            if post["text"] == text and pictures is None:
                return self._shown(post)
            if pictures is not None:
                self._show_beside(me, post_id, pictures)
            self._rows.execute("UPDATE post SET text = ?, edited_at = ? WHERE id = ?", (text, now, post_id))
            self._note("edited", post_id, me, {"text": text})
            return self._shown(self._readable(post_id, me))

    def delete_post(self, *, me: int, post_id: int) -> None:
        """Takes an own post away, or what somebody said below one; its words leave the events, too."""
        with self._transaction():
            self._own_or_below(post_id, me)
            self._blank("id = ?", post_id, self._now())
            self._note("deleted", post_id, me, {})

    def like(self, *, me: int, post_id: int, likes: bool) -> None:
        """Likes a post or takes that back; doing it twice changes nothing."""
        act = "INSERT OR IGNORE INTO liked (post_id, account_id) VALUES (?, ?)"
        undo = "DELETE FROM liked WHERE post_id = ? AND account_id = ?"
        with self._transaction():
            self._readable(post_id, me)
            if self._rows.execute(act if likes else undo, (post_id, me)).rowcount:
                self._count(post_id, me)

    def hide(self, *, me: int, post_id: int, hides: bool) -> None:
        """Takes what somebody said below an own post off the page that people look at, or puts it back."""
        act = "INSERT OR IGNORE INTO hidden VALUES (?)" if hides else "DELETE FROM hidden WHERE post_id = ?"
        with self._transaction():
            if self._own_or_below(post_id, me)["account_id"] == me:
                raise Denied(403, "This post is your own.")
            self._rows.execute(act, (post_id,))

    def block(self, *, me: int, account_id: int, blocks: bool) -> None:
        """From now on the account reaches `me` no more, or does again."""
        act = "INSERT OR IGNORE INTO blocked VALUES (?, ?)"
        undo = "DELETE FROM blocked WHERE account_id = ? AND blocked_id = ?"
        with self._transaction():
            if account_id == me or not self._one("SELECT 1 AS found FROM account WHERE id = ?", account_id):
                raise Denied(404, "There is no such account.")
            self._rows.execute(act if blocks else undo, (me, account_id))

    def report(self, *, me: int, post_id: int, words: str) -> Row:
        """Tells those who moderate; told twice, it stands there twice."""
        with self._transaction():
            self._readable(post_id, me)
            made = self._rows.execute(
                "INSERT INTO report (post_id, account_id, words, at) VALUES (?, ?, ?, ?)",
                (post_id, me, words[:1000], self._now()),
            )
        return {"id": str(made.lastrowid)}

    def add_picture(self, *, me: int, data: bytes, content_type: str, alt: str) -> Row:
        """Takes a picture, for a post to name."""
        if refused := kept_pictures.problem(data, content_type, alt):
            raise Denied(*refused)
        with self._transaction():
            key = kept_pictures.add(self._rows, me=me, data=data, content_type=content_type, alt=alt)
        return {"id": key}

    def picture(self, key: str) -> Row:
        """The picture of this key; whoever knows it may see it."""
        with self._lock:
            found = kept_pictures.picture(self._rows, key)
        if found is None:
            raise Denied(404, "There is no such picture.")
        return found

    def post(self, *, me: int, post_id: int) -> Row:
        """One post that `me` may read."""
        with self._lock:
            return self._shown(self._readable(post_id, me))

    def own_replies(self, *, me: int, parent_id: int, since: str, after: int, limit: int) -> list[Row]:
        """What `me` answered to a post since a moment, oldest first."""
        with self._lock:
            rows = self._all(
                """SELECT p.*, w.handle, w.name FROM post p JOIN account w ON w.id = p.account_id
                WHERE p.parent_id = ? AND p.account_id = ? AND p.posted_at >= ? AND p.id > ? AND p.deleted_at IS NULL
                ORDER BY p.id LIMIT ?""",
                (parent_id, me, since, after, limit),
            )
        return [self._shown(row) for row in rows]

    def events(self, *, me: int, after: int, limit: int) -> list[Row]:
        """What happened after number `after` that `me` may know of, oldest first."""
        with self._lock:
            rows = self._all(
                f"""SELECT e.seq, e.type, e.body, e.at, e.account_id AS actor_id, p.*, w.handle, w.name,
                    EXISTS (SELECT 1 FROM addressee a WHERE a.post_id = p.id AND a.account_id = :me) AS addressed
                FROM event e LEFT JOIN post p ON p.id = e.post_id LEFT JOIN account w ON w.id = p.account_id
                WHERE e.seq > :after AND (p.id IS NULL OR {_READABLE}) ORDER BY e.seq LIMIT :limit""",  # noqa: S608
                {"me": me, "after": after, "limit": limit},
            )
            return [self._event(row) for row in rows]

    def last_event(self) -> int:
        """The number of what happened last."""
        with self._lock:
            found = self._one("SELECT max(seq) AS seq FROM event")
        return int(found["seq"] or 0) if found else 0

    def latest(self, *, limit: int = 100) -> list[Row]:
        """The newest public posts, for the page that people look at."""
        with self._lock:
            rows = self._all(
                """SELECT p.*, w.handle, w.name, (SELECT count(*) FROM liked l WHERE l.post_id = p.id) AS likes
                FROM post p JOIN account w ON w.id = p.account_id
                WHERE p.visibility = 'PUBLIC' AND p.deleted_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.post_id = p.id) ORDER BY p.id DESC LIMIT ?""",
                (limit,),
            )
        return [self._shown(row) | {"likes": row["likes"]} for row in rows]

    def move_clock(self, moment: datetime | None) -> None:
        """From now on everything happens at `moment`, within the last sixty days; None: at its own time again."""
        if moment is not None and not clock.now() - FURTHEST_BACK <= moment <= clock.now():
            raise Denied(422, "The clock goes back by sixty days at most, and never forward.")
        with self._lock:
            self._moved = moment

    def ensure_account(self, *, handle: str, name: str) -> int:
        """The id of the account of this handle; a new one has no token, so that nobody can sign in with it."""
        with self._lock:
            found = self._one("SELECT id FROM account WHERE handle = ? AND gone_at IS NULL", handle)
        if found:
            return int(found["id"])
        made = self.create_account(handle=handle, name=name)
        with self._transaction():
            self._rows.execute("UPDATE account SET token = NULL WHERE id = ?", (made["id"],))
        return int(made["id"])

    def issue_token(self, *, handle: str, name: str) -> Row:
        """The account of this handle, made where it is missing, with a new token; the one before stops working."""
        account, token = self.ensure_account(handle=handle, name=name), secrets.token_urlsafe(24)
        with self._transaction():
            self._rows.execute("UPDATE account SET token = ? WHERE id = ?", (token, account))
        return {"id": str(account), "handle": handle, "token": token}

    def answers(self, *, by: str, after: int, limit: int = 100) -> list[Row]:
        """What the account of this handle answered to posts of the demo world, after the post `after`."""
        with self._lock:
            return self._all(
                """SELECT p.id, p.posted_at, t.key AS to_key, parent.id AS to_id, w.handle AS to_handle,
                    p.visibility = 'PRIVATE' AS private
                FROM post p JOIN account me ON me.id = p.account_id JOIN post parent ON parent.id = p.parent_id
                JOIN told t ON t.post_id = parent.id JOIN account w ON w.id = parent.account_id
                WHERE me.handle = ? AND p.id > ? AND p.deleted_at IS NULL ORDER BY p.id LIMIT ?""",
                (by, after, limit),
            )

    def told(self, key: str) -> Row | None:
        """The post that was said under this key, deleted or not."""
        with self._lock:
            return self._told(key)

    def _told(self, key: str) -> Row | None:
        return self._one(
            """SELECT p.id, p.posted_at, p.deleted_at, w.handle FROM told t JOIN post p ON p.id = t.post_id
            JOIN account w ON w.id = p.account_id WHERE t.key = ?""",
            key,
        )

    def _now(self) -> str:
        return _as_text(self._moved or clock.now())

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._rows.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._rows.execute("ROLLBACK")
                raise
            self._rows.execute("COMMIT")

    def _one(self, query: str, *values: object) -> Row | None:
        row: Row | None = self._rows.execute(query, values).fetchone()
        return row

    def _all(self, query: str, values: tuple[object, ...] | Row) -> list[Row]:
        return self._rows.execute(query, values).fetchall()

    def _check(self, text: str, visibility: str) -> None:
        if not text.strip() or len(text) > TEXT_LENGTH:
            raise Denied(422, f"A post has 1 to {TEXT_LENGTH} characters.")
        if visibility not in {"PUBLIC", "PRIVATE"}:
            raise Denied(422, "A post is PUBLIC or PRIVATE.")

    def _readable(self, post_id: int | None, me: int) -> Row:
        rows = self._all(
            f"""SELECT p.*, w.handle, w.name FROM post p JOIN account w ON w.id = p.account_id
            WHERE p.id = :post AND p.deleted_at IS NULL AND {_READABLE}""",  # noqa: S608
            {"post": post_id, "me": me},
        )
        if not rows:
            raise Denied(404, "There is no such post.")
        return rows[0]

    def _own(self, post_id: int, me: int) -> Row:
        post = self._readable(post_id, me)
        if post["account_id"] != me:
            raise Denied(403, "This post is somebody else's.")
        return post

    def _own_or_below(self, post_id: int, me: int) -> Row:
        post = self._readable(post_id, me)
        root = self._one("SELECT account_id FROM post WHERE id = ?", post["root_id"])
        if me not in {post["account_id"], root["account_id"] if root else None}:
            raise Denied(403, "This post stands below somebody else's.")
        return post

    def _address(self, post_id: int | None, me: int, handles: list[str], *others: Row | None) -> None:
        accounts = {
            row["id"]
            for handle in {handle.lower() for handle in handles}
            if (row := self._one("SELECT id FROM account WHERE handle = ? AND gone_at IS NULL", handle))
        }
        accounts |= {other["account_id"] for other in others if other}
        accounts = {account for account in accounts - {me} if not self._is_blocked(me, by=account)}
        self._rows.executemany("INSERT INTO addressee VALUES (?, ?)", [(post_id, account) for account in accounts])

    def _show_beside(self, me: int, post_id: int, pictures: list[str]) -> None:
        if not kept_pictures.attach(self._rows, me=me, post_id=post_id, keys=pictures):
            raise Denied(422, "These pictures are not yours, are used, or are too many.")

    def _is_blocked(self, me: int, *, by: int) -> bool:
        return bool(self._one("SELECT 1 AS found FROM blocked WHERE account_id = ? AND blocked_id = ?", by, me))

    def _blank(self, which: str, value: int, now: str) -> None:
        # Literal conditions only: `which` is written in this file.
        chosen = f"SELECT id FROM post WHERE {which}"  # noqa: S608
        self._rows.execute(f"UPDATE event SET body = '{{}}' WHERE post_id IN ({chosen})", (value,))  # noqa: S608
        self._rows.execute(f"DELETE FROM picture WHERE post_id IN ({chosen})", (value,))  # noqa: S608
        self._rows.execute(f"UPDATE post SET text = '', deleted_at = ? WHERE {which}", (now, value))  # noqa: S608

    def _count(self, post_id: int, me: int) -> None:
        likes = self._one("SELECT count(*) AS n FROM liked WHERE post_id = ?", post_id) or {"n": 0}
        replies = self._one("SELECT count(*) AS n FROM post WHERE parent_id = ? AND deleted_at IS NULL", post_id)
        self._note("counted", post_id, me, {"likes": likes["n"], "replies": (replies or {"n": 0})["n"]})

    def _note(self, kind: str, post_id: int | None, me: int, body: Row) -> None:
        self._rows.execute(
            "INSERT INTO event (type, post_id, account_id, body, at) VALUES (?, ?, ?, ?, ?)",
            (kind, post_id, me, json.dumps(body), self._now()),
        )

    def _event(self, row: Row) -> Row:
        head = {"seq": row["seq"], "type": row["type"], "at": row["at"]}
        if row["type"] == "account_gone":
            return head | {"account_id": str(row["actor_id"])}
        head["post_id"] = str(row["id"])
        if row["type"] in {"posted", "edited"} and row["deleted_at"]:
            return head | {"type": "withdrawn"}  # the deletion follows under its own number
        body = json.loads(row["body"])
        if row["type"] == "posted":
            return head | {"post": self._shown(row | body) | {"addressed": bool(row["addressed"])}}
        beside = {"media": kept_pictures.beside(self._rows, row["id"])} if row["type"] == "edited" else {}
        told: Row = head | body | beside
        return told

    def _shown(self, row: Row) -> Row:
        return {
            "id": str(row["id"]),
            "text": row["text"],
            "parent_id": str(row["parent_id"] or ""),
            "root_id": str(row["root_id"] or ""),
            "visibility": row["visibility"],
            "is_review": bool(row["is_review"]),
            "posted_at": row["posted_at"],
            "edited_at": row["edited_at"],
            "author": {"id": str(row["account_id"]), "handle": row["handle"], "name": row["name"]},
            "media": kept_pictures.beside(self._rows, row["id"]),
            "mentions": sorted({handle.lower() for handle in _MENTION.findall(row["text"])}),
            "quoted": self._quoted(row["quoted_id"]) if row["quoted_id"] else None,
        }

    def _quoted(self, post_id: int) -> Row:
        """What a post quotes, as it reads today; nothing of what is gone."""
        post = self._one(
            """SELECT p.id, p.text, p.account_id, w.handle, w.name FROM post p JOIN account w ON w.id = p.account_id
            WHERE p.id = ? AND p.deleted_at IS NULL""",
            post_id,
        )
        if post is None:
            return {}
        author = {"id": str(post["account_id"]), "handle": post["handle"], "name": post["name"]}
        return {"id": str(post["id"]), "text": post["text"], "author": author}


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    # The first of two columns of one name counts: `e.…` stands before `p.*` in every query.
    named: Row = {}
    for column, value in zip(cursor.description, row, strict=True):
        named.setdefault(column[0], value)
    return named


def _as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
