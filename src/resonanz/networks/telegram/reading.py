"""Asking for updates: an update is confirmed by asking for the one behind it, which is done after it was taken in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Event
from resonanz.networks.errors import TryLater
from resonanz.networks.telegram.bringing import is_brought, is_brought_again
from resonanz.networks.telegram.client import WAIT_SECONDS, OtherReader, get
from resonanz.networks.telegram.messages import FAULTS
from resonanz.networks.telegram.places import number
from resonanz.networks.telegram.updates import KINDS, of_update

PAGE = 100
MOST_PAGES = 50
_FORGOTTEN_SECONDS = 6 * 86_400
"""Where a bot hears nothing for a week, Telegram numbers its updates anew, perhaps lower."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last update that was taken in, and when that was; 0: none."""

    last: int = 0
    read_at: int = 0

    @classmethod
    def read(cls, cursor: str) -> Cursor:
        """The cursor; where the text is none, what Telegram still keeps is read, and stored once."""
        last, _, at = cursor.partition("@")
        if not (last.isascii() and at.isascii() and last.isdecimal() and at.isdecimal() and len(cursor) < 40):
            return cls()
        return cls(int(last), int(at))

    def write(self) -> str:
        """As it is kept with the channel."""
        return f"{self.last}@{self.read_at}"

    def offset(self) -> dict[str, int]:
        """What to ask for so that it goes on behind the last one."""
        is_fresh = self.last and clock.now().timestamp() - self.read_at < _FORGOTTEN_SECONDS
        return {"offset": self.last + 1} if is_fresh else {}


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What was said since `cursor`. While it is brought by our webhook, only whether that does well."""
    at = Cursor.read(cursor)
    if is_brought(account):
        yield Batch((), None)
        return
    for _ in range(MOST_PAGES):
        try:
            updates = _updates(account, at)
        except OtherReader:
            if not is_brought_again(account):
                raise
            yield Batch((), None)
            return
        batch, at = _batch(updates, account, at)
        yield batch
        if len(updates) < PAGE:
            return


def _updates(account: Account, at: Cursor) -> list[Any]:
    found = get(account, "getUpdates", limit=PAGE, timeout=0, allowed_updates=KINDS, **at.offset())
    if not isinstance(found, list):
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    return found


def _batch(updates: list[Any], account: Account, at: Cursor) -> tuple[Batch, Cursor]:
    events: list[Event] = []
    bad: list[BadEvent] = []
    last = at.last if at.offset() else 0
    for update in updates:
        try:
            last = max(last, number(update["update_id"]))
        except FAULTS as error:
            bad.append(put_aside(update, error))
            continue
        one = of_update(update, account)
        events += one.events
        bad += one.bad
    if updates and last == (at.last if at.offset() else 0):
        raise TryLater(WAIT_SECONDS, "answer.unreadable")  # there is no going on behind updates without a number
    moved = Cursor(last, int(clock.now().timestamp())) if updates else at
    return Batch(tuple(events), moved.write() if moved.last else None, tuple(bad)), moved
