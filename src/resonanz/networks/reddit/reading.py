"""Polling Reddit: our inbox, what we said elsewhere, subreddits, a search, and what became of what was heard.

Reddit tells of no edit and no deletion, and its terms ask that what was deleted there goes here, too: so a hundred
things that were heard are looked at with each poll.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Event, Missed
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.reddit.client import WAIT_SECONDS, Forbidden, NotThere, PlaceClosed, Reddit
from resonanz.networks.reddit.cursor import Cursor
from resonanz.networks.reddit.posts import (
    FAULTS,
    account_gone,
    checked_id,
    counted,
    deleted,
    edited,
    has_no_author,
    heard,
    is_gone,
    opened,
    said_at,
    state_of,
)

PAGE = 100
MOST_PAGES = 10
"""Of a list in one poll; Reddit shows the last thousand."""
_FIRST = timedelta(days=7)
_LATE = 60
"""Reddit shows what was said up to so many seconds after what was said later."""
_MOST_QUERY = 512
_MOST_SUBREDDITS = 50
_SUBREDDIT = re.compile(r"(?:/?r/)?([A-Za-z0-9][A-Za-z0-9_]{1,20})/?", re.ASCII)
_FUZZ = 20
"""Reddit blurs votes a little with each answer, so that nobody can count them; less than a twentieth is no change."""


@dataclass(frozen=True, slots=True)
class _List:
    name: str
    path: str
    asked: dict[str, object] = field(default_factory=dict)
    in_inbox: bool = False
    most: int = 900
    """Reddit shows no more of it, or hardly: what was said before that is not to be had."""


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`."""
    return _Poll(account, Cursor.read(cursor)).batches()


def subreddits_of(account: Account) -> list[str]:
    """Those that the channel is set to hear; what can be none is left out."""
    found = [_SUBREDDIT.fullmatch(one) for one in account.settings.get("subreddits", "").split()]
    return list(dict.fromkeys(one[1] for one in found if one))[:_MOST_SUBREDDITS]


def query_of(account: Account) -> str:
    """What is searched for, as Reddit writes it; "" for nothing."""
    chosen: list[str] = []
    for one in account.settings.get("words", "").split():
        term = f'"{word}"' if (word := one.replace('"', "")) else ""
        if term and len(" OR ".join([*chosen, term])) <= _MOST_QUERY:
            chosen.append(term)
    return " OR ".join(chosen)


class _Poll:
    def __init__(self, account: Account, cursor: Cursor) -> None:
        self._account = account
        self._cursor = cursor
        self._reddit = Reddit(account)
        self._events: list[Event] = []
        self._bad: list[BadEvent] = []
        self._missed: list[Missed] = []
        self._left: dict[str, bool] = {}
        self._is_closed_out = False
        self._first = int((clock.now() - _FIRST).timestamp())

    def batches(self) -> Iterator[Batch]:
        """The last one always comes: a quiet inbox was read, too. What was found before a failure is brought first."""
        try:
            for one in self._own_lists():
                yield from self._read_own(one)
            for one in self._public_lists():
                yield from self._read_public(one)
            self._look_again()
        except TryLater:
            yield self._batch()
            raise
        yield self._batch()
        if self._is_closed_out:
            raise PlaceClosed(WAIT_SECONDS)

    def _batch(self) -> Batch:
        batch = Batch(tuple(self._events), self._cursor.write(), tuple(self._bad), missed=tuple(self._missed))
        self._events, self._bad, self._missed = [], [], []
        return batch

    def _own_lists(self) -> list[_List]:
        """What is written to us, in public or in private, and what we wrote."""
        return [
            _List("inbox", "/message/inbox", {"mark": "false"}, in_inbox=True),
            _List("sent", "/message/sent"),
            _List("own", f"/user/{self._account.handle}/overview", {"sort": "new"}),
        ]

    def _public_lists(self) -> list[_List]:
        places = "+".join(subreddits_of(self._account))
        found = [_List("posts", f"/r/{places}/new"), _List("comments", f"/r/{places}/comments")] if places else []
        if query := query_of(self._account):
            found.append(_List("search", "/search", {"q": query, "sort": "new", "type": "link", "t": "week"}, most=200))
        return found

    def _read_own(self, one: _List) -> Iterator[Batch]:
        try:
            yield from self._read(one)
        except (NotThere, Forbidden) as error:  # our own account: it was closed, or the right was taken back
            raise NotAuthorised(status=403) from error

    def _read_public(self, one: _List) -> Iterator[Batch]:
        """A subreddit that was closed, or never was, holds up nothing else; that it was not read is told at the end."""
        try:
            yield from self._read(one)
        except Refused:
            self._is_closed_out = True

    def _read(self, one: _List) -> Iterator[Batch]:
        """Downwards to what is known. How far that came is kept once all of it was read."""
        first = self._first
        since, after = self._cursor.places.get(one.name, 0), ""
        until, newest = max(since - _LATE, 0) or first, since or first
        lowest, count = int(clock.now().timestamp()), 0
        for _ in range(MOST_PAGES):
            things, after = self._reddit.listing(
                one.path, limit=PAGE, **one.asked, **({"after": after} if after else {})
            )
            moments = [at for thing in things if (at := self._hear(thing, until, in_inbox=one.in_inbox))]
            newest, lowest, count = max([newest, *moments]), min([lowest, *moments]), count + len(things)
            if not after or not things or lowest <= until:
                break
            yield self._batch()
        if since and lowest > since and count >= one.most:
            began, ended = (datetime.fromtimestamp(at, UTC) for at in (since, lowest))
            self._missed.append(Missed(began, ended, is_filled=False))
        self._cursor.places[one.name] = newest
        yield self._batch()

    def _hear(self, thing: Any, until: int, *, in_inbox: bool) -> int:
        """When it was said; 0 for what cannot be read."""
        try:
            if is_gone(thing):
                return said_at(thing)
            said = heard(thing, self._account, in_inbox=in_inbox)
            state = state_of(thing, said)
            is_late = state.said > self._first and not has_no_author(thing)  # it was held back, and let through
            if (state.said > until or is_late) and said.native_id not in self._cursor.watched:
                self._events.append(said)
                self._cursor.watch(said.native_id, state)
        except FAULTS as error:
            self._bad.append(put_aside(thing, error))
            return 0
        return state.said

    def _look_again(self) -> None:
        """At what was heard. What is missing is asked for alone, and counts as gone where it stays so."""
        ids = self._cursor.turns()
        stands = self._stands(ids)
        for native_id, thing in stands.items():
            try:
                self._look(native_id, thing)
            except FAULTS as error:
                self._bad.append(put_aside(thing, error))
        missing = [native_id for native_id in ids if native_id not in stands]
        found = self._stands(missing)
        for native_id in missing:
            if native_id not in found and self._cursor.is_lost(native_id):
                self._gone(native_id)

    def _stands(self, ids: list[str]) -> dict[str, Any]:
        if not ids:
            return {}
        things, _ = self._reddit.listing("/api/info", id=",".join(ids))
        return {name: thing for thing in things if (name := _name_of(thing)) in ids}

    def _look(self, native_id: str, thing: Any) -> None:
        before = self._cursor.watched[native_id]
        self._cursor.missing.pop(native_id, None)
        if is_gone(thing):
            self._gone(native_id)
            return
        if before.author and has_no_author(thing):
            self._without_author(native_id, before.author)
            return
        said = heard(thing, self._account, in_inbox=before.is_to_us)
        now = state_of(thing, said)
        if now.version != before.version:
            self._events.append(edited(thing, said))
        if abs(now.score - before.score) > before.score // _FUZZ or now.answers != before.answers:
            self._events.append(counted(native_id, now))
            self._cursor.watched[native_id] = now
        elif now.version != before.version:
            self._cursor.watched[native_id] = now

    def _gone(self, native_id: str) -> None:
        self._events.append(deleted(native_id))
        self._cursor.forget(native_id)

    def _without_author(self, native_id: str, author: str) -> None:
        """The words stand there without their author; Reddit's terms ask that nobody keeps whose they were.

        All else that the account said goes only where the account is gone, too: an author who deletes a post without
        words leaves its title behind in the same way, and what goes with an account never comes back.
        """
        has_left = self._has_left(author)
        self._gone(native_id)
        if has_left:
            self._events.append(account_gone(author))

    def _has_left(self, author: str) -> bool:
        if author not in self._left:
            try:
                self._reddit.get(f"/user/{quote(author, safe='')}/about")
                self._left[author] = False
            except Refused as error:
                self._left[author] = isinstance(error, NotThere)
        return self._left[author]


def _name_of(thing: object) -> str:
    try:
        _, found = opened(thing)
        return checked_id(found["name"])
    except FAULTS:
        return ""
