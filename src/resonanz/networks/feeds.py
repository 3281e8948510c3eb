"""Feeds: RSS, Atom and JSON Feed, polled politely. The origin is the feed's address, for ids are unique only there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from resonanz.core import clock, http
from resonanz.networks.asking import ask
from resonanz.networks.contract import (
    Account,
    BadEvent,
    Batch,
    Capability,
    Edited,
    Entries,
    Entry,
    Event,
    Limits,
    Posted,
)
from resonanz.networks.errors import Refused
from resonanz.networks.feed_reading import CUT_OFF, MOST_TEXT, NETWORK, read_feed

_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, read_seconds=15.0, seconds=40.0)
_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.8, */*;q=0.5"


class FeedGone(Refused):
    """The feed's server says that it is gone for good."""

    code = "feed.gone"


@dataclass(slots=True)
class _Cursor:
    """What a poll has to know of the one before; `seen` maps each entry of the feed to its wording, both hashed."""

    etag: str = ""
    modified: str = ""
    seen: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def read(cursor: str) -> _Cursor:
        """The cursor, a fresh one when it is empty or not ours: then everything counts as new, and is stored once."""
        try:
            found = json.loads(cursor)
            return _Cursor(str(found["etag"]), str(found["modified"]), dict(found["seen"]))
        except (ValueError, KeyError, TypeError):
            return _Cursor()

    def __str__(self) -> str:
        known = {"etag": self.etag, "modified": self.modified, "seen": self.seen}
        return json.dumps(known, separators=(",", ":"))


class FeedNetwork:
    """Account.address is the feed's address; no token is needed."""

    name = NETWORK
    title = "Feed"
    capabilities = frozenset({Capability.POLL, Capability.EDITS})
    limits = Limits(text_length=MOST_TEXT, poll_seconds=300)
    asks_for = Entries(address=Entry("https://blog.example/feed.xml"))

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """One batch with what is new or reworded, none when the server says that nothing changed."""
        before = _Cursor.read(cursor)
        answer = ask("GET", account.address, headers=_conditions(before), bounds=_BOUNDS)
        if answer.status == 304:
            return
        if answer.status == 410:
            raise FeedGone("feed.gone")
        if answer.status != 200:
            raise Refused(f"http.{answer.status}")
        content_type = answer.headers.get("content-type", "")
        found = read_feed(answer.body, origin=account.origin or account.address, content_type=content_type)
        after = _Cursor()
        if not any(isinstance(entry, BadEvent) and entry.reason == CUT_OFF for entry in found):
            # A feed that broke off has to be asked for again as a whole, though it did not change.
            after.etag = answer.headers.get("etag", "")[:500]
            after.modified = answer.headers.get("last-modified", "")[:100]
        batch = _what_is_new(found, before, after)
        if batch.events or batch.bad or batch.cursor != cursor:
            yield batch


def _conditions(cursor: _Cursor) -> dict[str, str]:
    conditions = {"If-None-Match": cursor.etag, "If-Modified-Since": cursor.modified}
    return {"Accept": _ACCEPT} | {name: value for name, value in conditions.items() if value}


def _what_is_new(found: list[Posted | BadEvent], before: _Cursor, after: _Cursor) -> Batch:
    events: list[Event] = []
    bad: list[BadEvent] = []
    for entry in found:
        key, wording = _hashes(entry)
        if key in after.seen:
            continue  # the same entry twice in one feed: the first, newest, counts
        known, after.seen[key] = before.seen.get(key), wording
        if known == wording:
            continue
        if isinstance(entry, BadEvent):
            bad.append(entry)
        else:
            events.append(entry if known is None else _edited(entry))
    return Batch(tuple(events), str(after), tuple(bad))


def _edited(entry: Posted) -> Edited:
    return Edited(
        network=entry.network,
        origin=entry.origin,
        native_id=entry.native_id,
        text=entry.text,
        edited_at=clock.now(),
        media=entry.media,
    )


def _hashes(entry: Posted | BadEvent) -> tuple[str, str]:
    if isinstance(entry, BadEvent):
        return _hash(entry.raw + entry.reason), _hash(entry.reason)
    beside = "".join(f"\n{one.url}\n{one.alt}" for one in entry.media)
    return _hash(entry.native_id), _hash(entry.text + beside)


def _hash(value: str) -> str:
    return hashlib.blake2b(value.encode(), digest_size=8).hexdigest()
