"""How far reading came, and what is looked at again: what is kept of a channel between two polls."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, field
from datetime import datetime, timedelta

from resonanz.core import clock
from resonanz.networks.youtube.posts import FAULTS, State, checked_id, checked_video, is_reply

MOST_COMMENTS = 1_000
MOST_VIDEOS = 100
AT_ONCE = 50
WATCHED = timedelta(days=30)
_PUT_OFF = timedelta(hours=1)


@dataclass(slots=True)
class Cursor:
    """`since`: when the newest comment was said that was read, in seconds since 1970. `comments`, `videos`: what is
    looked at again, by id, the oldest first; `turn`: where that goes on. `uploads`: the list of our films.
    `looked_at`, `searched_at`: when films were read last, and when was searched. `put_off`: comments that could not be
    read though they are not gone, and when that was seen.
    """

    since: int = 0
    comments: dict[str, State] = field(default_factory=dict)
    videos: dict[str, State] = field(default_factory=dict)
    turn: int = 0
    uploads: str = ""
    looked_at: int = 0
    searched_at: int = 0
    put_off: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str) -> Cursor:
        """The cursor, a fresh one where the text is none: then what is read again is stored once."""
        try:
            found = json.loads(cursor or "{}")
            return cls(
                _time(found["since"]),
                {checked_id(key): _state(kept) for key, kept in found["comments"].items()},
                {checked_video(key): _state(kept) for key, kept in found["videos"].items()},
                _whole(found["turn"]),
                checked_id(found["uploads"]) if found["uploads"] else "",
                _time(found["looked_at"]),
                _time(found["searched_at"]),
                {checked_id(key): _time(at) for key, at in found.get("put_off", {}).items()},
            )
        except (*FAULTS, RecursionError):
            return cls()

    def write(self) -> str:
        """As it is kept with the channel."""
        kept = {
            "since": self.since,
            "comments": {key: astuple(one) for key, one in self.comments.items()},
            "videos": {key: astuple(one) for key, one in self.videos.items()},
            "turn": self.turn,
            "uploads": self.uploads,
            "looked_at": self.looked_at,
            "searched_at": self.searched_at,
            "put_off": {key: at for key, at in self.put_off.items() if key in self.comments},
        }
        return json.dumps(kept, separators=(",", ":"))

    def watch_comment(self, native_id: str, state: State) -> None:
        """Look at it again from now on, for a month, and while few others came after it."""
        self.comments[native_id] = state
        self.comments = _young(self.comments, MOST_COMMENTS)

    def watch_video(self, native_id: str, state: State) -> None:
        """The same of a film."""
        self.videos[native_id] = state
        self.videos = _young(self.videos, MOST_VIDEOS)

    def turns(self) -> list[str]:
        """Which comments are to be looked at: the youngest threads each time, the others in turn."""
        since = seconds(clock.now() - _PUT_OFF)
        known = [key for key in self.comments if self.put_off.get(key, 0) <= since]
        first = self.turn if self.turn < len(known) else 0
        in_turn = [*known[first:], *known[:first]][:AT_ONCE]
        self.turn = (first + len(in_turn)) % max(len(known), 1)
        youngest = [key for key in reversed(known) if not is_reply(key)][:AT_ONCE]
        return list(dict.fromkeys([*youngest, *in_turn]))

    def look_later(self, native_id: str) -> None:
        """It could not be read, which says nothing of whether it is there; asked again in an hour, for its units."""
        if native_id in self.comments:
            self.put_off[native_id] = seconds(clock.now())

    def forget(self, native_id: str) -> list[str]:
        """What goes when a comment goes: itself, and the answers below it that were heard."""
        gone = [key for key in self.comments if key == native_id or key.startswith(f"{native_id}.")]
        for key in gone:
            del self.comments[key]
            self.put_off.pop(key, None)
        self.turn = max(self.turn - len(gone), 0)
        return gone or [native_id]


def seconds(moment: datetime) -> int:
    """As the cursor keeps it."""
    return int(moment.timestamp())


def _young(kept: dict[str, State], most: int) -> dict[str, State]:
    since = seconds(clock.now() - WATCHED)
    young = sorted((one for one in kept.items() if one[1].said > since), key=lambda one: (one[1].said, one[0]))
    return dict(young[-most:])


def _state(kept: list[object]) -> State:
    return State(*(_whole(one) for one in kept))


def _time(value: object) -> int:
    return min(_whole(value), seconds(clock.now()))


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError("no number")
    return value


def fifties(ids: list[str]) -> list[list[str]]:
    """As many at once as YouTube takes."""
    return [ids[first : first + AT_ONCE] for first in range(0, len(ids), AT_ONCE)]
