"""Polling: every source from where it was left, page by page, and a second look at the mentions of late."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Event, Posted
from resonanz.networks.errors import NetworkError, Refused, TryLater
from resonanz.networks.mastodon import client
from resonanz.networks.mastodon.client import Page
from resonanz.networks.mastodon.cursor import Cursor, Seen
from resonanz.networks.mastodon.quotes import is_withheld
from resonanz.networks.mastodon.sources import Source, sources_of
from resonanz.networks.mastodon.statuses import (
    Status,
    as_status,
    boosted,
    counted,
    counts,
    deleted,
    edited,
    events_of,
    id_of,
    is_ours,
    may_be_found,
    names_us,
)
from resonanz.networks.mastodon.threads import Threads

# Mastodon grants 300 requests in five minutes, and a poll comes every minute.
_MOST_PAGES = 30
_PAST_AT_FIRST = timedelta(days=7)
_WATCHED_FOR = timedelta(days=30)
_LOOKS = 20  # Mastodon shows as many statuses at once
_SINGLE_LOOKS = 5
_GATEWAY_SECONDS = 60.0
_STUMBLED = frozenset({"http.500", "answer.unreadable"})
logger = logging.getLogger(__name__)

FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What reading foreign JSON that lies about its shape can raise."""


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`, source by source. The last batch always comes: a quiet channel was read, too."""
    yield from _Poll(account, Cursor.read(cursor)).batches()


class _Poll:
    def __init__(self, account: Account, cursor: Cursor) -> None:
        self._account = account
        self._cursor = cursor
        self._threads = Threads(account)
        self._pages_left = _MOST_PAGES
        self._wordless: list[str] = []

    def batches(self) -> Iterator[Batch]:
        sources = sources_of(self._account)
        self._cursor.keep_sources({source.key for source in sources})
        trouble: TryLater | None = None
        for source in sources:
            try:
                yield from self._read(source)
            except Refused as refused:
                if source.required and refused.words.startswith("http."):
                    # Not the server's own words: a wall before it, or its stand-in for a while. Nobody need mend that.
                    raise TryLater(_GATEWAY_SECONDS, refused.words) from refused
                if source.required:
                    raise
                # A server may close its timelines to everybody; mentions arrive all the same.
                logger.info("a server refuses a timeline")
            except TryLater as error:
                if source.required or error.params["reason"] not in _STUMBLED:
                    raise
                trouble = error  # over this timeline; the others, and deletions, do not wait for it
        yield self._batch(*self._look_again())
        if trouble:
            raise trouble

    def _read(self, source: Source) -> Iterator[Batch]:
        last = self._cursor.newest.get(source.key)
        if not last:
            yield from self._begin(source, is_new=last is None)
            return
        while self._pages_left > 0:
            page = self._page(source, min_id=last)
            fresh = _before(page.items, last)
            newest = page.newer or _id(fresh[0] if fresh else None)
            if not fresh or not newest or newest == last:
                return
            last = self._cursor.newest[source.key] = newest
            yield self._batch(*self._events(source, fresh))

    def _begin(self, source: Source, *, is_new: bool) -> Iterator[Batch]:
        """A source without a place to go on from: the newest page of one never read, all of one that was empty."""
        pages, older = [self._page(source)], ""
        while not is_new and self._pages_left > 0 and (older := _below(pages[-1], older)):
            pages.append(self._page(source, max_id=older))
        items = [item for page in pages for item in page.items]
        self._cursor.newest[source.key] = pages[0].newer or _id(items[0] if items else None)
        yield self._batch(
            *self._events(source, [item for item in items if not is_new or _is_within(_PAST_AT_FIRST, item)])
        )

    def _page(self, source: Source, **place: str) -> Page:
        self._pages_left -= 1
        return client.get_page(self._account, source.path, {**source.query, **place})

    def _events(self, source: Source, newest_first: list[Any]) -> tuple[list[Event], list[BadEvent]]:
        events: list[Event] = []
        bad: list[BadEvent] = []
        for item in reversed(newest_first):
            try:
                events += self._events_of(source, item)
            except FAULTS as error:
                bad.append(put_aside(item, error))
        return events, bad

    def _events_of(self, source: Source, item: object) -> list[Event]:
        if not source.notifies:
            return heard(as_status(item), self._account, self._threads, by_chance=source.by_chance)
        if not isinstance(item, dict) or item.get("type") != source.notifies:
            return []  # a server that does not know the filter sends favourites and follows, too
        found = heard(as_status(item.get("status")), self._account, self._threads, addressed=True)
        for event in found:
            if isinstance(event, Posted):
                self._cursor.watch(event.native_id, _seen(item["status"]))
        return found

    def _look_again(self) -> tuple[list[Event], list[BadEvent]]:
        """Edits and deletions of mentions. Streams tell of deletions only, and not every server has streams."""
        events: list[Event] = []
        wanted = self._cursor.look(_LOOKS)
        found = self._found(wanted)
        singly, answered = 0, False
        for native_id in wanted:
            status = found.get(native_id)
            if status is None and singly == _SINGLE_LOOKS:
                break  # the next poll begins with it
            self._cursor.next_look += 1
            if status is None:
                singly += 1
                try:
                    status = self._one(native_id)
                except TryLater:
                    break  # one that its server stumbles over has had its turn; the next poll goes on behind it
            if status is not None:
                answered = answered or status != _GONE
                events += self._news_of(native_id, status)
        return [*events, *self._gone_without_words(answered=answered)], []

    def _gone_without_words(self, *, answered: bool) -> list[Event]:
        """Some servers (Takahē) say 404 without words, as a gateway before one does.

        It is believed when it comes at two polls, and each time the server showed another status in the same breath.
        """
        events: list[Event] = []
        for native_id in self._wordless if answered else []:
            if native_id in self._cursor.missed:
                self._cursor.forget(native_id)
                events.append(deleted(native_id, self._account))
            else:
                self._cursor.missed.append(native_id)
        return events

    def _news_of(self, native_id: str, status: Status) -> list[Event]:
        if status == _GONE:
            self._cursor.forget(native_id)
            return [deleted(native_id, self._account)]
        changes = self._changes(native_id, status)
        if not _is_within(_WATCHED_FOR, status):
            self._cursor.forget(native_id)
        return changes

    def _changes(self, native_id: str, status: Status) -> list[Event]:
        before, now = self._cursor.watched[native_id], _seen(status)
        self._cursor.found(native_id)
        self._cursor.watched[native_id] = now
        try:
            changes: list[Event] = [edited(status, self._account)] if now[0] and now[0] != before[0] else []
            return [*changes, counted(status, self._account)] if now[1:] != before[1:] else changes
        except FAULTS:
            return []

    def _found(self, wanted: list[str]) -> dict[str, Status]:
        """Many at once, where the server can (Mastodon since 4.3); nothing where it cannot, for whatever reason."""
        if not wanted:
            return {}
        try:
            page = client.get_page(self._account, "/api/v1/statuses", {"id[]": wanted})
            return {id_of(status): status for status in map(as_status, page.items)}
        except (NetworkError, *FAULTS):
            return {}

    def _one(self, native_id: str) -> Status | None:
        """The status, _GONE if the server says that it has none (for us), None if that cannot be known."""
        try:
            answer = client.get(self._account, f"/api/v1/statuses/{client.path_id(native_id)}")
            if client.is_gone(answer):
                return _GONE
            if client.is_missing(answer):
                self._wordless.append(native_id)
            return as_status(client.object_in(client.accepted(answer)))
        except (Refused, *FAULTS):
            return None

    def _batch(self, events: list[Event], bad: list[BadEvent]) -> Batch:
        return Batch(tuple(events), self._cursor.write(), tuple(bad))


_GONE: Status = {}


def heard(
    status: Status, account: Account, threads: Threads, *, by_chance: bool = False, addressed: bool = False
) -> list[Event]:
    """The events of a status that came up; of a boost only the counts of what it passes on. Raises ValueError & co."""
    original = boosted(status)
    if original is not None:
        return [counted(original, account)]
    to_us = addressed or names_us(status, account)
    if by_chance and not to_us and not is_ours(status, account) and not may_be_found(status):
        return []
    return events_of(status, account, root_id=threads.root_of(status), addressed=addressed)


def _before(newest_first: list[Any], last: str) -> list[Any]:
    """Those before the one read last, which a server that does not know min_id sends again with all that is older."""
    for place, item in enumerate(newest_first):
        if _id(item) == last:
            return newest_first[:place]
    return newest_first


def _below(page: Page, asked: str) -> str:
    """The id below which to go on, "" at the end; servers that do not say go on below the last one shown."""
    older = page.older or _id(page.items[-1] if page.items else None)
    return older if page.items and older != asked else ""


def _id(item: object) -> str:
    try:
        return id_of(item) if isinstance(item, dict) else ""
    except ValueError:
        return ""


def _is_within(span: timedelta, item: Any) -> bool:
    """Whether it is no older than that; what has no readable date is left to be put aside."""
    try:
        return bool(item["created_at"] >= (clock.now() - span).isoformat())
    except (TypeError, KeyError):
        return True


def _seen(status: Status) -> Seen:
    """What is withheld counts as an edit: whoever is quoted has taken it back, or deleted it."""
    edited_at = str(status.get("edited_at") or "")
    return (f"{edited_at} withheld" if is_withheld(status) else edited_at, *counts(status))
