"""One round of asking: what was said since the last one, then what became of some of it. What is asked differs."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Counted, Event, Posted
from resonanz.networks.errors import NoAnswer, Refused, TryLater
from resonanz.networks.meta.cursor import Cursor
from resonanz.networks.meta.graph import Graph
from resonanz.networks.meta.looking import Looking, Looks
from resonanz.networks.meta.place import is_ours
from resonanz.networks.meta.reading import FAULTS, moment, pages
from resonanz.networks.meta.talks import Talks

_MOST_TAGGED_PAGES = 20
Reads = Callable[[Any, Account], Posted]


class Round(ABC):
    """What it finds waits in `events` and `bad` for the next batch."""

    def __init__(self, account: Account, cursor: str, looks: Looks, graph: Graph) -> None:
        self.account = account
        self.cursor = Cursor.read(cursor)
        self.looks = looks
        self.graph = graph
        self.events: list[Event] = []
        self.bad: list[BadEvent] = []

    def subscribe(self) -> None:
        """Once a day. Without it the application's webhook hears nothing of this account; polling does without."""
        if self.account.app is None or not self.cursor.wants_deliveries():
            return
        try:
            self.ask_for_deliveries()
        except (NoAnswer, TryLater):
            self.cursor.wants_deliveries_soon()
        except Refused:
            self.cursor.wants_deliveries_tomorrow()
        else:
            self.cursor.wants_deliveries_tomorrow()

    def batches(self) -> Iterator[Batch]:
        """The last one always comes: where all was quiet is read, too. What was found before a failure comes first."""
        try:
            for post_id in self.changed():
                self.graph.spare()
                yield from self.read_post(post_id)
            yield self.batch()
            # Where Meta gives one of them to nobody like us, for want of a right or for good, the others are heard.
            with contextlib.suppress(Refused):
                self.read_tagged()
            with contextlib.suppress(Refused):
                self._read_talks()
            yield self.batch()
            self.graph.spare()
            self._look_again()
        except TryLater:
            yield self.batch()
            raise
        yield self.batch()

    def batch(self) -> Batch:
        """What waits."""
        batch = Batch(tuple(self.events), self.cursor.write(), tuple(self.bad))
        self.events, self.bad = [], []
        return batch

    def hear(self, said: Posted, told: Counted, version: int, *, is_post: bool) -> None:
        """What others said is looked at again later."""
        self.events.append(said)
        if not is_ours(said.author, self.account):
            self.cursor.watch(said, version, told, is_post=is_post)

    @abstractmethod
    def ask_for_deliveries(self) -> None:
        """Have what happens brought. Raises a NetworkError."""

    @abstractmethod
    def changed(self) -> list[str]:
        """The newest posts on which something was said since they were read."""

    @abstractmethod
    def read_post(self, post_id: str) -> Iterator[Batch]:
        """A post and what was said below it; one that is refused holds up no other."""

    @abstractmethod
    def read_tagged(self) -> None:
        """Posts of others, elsewhere, that name the account."""

    def read_list(self, path: str, fields: str, at: str, reads: Reads, hears: Callable[[Posted, Any], None]) -> None:
        """A list with the newest first, down to what was read; `at`: which field tells the time."""
        newest = self.cursor.tagged
        for page in pages(self.graph, path, most=_MOST_TAGGED_PAGES, fields=fields, limit=25):
            is_read = False
            for one in page:
                try:
                    said, said_at = reads(one, self.account), seconds(one[at])
                except FAULTS as error:
                    self.bad.append(put_aside(one, error))
                    continue
                if said_at <= self.cursor.tagged:
                    is_read = True
                else:
                    newest = max(newest, said_at)
                    hears(said, one)
            if is_read:
                break
        self.cursor.tagged = newest

    def _read_talks(self) -> None:
        talks = Talks(self.looks.place, self.account, self.graph, self.cursor)
        try:
            talks.read()
        finally:
            self.events += talks.events
            self.bad += talks.bad

    def _look_again(self) -> None:
        looking = Looking(self.looks, self.account, self.graph, self.cursor)
        try:
            looking.look()
        finally:
            self.events += looking.events
            self.bad += looking.bad


def seconds(value: object) -> int:
    """A time as cursors keep it. Raises one of FAULTS."""
    found: datetime = moment(value)
    return int(found.timestamp())
