"""Feeds: RSS, Atom and JSON Feed, polled politely, and brought by a hub where they name one.

The origin is the feed's address, for ids are unique only there. What a hub brings is treated as the answer to a poll
that nobody asked: it moves the cursor, so what is brought again, late or after it was deleted here, is not new.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
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
from resonanz.networks.errors import Refused, TryLater
from resonanz.networks.feeds import websub
from resonanz.networks.feeds.reading import CUT_OFF, MOST_TEXT, NETWORK, NotAFeed, entries_of, open_feed, read_feed
from resonanz.networks.feeds.websub import HUBS, TOPIC, Links, NoHub
from resonanz.networks.webhooks import BROUGHT_TO, Delivery, Keys, Proof, Told, WebhookHealth, WebhookTerms

_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, read_seconds=15.0, seconds=40.0)
_MOST_SEEN, _MOST_RAW = 4_000, 2_000
_WAIT_SECONDS = 300.0
_DENIED = (401,)  # nobody showed a token, so a 403 tells of none: mostly it is a wall that bars us for a while
_LOOKING = http.Bounds(most_bytes=_BOUNDS.most_bytes, connect_seconds=4.0, read_seconds=10.0, seconds=15.0)
"""Somebody may wait for it before a page."""
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
    capabilities = frozenset(
        {Capability.POLL, Capability.WEBHOOK, Capability.SET_WEBHOOK, Capability.LEASE, Capability.EDITS}
    )
    limits = Limits(text_length=MOST_TEXT, poll_seconds=300)
    asks_for = Entries(address=Entry("https://blog.example/feed.xml"))
    webhook = WebhookTerms(headers=("content-type", "link"), asks=True)

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """One batch with what is new or reworded, none when the server says that nothing changed."""
        before = _Cursor.read(cursor)
        answer = ask("GET", account.address, headers=_conditions(before), bounds=_BOUNDS, denied=_DENIED)
        if answer.status == 304:
            return
        _refuse(answer)
        found = _entries(answer, account, is_known=bool(cursor))
        after = _Cursor()
        if not any(isinstance(entry, BadEvent) and entry.reason == CUT_OFF for entry in found):
            # A feed that broke off has to be asked for again as a whole, though it did not change.
            after.etag = answer.headers.get("etag", "")[:500]
            after.modified = answer.headers.get("last-modified", "")[:100]
        batch = _what_is_new(found, before, after)
        if batch.events or batch.bad or batch.cursor != cursor:
            yield batch

    def offer(self, account: Account) -> Mapping[str, str]:
        """The hubs that the feed names, and which address of its own they know it by."""
        answer = ask("GET", account.address, headers={"Accept": _ACCEPT}, bounds=_LOOKING, denied=_DENIED)
        _refuse(answer)
        links = _links(answer)
        if not links.hubs:
            raise NoHub(websub.NO_HUB)
        hubs = websub.in_turns(links.hubs, account.settings.get(HUBS, "").split())
        return {HUBS: " ".join(hubs), TOPIC: links.own or answer.url}

    def set_webhook(self, account: Account, address: str, keys: Keys) -> None:
        """Asks the first hub that takes it; where the address is "", all of them to forget the one they were told."""
        hubs, topic = account.settings.get(HUBS, "").split(), account.settings.get(TOPIC, "")
        if address:
            websub.subscribe(hubs, topic, address, keys.secret)
        elif told := account.settings.get(BROUGHT_TO, ""):
            websub.unsubscribe(hubs, topic, told)

    def webhook_health(self, account: Account) -> WebhookHealth:
        """Whether the feed still names the hub that was asked; a hub itself cannot be asked how it does."""
        offered, asked = self.offer(account), account.settings
        is_same = offered[TOPIC] == asked.get(TOPIC) and set(offered[HUBS].split()) == set(asked.get(HUBS, "").split())
        return WebhookHealth(account.settings.get(BROUGHT_TO, ""), is_valid=is_same)

    def is_genuine(self, delivery: Delivery, keys: Keys) -> bool:
        """Hubs sign with the secret that they were told."""
        return websub.is_genuine(delivery, keys)

    def prove(self, asked: Mapping[str, str], keys: Keys) -> Proof | None:
        """The hub's question whether it was us who asked."""
        return websub.prove(asked, keys)

    def name_of(self, delivery: Delivery) -> str:
        """There is one sort."""
        return ""

    def read(self, account: Account, delivery: Delivery) -> Told:
        """What is new or reworded of what the hub brought. Entries that cannot be read are left to the poll."""
        content_type = delivery.headers.get("content-type", "")
        topic = account.settings.get(TOPIC, "")
        try:
            feed = open_feed(delivery.body, content_type=content_type, base=topic)
        except NotAFeed as error:
            return Told(bad=(BadEvent(_raw(delivery), error.words),))
        if not _is_ours({feed.links.own, websub.links_in(delivery.headers.get("link", ""), topic).own}, account):
            return Told(bad=(BadEvent(_raw(delivery), "feed.other"),))
        before, after = _Cursor.read(account.cursor), _Cursor()  # the next poll asks for the whole feed, to be sure
        found = entries_of(feed, origin=account.origin or account.address)
        batch = _what_is_new([entry for entry in found if isinstance(entry, Posted)], before, after)
        after.seen = _newest(before.seen | after.seen)
        return Told(events=batch.events, cursor=str(after))


def _refuse(answer: http.Answer) -> None:
    if answer.status == 410:
        raise FeedGone("feed.gone")
    if answer.status == 403:
        raise TryLater(_WAIT_SECONDS, "http.403")
    if answer.status != 200:
        raise Refused(f"http.{answer.status}")


def _entries(answer: http.Answer, account: Account, *, is_known: bool) -> list[Posted | BadEvent]:
    """What stands in the feed. Where one was read before, a page for people stands in its place for a while."""
    content_type = answer.headers.get("content-type", "")
    try:
        return read_feed(answer.body, origin=account.origin or account.address, content_type=content_type)
    except NotAFeed as error:
        if is_known:
            raise TryLater(_WAIT_SECONDS, error.code) from error
        raise


def _links(answer: http.Answer) -> Links:
    """As the headers say, else as the feed does."""
    said = websub.links_in(", ".join(answer.headers.get_list("link")), answer.url)
    content_type = answer.headers.get("content-type", "")
    return said.before(open_feed(answer.body, content_type=content_type, base=answer.url).links)


def _is_ours(named: set[str], account: Account) -> bool:
    """Whether a delivery calls itself what was asked for, or nothing at all. Header and feed may differ in a letter."""
    ours = (account.settings.get(TOPIC, ""), account.address)
    return named == {""} or any(websub.is_same(one, other) for one in named for other in ours)


def _raw(delivery: Delivery) -> str:
    return delivery.body[:_MOST_RAW].decode("utf-8", "replace")


def _newest(seen: dict[str, str]) -> dict[str, str]:
    """What was seen last; a poll starts again with what the feed holds then."""
    return dict(list(seen.items())[-_MOST_SEEN:])


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
