"""How far reading came, and which posts are looked at again: what is kept of a channel between two polls."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

from resonanz.core import clock
from resonanz.networks.x.posts import FAULTS, checked_id, id_at, said_at
from resonanz.networks.x.stood import LATE, Stood

MOST_WATCHED = 1_000
LOOKS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""How long after it was said a post is looked at again, the last time after a month: each look costs."""
_MOST_SEEN = 500
_BESIDE = ("searched", "told", "polled")


@dataclass(slots=True)
class Place:
    """How far one list was read: up to the post `since`. `seen` are those that were read of its last minute.

    Lists begin with the newest: while one is read downwards, `top` is where that began and `below` how far it came.
    """

    since: str = ""
    top: str = ""
    below: str = ""
    seen: list[str] = field(default_factory=list)

    def read(self, ids: list[str], *, is_last: bool) -> None:
        """These were read, on one page."""
        if ids:
            self.top = max(self.top or "0", *ids, key=int)
            self.below = min(ids, key=int)
            self.seen = (self.seen + ids)[-_MOST_SEEN:]
        if is_last and self.top:
            self.since = max(self.since or "0", self.top, key=int)
            self._trim()
            self.top = self.below = ""

    def goes_on_at(self, stood: Stood) -> None:
        """A stream told all up to there."""
        if stood.until and int(stood.until) > int(self.since or "0"):
            self.since, self.seen = stood.until, [*self.seen, *stood.seen]
            self._trim()

    def give_up(self) -> tuple[str, str]:
        """What is left of it below can no longer be asked for: between which posts that is. Reading begins above it."""
        left = self.since, self.below
        self.read([], is_last=True)
        return left

    @property
    def begin(self) -> str:
        """Above which post to read: for two minutes after the newest one also what X shows late. "" for all."""
        if self.since and said_at(self.since) > clock.now() - 2 * LATE:
            return id_at(said_at(self.since) - LATE)
        return self.since

    def _trim(self) -> None:
        self.seen = [one for one in self.seen if said_at(one) >= said_at(self.since) - LATE][-_MOST_SEEN:]


@dataclass(slots=True)
class Watched:
    """A post that is looked at again: whose it is ("" where that is not kept), and how often it was looked at."""

    author_id: str
    looks: int = 0


@dataclass(slots=True)
class Cursor:
    """`places` by list; `watched` by the id of the post.

    Beside a stream: `searched`, when a search found all that there was; `told`, up to where the stream was followed;
    `polled`, when a poll came last.
    """

    places: dict[str, Place] = field(default_factory=dict)
    watched: dict[str, Watched] = field(default_factory=dict)
    searched: str = ""
    told: str = ""
    polled: str = ""

    @classmethod
    def read(cls, cursor: str) -> Cursor:
        """The cursor, a fresh one where the text is none: then what is read again is stored once."""
        try:
            found = json.loads(cursor or "{}")
            places = {str(name): _place(kept) for name, kept in found["places"].items()}
            watched = {
                checked_id(key): Watched(_id(author), _looks(looks))
                for key, (author, looks) in found["watched"].items()
            }
            return cls(places, watched, *(_id(found.get(name)) for name in _BESIDE))
        except (*FAULTS, RecursionError):
            return cls()

    def without(self, author_id: str) -> Cursor:
        """The same, where nothing by this author is looked at again."""
        kept = {key: one for key, one in self.watched.items() if one.author_id != author_id}
        return replace(self, watched=kept)

    def write(self) -> str:
        """As it is kept with the channel."""
        places = {name: [one.since, one.top, one.below, one.seen] for name, one in self.places.items()}
        watched = {key: [one.author_id, one.looks] for key, one in self.watched.items()}
        beside = {name: kept for name in _BESIDE if (kept := getattr(self, name))}
        return json.dumps({"places": places, "watched": watched, **beside}, separators=(",", ":"))

    def place(self, name: str) -> Place:
        """How far this list was read."""
        return self.places.setdefault(name, Place())

    def watch(self, native_id: str, author_id: str) -> None:
        """Look at it again from now on; of too many the oldest are given up."""
        self.watched.setdefault(native_id, Watched(author_id))
        if len(self.watched) > MOST_WATCHED:
            del self.watched[min(self.watched, key=int)]

    def follow(self, stood: Stood) -> None:
        """What a stream told since this was called last is looked at again, too."""
        if stood.heard:
            since = said_at(self.told) - 2 * LATE if self.told else None
            for native_id, author_id in stood.seen.items():
                if since is None or said_at(native_id) > since:
                    self.watch(native_id, author_id)
            self.told = stood.until

    def due(self, most: int) -> list[str]:
        """Which posts are to be looked at now, the oldest first."""
        now = clock.now()
        due = [key for key, one in self.watched.items() if said_at(key) + LOOKS[one.looks] <= now]
        return sorted(due, key=int)[:most]

    def looked(self, native_id: str) -> None:
        """It was looked at; after the last time it is let go."""
        now, one = clock.now(), self.watched[native_id]
        while one.looks < len(LOOKS) and said_at(native_id) + LOOKS[one.looks] <= now:
            one.looks += 1
        if one.looks == len(LOOKS):
            del self.watched[native_id]


def _looks(kept: object) -> int:
    if not isinstance(kept, int) or not 0 <= kept < len(LOOKS):
        raise ValueError("no count")
    return kept


def _id(kept: object) -> str:
    return checked_id(kept) if kept else ""


def _place(kept: list[object]) -> Place:
    since, top, below, seen = kept
    if not isinstance(seen, list):
        raise TypeError("no ids")
    since, top, below = map(_id, (since, top, below))
    return Place(since, top, below, [checked_id(one) for one in seen])
