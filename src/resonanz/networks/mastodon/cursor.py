"""Up to where a channel was read: the newest id of each source, and the mentions that are looked at again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

MOST_WATCHED = 100

Seen = tuple[str, int | None, int | None, int | None]
"""When a status was edited, and its counts, as last seen."""


@dataclass(slots=True)
class Cursor:
    """`newest`: by source, "" where it was read and empty. `watched`: by status id, the oldest mention first;
    `next_look`: which of them comes next; `missed`: those that were not to be found at their last look.
    """

    newest: dict[str, str] = field(default_factory=dict)
    watched: dict[str, Seen] = field(default_factory=dict)
    next_look: int = 0
    missed: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, text: str) -> Cursor:
        """The cursor, a fresh one where the text is none."""
        try:
            found = json.loads(text or "{}")
            newest = {str(key): str(value) for key, value in found.get("newest", {}).items()}
            watched = {str(key): _seen(value) for key, value in found.get("watched", {}).items()}
            missed = [str(one) for one in found.get("missed", []) if str(one) in watched]
            return cls(newest, watched, int(found.get("next_look", 0)), missed)
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls()

    def write(self) -> str:
        """As it is kept with the channel."""
        whole: dict[str, object] = {"newest": self.newest, "watched": self.watched, "next_look": self.next_look}
        if self.missed:
            whole["missed"] = self.missed
        return json.dumps(whole, separators=(",", ":"))

    def watch(self, native_id: str, seen: Seen) -> None:
        """Look at it again from now on; the oldest give way."""
        self.watched[native_id] = seen
        while len(self.watched) > MOST_WATCHED:
            self.forget(next(iter(self.watched)))

    def forget(self, native_id: str) -> None:
        """Look at it no more; the others keep their turn."""
        place = list(self.watched).index(native_id)
        del self.watched[native_id]
        self.found(native_id)
        self.next_look -= place < self.next_look

    def found(self, native_id: str) -> None:
        """It is there, or looked for no more."""
        self.missed = [one for one in self.missed if one != native_id]

    def look(self, most: int) -> list[str]:
        """Whose turn it is; `next_look` goes on by one for each that had it."""
        if not 0 <= self.next_look < len(self.watched):
            self.next_look = 0
        return list(self.watched)[self.next_look : self.next_look + most]

    def keep_sources(self, wanted: set[str]) -> None:
        """A hashtag that is no longer listened to begins anew should it come back."""
        self.newest = {key: value for key, value in self.newest.items() if key in wanted}


def _seen(value: list[object]) -> Seen:
    edited_at, likes, shares, replies = value
    counts = [count if isinstance(count, int) else None for count in (likes, shares, replies)]
    return (str(edited_at or ""), counts[0], counts[1], counts[2])
