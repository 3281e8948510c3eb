"""Looking again at what was heard: edited, liked, answered, or gone. Many are asked for at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Counted, Event, Posted
from resonanz.networks.meta.cursor import Cursor
from resonanz.networks.meta.faults import NoRight, NotThere
from resonanz.networks.meta.graph import Graph
from resonanz.networks.meta.place import Place
from resonanz.networks.meta.reading import FAULTS, Found, identifier

MOST_QUESTIONS = 20
"""In one round. Where many are gone at once, each has to be found out by itself."""


class Looks(Protocol):
    """How a network shows what was said there. What reads raises one of FAULTS."""

    place: Place

    def fields(self, *, is_post: bool) -> str:
        """What is asked for."""
        ...

    def read(self, found: Found, account: Account, *, is_post: bool) -> tuple[Posted, Counted, int]:
        """A post or comment, its counts, and a number that changes with its words."""
        ...

    def may_read(self, graph: Graph) -> bool:
        """Whether what is not there is gone, not closed to a token that lost a right: Graph says the same of both."""
        ...


@dataclass(slots=True)
class Looking:
    """One round; what it finds stands in `events` and `bad`."""

    looks: Looks
    account: Account
    graph: Graph
    cursor: Cursor
    events: list[Event] = field(default_factory=list)
    bad: list[BadEvent] = field(default_factory=list)
    questions: int = 0

    def look(self) -> None:
        """At those whose turn it is. One that is not shown is gone, if our token may still read what people say."""
        turns = self.cursor.turns()
        gone: list[str] = []
        for is_post in (True, False):
            ids = [native_id for native_id in turns if self.cursor.watched[native_id].is_post is is_post]
            for native_id, found in self._ask(ids, self.looks.fields(is_post=is_post)):
                if found is None:
                    gone.append(native_id)
                else:
                    self._compare(native_id, found)
        if gone and self.looks.may_read(self.graph):
            self.events += [self.looks.place.deleted(native_id) for native_id in gone]
            for native_id in gone:
                self.cursor.forget(native_id)

    def _ask(self, ids: list[str], fields: str) -> Iterator[tuple[str, Found | None]]:
        """Each with what is shown of it. One that is not there makes Graph refuse all, so they are asked by halves."""
        if not ids or self.questions >= MOST_QUESTIONS:
            return
        self.questions += 1
        try:
            found = self.graph.get("/", ids=",".join(ids), fields=fields)
        except (NotThere, NoRight) as error:
            if len(ids) == 1:
                if isinstance(error, NotThere):  # what the token may not look at by itself is there all the same
                    yield ids[0], None
                return
            half = len(ids) // 2
            yield from self._ask(ids[:half], fields)
            yield from self._ask(ids[half:], fields)
            return
        yield from ((native_id, found[native_id]) for native_id in ids if isinstance(found.get(native_id), dict))

    def _compare(self, native_id: str, found: Found) -> None:
        seen = self.cursor.watched[native_id]
        try:
            if identifier(found["id"]) != native_id:
                raise ValueError("another one")
            said, told, version = self.looks.read(found, self.account, is_post=seen.is_post)
            if version != seen.version:
                self.events.append(self.looks.place.edited(said))
        except FAULTS as error:
            self.bad.append(put_aside(found, error))
            self.cursor.forget(native_id)
            return
        likes, replies = told.likes or 0, told.replies or 0
        if (likes, replies) != (seen.likes, seen.replies):
            self.events.append(told)
        self.cursor.watched[native_id] = replace(seen, version=version, likes=likes, replies=replies)
