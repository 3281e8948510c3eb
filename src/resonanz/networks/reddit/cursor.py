"""How far reading came, and what is looked at again: what is kept of a channel between two polls."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, field, replace

from resonanz.core import clock
from resonanz.networks.reddit.posts import FAULTS, MESSAGE, State, checked_id, kind_of

MOST_WATCHED = 3_000
AT_ONCE = 100
"""As many as Reddit tells about in one answer."""
_LOST_SECONDS = 48 * 3_600
"""Reddit shows what was deleted as deleted; what it does not show at all is in a place that is closed, perhaps for a
day. It wants deletions to have gone everywhere within two days."""


@dataclass(slots=True)
class Cursor:
    """`places`: by list, when the newest was said that was read, in seconds since 1970. `watched`: by id, the oldest
    first. `turn`: where looking again goes on. `missing`: what Reddit did not show, and since when.
    """

    places: dict[str, int] = field(default_factory=dict)
    watched: dict[str, State] = field(default_factory=dict)
    turn: int = 0
    missing: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str) -> Cursor:
        """The cursor, a fresh one where the text is none: then what is read again is stored once."""
        try:
            found = json.loads(cursor or "{}")
            places = {str(name): min(_whole(at), _now()) for name, at in found["places"].items()}
            watched = {checked_id(key): _state(kept) for key, kept in found["watched"].items()}
            missing = {checked_id(key): min(_whole(at), _now()) for key, at in found.get("missing", {}).items()}
            return cls(places, watched, _whole(found["turn"]), missing)
        except (*FAULTS, RecursionError):
            return cls()

    def without(self, author_id: str) -> Cursor:
        """The same, where nothing by this author is looked at again."""
        kept = {key: one for key, one in self.watched.items() if one.author != author_id}
        return replace(self, watched=kept)

    def write(self) -> str:
        """As it is kept with the channel."""
        watched = {key: astuple(one) for key, one in self.watched.items()}
        missing = {key: at for key, at in self.missing.items() if key in self.watched}
        kept = {"places": self.places, "watched": watched, "turn": self.turn, "missing": missing}
        return json.dumps(kept, separators=(",", ":"))

    def watch(self, native_id: str, state: State) -> None:
        """Look at it again from now on. Of too many what was not said to us is let go first, and of that the oldest."""
        self.watched[native_id] = state
        if len(self.watched) > MOST_WATCHED:
            del self.watched[min(self.watched, key=lambda key: (self.watched[key].is_to_us, self.watched[key].said))]

    def turns(self) -> list[str]:
        """What is to be looked at now; the others come with the next polls. Messages stay as they are."""
        public = [key for key in self.watched if kind_of(key) != MESSAGE]
        first = self.turn if self.turn < len(public) else 0
        turns = [*public[first:], *public[:first]][:AT_ONCE]
        self.turn = (first + len(turns)) % max(len(public), 1)
        return turns

    def is_lost(self, native_id: str) -> bool:
        """Whether Reddit has not shown it for so long that it counts as gone. Now it does not."""
        return self.missing.setdefault(native_id, _now()) <= _now() - _LOST_SECONDS

    def forget(self, native_id: str) -> None:
        """It is gone."""
        self.missing.pop(native_id, None)
        if self.watched.pop(native_id, None):
            self.turn = max(self.turn - 1, 0)


def _now() -> int:
    return int(clock.now().timestamp())


def _state(kept: list[object]) -> State:
    said, version, score, answers, is_to_us, author = kept
    if not isinstance(author, str) or not isinstance(is_to_us, bool):
        raise TypeError("no state")
    return State(_whole(said), _whole(version), _whole(score), _whole(answers), is_to_us, author)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError("no number")
    return value
