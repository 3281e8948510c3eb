"""Polling an account: what answers its posts, and what names it.

Threads does not tell below which of our posts something new stands, so they are asked for by turns, those that are read
longest ago first; the newest of them each time. A poll takes ten requests at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Event
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.meta.faults import NoRight, NotThere
from resonanz.networks.meta.reading import FAULTS, identifier, moment, pages
from resonanz.networks.threads import posts
from resonanz.networks.threads.cursor import Cursor

MOST_POSTS = 50
NEWEST, TURNS = 2, 4
_PAGE = 100
_MOST_PAGES = 5


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`."""
    return _Poll(account, Cursor.of(cursor)).batches()


class _Poll:
    def __init__(self, account: Account, cursor: Cursor) -> None:
        self._account = account
        self._cursor = cursor
        self._graph = posts.graph(account)
        self._events: list[Event] = []
        self._bad: list[BadEvent] = []

    def batches(self) -> Iterator[Batch]:
        """The last one always comes: where all was quiet is read, too. What was found before a failure comes first."""
        try:
            for post_id in self._turns():
                self._graph.spare()
                self._read_answers(post_id)
                yield self._batch()
            self._graph.spare()
            self._read_mentions()
        except TryLater:
            yield self._batch()
            raise
        yield self._batch()

    def _batch(self) -> Batch:
        batch = Batch(tuple(self._events), self._cursor.write(), tuple(self._bad))
        self._events, self._bad = [], []
        return batch

    def _turns(self) -> list[str]:
        """Our newest posts that somebody answered, and of the others those whose turn it is."""
        try:
            fields = "id,timestamp,has_replies"
            (listed,) = pages(self._graph, "/me/threads", most=1, fields=fields, limit=MOST_POSTS)
        except NoRight as error:
            raise NotAuthorised(status=403) from error
        answered: list[str] = []
        for one in listed:
            try:
                native_id = identifier(one["id"])
                if one.get("has_replies") is True:
                    answered.append(native_id)
            except FAULTS as error:
                self._bad.append(put_aside(one, error))
        self._cursor.read = {key: at for key, at in self._cursor.read.items() if key in answered}
        rest = sorted(answered[NEWEST:], key=lambda key: self._cursor.read.get(key, 0))
        return [*answered[:NEWEST], *rest[:TURNS]]

    def _read_answers(self, post_id: str) -> None:
        """All levels of them, the newest first, down to what is read."""
        read_until, begun = self._cursor.read.get(post_id, self._cursor.since), int(clock.now().timestamp())
        try:
            fresh = self._newer(f"/{post_id}/conversation", read_until, reverse="true")
        except NotThere:
            return
        except Refused as error:
            self._bad.append(put_aside(post_id, error))
            fresh = []
        self._hear(fresh, names_us=False)
        self._cursor.read_post(post_id, begun)

    def _read_mentions(self) -> None:
        """Posts and answers of others that name the account; the right for it may be missing."""
        begun = int(clock.now().timestamp())
        try:
            fresh = self._newer("/me/mentions", self._cursor.named)
        except Refused:
            return
        self._hear(fresh, names_us=True)
        self._cursor.read_mentions(begun)

    def _newer(self, path: str, read_until: int, **more: object) -> list[Any]:
        """What was said since then, the oldest first."""
        found: list[Any] = []
        for page in pages(self._graph, path, most=_MOST_PAGES, fields=posts.FIELDS, limit=_PAGE, **more):
            dated = [(one, at) for one in page if (at := self._said_at(one)) is not None]
            found += [one for one, at in dated if at >= read_until]
            if any(at < read_until for _one, at in dated):
                break
        return found[::-1]

    def _said_at(self, one: Any) -> int | None:
        try:
            return int(moment(one["timestamp"]).timestamp())
        except FAULTS as error:
            self._bad.append(put_aside(one, error))
            return None

    def _hear(self, found: list[Any], *, names_us: bool) -> None:
        for one in found:
            try:
                self._events.append(posts.posted(one, self._account, names_us=names_us))
            except FAULTS as error:
                self._bad.append(put_aside(one, error))
