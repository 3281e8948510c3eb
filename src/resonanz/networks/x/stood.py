"""How far the filtered stream came: what it tells need not be searched for, and what it missed is.

X tells a post some seconds after it was said, and not in order. So what is heard now vouches for what was said a minute
ago. As in a cursor, moments are the ids of posts that would be made then.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from resonanz.core import clock
from resonanz.networks.x.posts import FAULTS, checked_id, id_at, said_at

LATE = timedelta(seconds=60)
"""X shows and tells posts up to so much later than their ids say."""
_SILENT = timedelta(seconds=90)
"""X says that it is there every 20 seconds; on top comes the way until it is written here."""
_MOST_SEEN = 300
_NAMED = timedelta(minutes=5)
"""A poll takes over by whom a post is long before; the place is no list of people."""


@dataclass(slots=True)
class Stood:
    """When the stream was `opened` last, and when it was `heard` last; `before`: when the one before it was. "": never.

    `seen`: the newest posts that it told, and, of those that are new, by whom they are.
    """

    opened: str = ""
    heard: str = ""
    before: str = ""
    seen: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, place: str) -> Stood:
        """From `Batch.place`; one that never stood where the text is none."""
        try:
            opened, heard, before, seen = json.loads(place or "[]")
            told = {checked_id(one): checked_id(author) if author else "" for one, author in seen.items()}
            return cls(checked_id(opened), checked_id(heard), checked_id(before) if before else "", told)
        except (*FAULTS, RecursionError):
            return cls()

    def write(self) -> str:
        """As it is kept with the channel."""
        return json.dumps([self.opened, self.heard, self.before, self.seen], separators=(",", ":"))

    def opens(self) -> Stood:
        """The next one, opened now."""
        now = id_at(clock.now())
        return Stood(now, now, self.heard, self.seen)

    def hears(self) -> None:
        """X says that it is there."""
        self.heard = id_at(clock.now())
        old = id_at(clock.now() - _NAMED)
        self.seen |= {one: "" for one, author in self.seen.items() if author and int(one) < int(old)}

    def tells(self, native_id: str, author_id: str) -> None:
        """A post came."""
        self.seen[native_id] = author_id
        for oldest in list(self.seen)[:-_MOST_SEEN]:
            del self.seen[oldest]

    def without(self, author_id: str) -> Stood:
        """The same, where nothing says that a post is by this author."""
        return replace(self, seen={one: "" if author == author_id else author for one, author in self.seen.items()})

    @property
    def until(self) -> str:
        """Up to where it told all that was said since it was opened."""
        return max(self.opened, id_at(said_at(self.heard) - LATE), key=int) if self.heard else ""

    @property
    def stands(self) -> bool:
        """Whether it was heard a moment ago."""
        return bool(self.heard) and said_at(self.heard) > clock.now() - _SILENT

    @property
    def is_whole_at(self) -> str:
        """From when on a search finds all that was said before it was opened."""
        return id_at(said_at(self.opened) + LATE) if self.opened else ""

    def silent_since(self, searched: str) -> tuple[datetime | None, datetime]:
        """From when to when nothing was told, and nothing searched for after `searched`; None: since ever."""
        is_new = bool(self.opened) and int(searched or "0") < int(self.opened)
        heard = max(searched or "0", (self.before if is_new else self.heard) or "0", key=int)
        return said_at(heard) if heard != "0" else None, said_at(self.opened) if is_new else clock.now()
