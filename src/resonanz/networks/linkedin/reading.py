"""Polling a Page: what it was notified of, oldest first, and the own posts below which that stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Event, Posted
from resonanz.networks.errors import NotAuthorised, Refused
from resonanz.networks.linkedin.client import NotForUs, NotThere, elements, get
from resonanz.networks.linkedin.posts import (
    ACTIONS,
    FAULTS,
    Found,
    comment_id,
    event_of,
    number_of,
    own_post,
    post_id,
    root_of,
)

PAGE = 50
MOST_PAGES = 20
MOST_KNOWN = 300
_MOST_ROUNDS = 10
_MOST_NAMED = 120
_FIRST = timedelta(days=2)  # more of it may not be kept anyway
_LATE_MILLIS = 15 * 60 * 1000
"""LinkedIn tells some things later than others, so the last minutes are read again."""


@dataclass(slots=True)
class Cursor:
    """`since`: up to when all was read, in milliseconds. `seen`: notifications of the last minutes. `roots`: own posts
    that were brought already.
    """

    since: int = 0
    seen: list[int] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, cursor: str) -> Cursor:
        """The cursor, a fresh one where the text is none: then what is read again is stored once."""
        first = int((clock.now() - _FIRST).timestamp() * 1000)
        try:
            found = json.loads(cursor)
            seen, roots = [int(one) for one in found["seen"]], [str(one) for one in found["roots"]]
            since = int(found["since"])
            is_past = since <= clock.now().timestamp() * 1000  # else it was kept while our clock was wrong
            return cls(since if is_past else first, seen, roots)
        except (*FAULTS, RecursionError):
            return cls(first)

    def write(self) -> str:
        """As it is kept with the channel."""
        kept = {"since": self.since, "seen": self.seen[-MOST_KNOWN * 4 :], "roots": self.roots[-MOST_KNOWN:]}
        return json.dumps(kept, separators=(",", ":"))


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`. What was read before a failure is read again: it is stored once."""
    place, until = Cursor.read(cursor), int(clock.now().timestamp() * 1000)
    for _ in range(_MOST_ROUNDS):
        yield _Poll(account, place).batch(until)
        if place.since >= until:
            return


class _Poll:
    def __init__(self, account: Account, cursor: Cursor) -> None:
        self._account = account
        self._cursor = cursor
        self._events: list[Event] = []
        self._bad: list[BadEvent] = []

    def batch(self, until: int) -> Batch:
        """All of it until then, or as much as can be read at once; the oldest first."""
        until, told = self._told(until)
        for note in sorted(told, key=_when):
            if (number := note.get("notificationId")) not in self._cursor.seen:
                self._hear(note)
                self._cursor.seen += [number] if isinstance(number, int) else []
        self._cursor.since = until
        return Batch(tuple(self._events), self._cursor.write(), tuple(self._bad))

    def _told(self, until: int) -> tuple[int, list[Found]]:
        """What was told, and up to when that is all of it: where there is too much for once, the older half is read."""
        start = self._cursor.since - _LATE_MILLIS
        while True:
            listed, is_all = self._notifications(start, until)
            if is_all or until - start <= 2 * _LATE_MILLIS:  # so many in minutes are read as far as they are shown
                break
            until = start + max((until - start) // 2, 2 * _LATE_MILLIS)
        odd = [one for one in listed if not isinstance(one, dict)]
        self._bad += [put_aside(type(one).__name__, TypeError()) for one in odd]
        return until, [one for one in listed if isinstance(one, dict)]

    def _notifications(self, start: int, until: int) -> tuple[list[Any], bool]:
        """With whether that is all. Refused here means that the right or the role is gone: an administrator may read
        what the Page was told.
        """
        page = quote(self._account.native_id, safe="")
        asked = f"q=criteria&actions=List({','.join(ACTIONS)})&organizationalEntity={page}"
        found: list[Any] = []
        for number in range(MOST_PAGES):
            place = f"timeRange=(start:{start},end:{until})&start={number * PAGE}&count={PAGE}"
            try:
                listed = elements(get(self._account, f"/organizationalEntityNotifications?{asked}&{place}"))
            except (NotForUs, NotThere) as error:
                raise NotAuthorised(status=403) from error
            found += listed
            if len(listed) < PAGE:
                return found, True
        return found, False

    def _hear(self, note: Found) -> None:
        try:
            event = event_of(self._with_words(note))
        except NotThere:
            return  # it went meanwhile
        except (Refused, *FAULTS) as error:
            self._bad.append(put_aside(_named(note), error))
            return
        if isinstance(event, Posted):
            self._bring_root(note, event)
        self._events.append(event)

    def _with_words(self, note: Found) -> Found:
        """LinkedIn tells the words beside most of them; of the others we ask for the comment."""
        if note["action"] not in {"COMMENT", "ADMIN_COMMENT", "COMMENT_EDIT"}:
            return note
        decorated = note.get("decoratedGeneratedActivity")
        comment = decorated.get("comment") if isinstance(decorated, dict) else None
        if isinstance(comment, dict) and isinstance(comment.get("text"), str):
            return note
        native_id = comment_id(note["generatedActivity"])
        found = one(self._account, native_id)
        said = {"entity": native_id, "owner": found["actor"], "text": found["message"]["text"]}
        return {**note, "decoratedGeneratedActivity": {"comment": said}}

    def _bring_root(self, note: Found, said: Posted) -> None:
        """The own post below which it stands, once; one that cannot be read is missed by nobody."""
        if said.native_id == said.root_id or said.root_id in self._cursor.roots:
            return
        self._cursor.roots.append(said.root_id)
        try:
            found = get(self._account, f"/posts/{quote(post_id(note['decoratedSourcePost']['entity']), safe='')}")
            if (own := own_post(said.root_id, found, self._account)) is not None:
                self._events.append(own)
        except (Refused, *FAULTS):
            return


def one(account: Account, native_id: str) -> dict[str, Any]:
    """A comment as it stands now. Raises a NetworkError, and one of FAULTS where the id is none."""
    return get(account, f"/socialActions/{quote(root_of(native_id), safe='')}/comments/{number_of(native_id)}")


def _named(note: Found) -> dict[str, object]:
    """By what people find it, without its words: they may be kept for two days, and what is put aside stays longer."""
    kept = {key: note.get(key) for key in ("notificationId", "action", "generatedActivity")}
    return {key: one[:_MOST_NAMED] if isinstance(one, str) else one for key, one in kept.items() if _is_plain(one)}


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int)


def _when(note: Found) -> tuple[int, int]:
    at, number = note.get("lastModifiedAt"), note.get("notificationId")
    return (at if isinstance(at, int) else 0, number if isinstance(number, int) else 0)
