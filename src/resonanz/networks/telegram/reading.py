"""Asking for updates: an update is confirmed by asking for the one behind it, which is done after it was taken in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Event
from resonanz.networks.errors import TryLater
from resonanz.networks.rates import Buckets, Rate
from resonanz.networks.telegram.client import WAIT_SECONDS, OtherReader, base, get
from resonanz.networks.telegram.messages import FAULTS
from resonanz.networks.telegram.places import number
from resonanz.networks.telegram.updates import KINDS, of_update

PAGE = 100
MOST_PAGES = 50
SET_BY_US = "webhook"
"""The setting that holds the address of our webhook, while Telegram brings to it what happens."""
_FORGOTTEN_SECONDS = 6 * 86_400
"""Where a bot hears nothing for a week, Telegram numbers its updates anew, perhaps lower."""
_TROUBLE_SECONDS = 300
_OTHER_SECONDS = 300.0
_looks = Buckets(Rate(times=1, seconds=60.0))
"""A webhook that did well a moment ago is not asked about with every poll."""


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
        updates = _updates(account, at)
        batch, at = _batch(updates, account, at)
        yield batch
        if len(updates) < PAGE:
            return


def is_brought(account: Account) -> bool:
    """Whether Telegram brings what happens to our webhook. Raises TryLater where that cannot be reached, or is taken.

    Where somebody took it away at Telegram, what happens is asked for again.
    """
    ours = account.settings.get(SET_BY_US, "")
    if not ours:
        return False
    if _looks.wait(f"{base(account)} {account.native_id} {ours}"):
        return True
    info = get(account, "getWebhookInfo")
    address = info.get("url") if isinstance(info, dict) else None
    if not isinstance(address, str):
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    if address and address != ours:
        raise OtherReader(_OTHER_SECONDS, "telegram.webhook")
    if address and _is_in_trouble(info):
        raise TryLater(WAIT_SECONDS, "telegram.not_brought")
    return bool(address)


def _is_in_trouble(info: dict[str, Any]) -> bool:
    """Updates wait at Telegram, and bringing them has failed a moment ago."""
    waiting, failed_at = info.get("pending_update_count"), info.get("last_error_date")
    if not isinstance(waiting, int) or not isinstance(failed_at, int):
        return False
    return waiting > 0 and clock.now().timestamp() - failed_at < _TROUBLE_SECONDS


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
