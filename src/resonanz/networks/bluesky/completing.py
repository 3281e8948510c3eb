"""Completing what Jetstream tells: it names an author by id alone, and shows no picture.

The app view knows the rest, a moment later. It is asked for 25 posts at a time, first after a second, then again with
growing pauses; what it does not show within a minute is told by the record itself, beside its author's profile. So a
post is lost neither where the app view is far behind, nor is one kept that is hidden from us.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.bluesky.client import query
from resonanz.networks.bluesky.jetstream_events import Said, moment, record_in, words_of
from resonanz.networks.bluesky.posts import FAULTS, View, counted, counts, posted, wants_not_to_be_found
from resonanz.networks.contract import Account, BadEvent, Event
from resonanz.networks.errors import Refused, TryLater

_AT_ONCE = 25  # as many as app.bsky.feed.getPosts and app.bsky.actor.getProfiles give
_PAUSES = (1.0, 3.0, 10.0, 45.0)
_WAIT_SECONDS = 60.0
MOST_WAITING = 2_000


@dataclass(slots=True)
class _Waiting:
    said: Said
    addressed: bool
    due: float
    asked: int = 0


class Completing:
    """Posts that concern us and wait for what the app view knows of them."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._waiting: dict[str, _Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, uri: str) -> bool:
        return uri in self._waiting

    def add(self, said: Said, *, addressed: bool) -> None:
        """Ask for it soon; one that was changed meanwhile is asked for anew."""
        self._waiting[said.uri] = _Waiting(said, addressed, clock.monotonic() + _PAUSES[0])

    def forget(self, uri: str) -> None:
        """It was deleted before anybody saw it."""
        self._waiting.pop(uri, None)

    def forget_author(self, did: str) -> None:
        """All that they said is gone."""
        for uri in [uri for uri, one in self._waiting.items() if one.said.did == did]:
            del self._waiting[uri]

    def since(self) -> int | None:
        """When the oldest of them was said, in microseconds since 1970."""
        return min((one.said.at for one in self._waiting.values()), default=None)

    def ready(self) -> tuple[list[Event], list[BadEvent]]:
        """What is complete by now, the oldest first. Raises a NetworkError; the stream then goes back to its place."""
        events: list[Event] = []
        unread: list[BadEvent] = []
        now = clock.monotonic()
        due = [one for one in self._waiting.values() if one.due <= now]
        for some in _portions(due):
            found = self._asked("app.bsky.feed.getPosts", "uris", [one.said.uri for one in some], "posts", "uri")
            for one in some:
                self._look(one, found.get(one.said.uri), now, events, unread)
        late = [one for one in due if one.asked == len(_PAUSES)]
        for some in _portions(late):
            authors = sorted({one.said.did for one in some})
            found = self._asked("app.bsky.actor.getProfiles", "actors", authors, "profiles", "did")
            for one in some:
                del self._waiting[one.said.uri]
                if (profile := found.get(one.said.did)) is not None:
                    try:
                        view, words = _view_of(one.said, profile), words_of(one.said)
                    except (*FAULTS, RecursionError) as error:  # where it lies is read here for the first time
                        unread.append(put_aside(one.said.uri, error))
                    else:
                        _tell(one, view, events, unread, words=words)
        return events, unread

    def _look(self, one: _Waiting, view: View | None, now: float, events: list[Event], unread: list[BadEvent]) -> None:
        if view is not None:
            del self._waiting[one.said.uri]
            _tell(one, view, events, unread)
            return
        one.asked += 1
        one.due = now + _PAUSES[min(one.asked, len(_PAUSES) - 1)]

    def _asked(self, method: str, name: str, ids: Sequence[str], under: str, by: str) -> dict[str, dict[str, Any]]:
        """What the app view shows, by address or id; it shows nothing of those who closed themselves to us."""
        try:
            found = query(self._account, method, {name: ids}).get(under)
        except Refused as refused:  # the stream is no reason to stop a channel; the poll says what is wrong
            raise TryLater(_WAIT_SECONDS, refused.words) from refused
        shown = found if isinstance(found, list) else []
        return {one[by]: one for one in shown if isinstance(one, dict) and isinstance(one.get(by), str)}


def _tell(one: _Waiting, view: View, events: list[Event], unread: list[BadEvent], *, words: str | None = None) -> None:
    try:
        if _is_closed(view["author"]) or (not one.addressed and wants_not_to_be_found(view)):
            return
        said = posted(view, addressed=one.addressed)
        events.append(said if words is None else replace(said, text=words))
        if any(counts(view)):
            events.append(counted(view))
    except FAULTS as error:
        unread.append(put_aside(view, error))


def _view_of(said: Said, profile: Mapping[str, Any]) -> View:
    """As the app view would show it, without pictures."""
    record = record_in(said.message)
    return {"uri": said.uri, "author": profile, "record": record, "indexedAt": moment(said.at).isoformat()}


def _is_closed(author: Mapping[str, Any]) -> bool:
    """Whether they block us, or we block them."""
    viewer = author.get("viewer")
    return isinstance(viewer, dict) and bool(viewer.get("blockedBy") or viewer.get("blocking"))


def _portions(waiting: list[_Waiting]) -> Iterator[list[_Waiting]]:
    return (waiting[start : start + _AT_ONCE] for start in range(0, len(waiting), _AT_ONCE))
