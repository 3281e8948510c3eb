"""What a Jetstream server tells: one JSON object for each record that is written, changed or deleted, and each account.

{"did": …, "time_us": …, "kind": "commit", "commit": {"operation": "create", "collection": …, "rkey": …, "record": …}}
(https://github.com/bluesky-social/jetstream). Whatever collections are asked for, `account` and `identity` always come.
Thousands may come a second, so they are read straight into typed structures, and what is not needed is never built.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from resonanz.core import text
from resonanz.networks.bluesky import facets
from resonanz.networks.bluesky.posts import COLLECTION, MOST_PICTURES, MOST_TEXT, WORLD, with_alts

GONE = frozenset({"deleted", "takendown"})
"""Accounts that are only deactivated, suspended or on their way elsewhere may come back."""
_MOST_KEY, _MOST_DID = 200, 200


_NOTHING = msgspec.Raw(b"")


class _Reference(msgspec.Struct, gc=False):
    uri: str = ""


class _Reply(msgspec.Struct, gc=False):
    parent: _Reference
    root: _Reference


class Record(msgspec.Struct, gc=False):
    """A post (app.bsky.feed.post), as far as it says whom it concerns."""

    text: str
    langs: list[str] | None = None
    reply: _Reply | None = None
    facets: Any = None
    embed: msgspec.Raw = _NOTHING


class _Commit(msgspec.Struct, gc=False):
    operation: str
    collection: str
    rkey: str
    record: Record | None = None


class _Account(msgspec.Struct, gc=False):
    active: bool = True
    status: str = ""


class _Identity(msgspec.Struct, gc=False):
    handle: str = ""


class _Told(msgspec.Struct, gc=False):
    did: str
    time_us: int
    kind: str
    commit: _Commit | None = None
    account: _Account | None = None
    identity: _Identity | None = None


decode = msgspec.json.Decoder(_Told).decode
"""One message, if it is what it says."""


class Said(msgspec.Struct, gc=False):
    """A post that was written, or changed (`is_change`); `message` is all that was told of it."""

    did: str
    uri: str
    at: int
    record: Record
    is_change: bool
    message: bytes

    @property
    def parent(self) -> str:
        """What it answers, "" for nothing."""
        return self.record.reply.parent.uri if self.record.reply else ""

    @property
    def root(self) -> str:
        """The first post of its thread, which may be itself."""
        return (self.record.reply.root.uri or self.parent if self.record.reply else "") or self.uri


@dataclass(slots=True)
class Burst:
    """What was told at once, by what it is. `since` and `until`: when the first and the newest of it happened.

    Times are in microseconds since 1970, those of the server that tells.
    """

    since: int = 0
    until: int = 0
    said: list[Said] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unread: int = 0


def read(messages: Iterable[bytes], *, latest: int) -> Burst:
    """All that can be read; nothing of it happened after `latest`, whatever it says.

    What lies about its shape is only counted, not put aside: it is of people who may have nothing to do with us.
    """
    burst = Burst()
    for message in messages:
        try:
            told = decode(message)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            burst.unread += 1
            continue
        did, at, commit = told.did, told.time_us, told.commit
        if at <= 0 or not did.startswith("did:") or len(did) > _MOST_DID:
            burst.unread += 1
            continue
        if at > burst.until:
            burst.until = at = min(at, latest)
        if not burst.since:
            burst.since = at
        if commit is None:
            _mark(told, burst)
        elif commit.collection == COLLECTION and (rkey := commit.rkey) and "/" not in rkey and len(rkey) <= _MOST_KEY:
            uri = f"{WORLD}{did}/{COLLECTION}/{rkey}"
            if commit.record is not None:
                burst.said.append(Said(did, uri, at, commit.record, commit.operation == "update", message))
            elif commit.operation == "delete":
                burst.deleted.append(uri)
    return burst


def _mark(told: _Told, burst: Burst) -> None:
    """An account that is gone, or bears another handle."""
    if told.account is not None:
        if not told.account.active and told.account.status in GONE:
            burst.gone.append(told.did)
    elif told.identity is not None and told.identity.handle:
        burst.renamed.append((told.did, told.identity.handle.lower()))


def words_of(said: Said) -> str:
    """The words as they are taken in: whole addresses, and what pictures show."""
    words = said.record.text[:MOST_TEXT]
    if said.record.facets:
        words = facets.read(words, said.record.facets).text
    return with_alts(words, alts_of(said.record.embed))


def seen_words(said: Said) -> str:
    """The same words, perhaps not clean and in another order, with as little work as can be."""
    record, message = said.record, said.message
    words = record.text[:MOST_TEXT]
    if record.facets and b"facet#link" in message:  # no other facet changes the words
        words = "\n".join([words, *facets.addresses(record.facets)])
    if record.embed is not _NOTHING and message.count(b'"alt"') != message.count(b'"alt":""'):
        return "\n".join([words, *_raw_alts_of(record.embed)])
    return words


def mentions_in(said: Said) -> tuple[str, ...]:
    """Ids and handles of the accounts it names."""
    return facets.read(said.record.text[:MOST_TEXT], said.record.facets).mentions


def language_of(record: Record) -> str:
    """The one language that the author names."""
    return record.langs[0][:8] if record.langs and len(record.langs) == 1 else ""


def record_in(message: bytes) -> dict[str, Any]:
    """The whole record."""
    record = msgspec.json.decode(message)["commit"]["record"]
    if not isinstance(record, dict):
        raise TypeError("no record")
    return record


def alts_of(embed: bytes | msgspec.Raw) -> list[str]:
    """What pictures and films show by the words of their author."""
    return [" ".join(text.clean(alt, most=1_500).split()) for alt in _raw_alts_of(embed)]


def _raw_alts_of(embed: bytes | msgspec.Raw) -> list[str]:
    try:
        found = msgspec.json.decode(embed) if embed is not _NOTHING else None
    except (msgspec.MsgspecError, RecursionError):
        return []
    found = found.get("media", found) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        return []
    images = found.get("images")
    shown = images[:MOST_PICTURES] if isinstance(images, list) else [found]
    alts = [one.get("alt") for one in shown if isinstance(one, dict)]
    return [alt for alt in alts if isinstance(alt, str)]


def moment(at: int) -> datetime:
    """Microseconds since 1970 as a time."""
    return datetime.fromtimestamp(at / 1_000_000, UTC)
