"""Films: our own, which are what people comment on, and those of others that are searched for, every half hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Event
from resonanz.networks.errors import Refused, TryLater
from resonanz.networks.metering import BudgetUsedUp
from resonanz.networks.youtube import tariff
from resonanz.networks.youtube.client import WAIT_SECONDS, Forbidden, NotThere, get
from resonanz.networks.youtube.cursor import AT_ONCE, WATCHED, Cursor, fifties, seconds
from resonanz.networks.youtube.posts import (
    FAULTS,
    checked_id,
    checked_video,
    counted,
    deleted,
    edited,
    is_public,
    part,
    shown,
    state_of_video,
)

_EVERY = timedelta(minutes=30)
_SEARCH_EVERY = timedelta(hours=1)
_SEARCHED_FIRST = timedelta(days=7)
_FOUND_LATE = timedelta(days=1)
"""YouTube finds a film by its words up to so much later than it is shown."""
_MOST_QUERY = 500


def query_of(account: Account) -> str:
    """What is searched for, as YouTube writes it: one of the channel's words or hashtags; "" for nothing."""
    words = [word for one in account.settings.get("words", "").split() if (word := one.strip('"|-'))]
    tags = [f"#{tag}" for one in account.settings.get("hashtags", "").split() if (tag := one.strip('#"|-'))]
    chosen: list[str] = []
    for term in [*words, *tags]:
        if len("|".join([*chosen, term])) <= _MOST_QUERY:
            chosen.append(term)
    return "|".join(chosen)


class Films:
    """Brings what it finds into `events` and `bad`."""

    def __init__(self, account: Account, cursor: Cursor, events: list[Event], bad: list[BadEvent]) -> None:
        self._account = account
        self._cursor = cursor
        self._events = events
        self._bad = bad

    def are_due(self) -> bool:
        """Whether it is time for them."""
        return _is_due(self._cursor.looked_at, _EVERY)

    def read(self) -> None:
        """New ones, and what became of those that were heard."""
        fresh = self._uploads()
        if (query := query_of(self._account)) and _is_due(self._cursor.searched_at, _SEARCH_EVERY):
            fresh += self._search(query)
        for ids in fifties(list(dict.fromkeys([*fresh, *self._cursor.videos]))):
            stands = self._stands(ids)
            if missing := [key for key in ids if key not in stands and key in self._cursor.videos]:
                stands |= self._stands(missing)  # one answer that lacks them makes none of them gone
            for native_id in ids:
                self._look_at(native_id, stands.get(native_id))
        self._cursor.looked_at = seconds(clock.now())

    def _stands(self, ids: list[str]) -> dict[str, Any]:
        """What is there of these, by id."""
        found = get(self._account, "videos", {"part": "snippet,statistics,status", "id": ids})
        return {one["id"]: one for one in found["items"] if isinstance(one, dict) and one.get("id") in ids}

    def _uploads(self) -> list[str]:
        """Our newest films, those that nobody may see yet among them."""
        if not self._cursor.uploads:
            self._cursor.uploads = self._list_of_uploads()
        asked = {"part": "contentDetails", "playlistId": self._cursor.uploads, "maxResults": AT_ONCE}
        try:
            found = get(self._account, "playlistItems", asked)
        except (NotThere, Forbidden):  # who never showed a film has no such list
            return []
        return self._ids(part(one, "contentDetails").get("videoId") for one in found["items"] if isinstance(one, dict))

    def _list_of_uploads(self) -> str:
        found = get(self._account, "channels", {"part": "contentDetails", "id": self._account.native_id})
        try:
            return checked_id(found["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"])
        except (*FAULTS, IndexError) as error:
            raise TryLater(WAIT_SECONDS, "answer.unreadable") from error

    def _search(self, query: str) -> list[str]:
        """Films that were shown since the last search, where the hundred searches of the day are not used up."""
        last = datetime.fromtimestamp(self._cursor.searched_at, UTC) if self._cursor.searched_at else None
        since = last - _FOUND_LATE if last else clock.now() - _SEARCHED_FIRST
        asked = {"part": "snippet", "type": "video", "order": "date", "q": query, "maxResults": AT_ONCE}
        try:
            found = get(
                self._account, "search", asked | {"publishedAfter": f"{since:%Y-%m-%dT%H:%M:%SZ}"}, use=tariff.SEARCH
            )
        except BudgetUsedUp:  # they are rationed apart, so all else is still read
            return []
        except Refused as error:  # it cannot be searched for; that is told, and all else is still read
            self._bad.append(put_aside({"q": query, "words": error.words}, error))
            found = {"items": []}
        self._cursor.searched_at = seconds(clock.now())
        return self._ids(part(one, "id").get("videoId") for one in found["items"] if isinstance(one, dict))

    def _ids(self, told: Iterator[object]) -> list[str]:
        found: list[str] = []
        for one in told:
            try:
                found.append(checked_video(one))
            except ValueError as error:
                self._bad.append(put_aside(one, error))
        return found

    def _look_at(self, native_id: str, found: Any) -> None:
        try:
            if found is None or not is_public(found):
                self._gone(native_id)
            else:
                self._tell(native_id, found)
        except FAULTS as error:
            self._bad.append(put_aside(found, error))

    def _gone(self, native_id: str) -> None:
        if self._cursor.videos.pop(native_id, None):
            self._events.append(deleted(native_id))

    def _tell(self, native_id: str, found: Any) -> None:
        said, before = shown(found), self._cursor.videos.get(native_id)
        if before is None and said.posted_at <= clock.now() - WATCHED:
            return
        now = state_of_video(found, said)
        if before is None:
            self._events.append(said)
        elif now.version != before.version:
            self._events.append(edited(said, found))
        if before != now:
            self._events.append(counted(native_id, now, is_video=True))
        self._cursor.watch_video(native_id, now)


def _is_due(last: int, every: timedelta) -> bool:
    return seconds(clock.now()) >= last + every.total_seconds()
