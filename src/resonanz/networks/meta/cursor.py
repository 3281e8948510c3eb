"""Where reading an account goes on: how far each post was read, what is looked at again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from resonanz.core import clock
from resonanz.networks.contract import Counted, Posted
from resonanz.networks.meta.reading import FAULTS

LOOKS = 16
MOST_WATCHED = 200
MOST_POSTS = 100
MOST_TALKS_KNOWN = 200
_WEEK = 7 * 86_400
_MONTH = 30 * 86_400
_DAY = 86_400
_HOUR = 3_600
_NUMBERS = ("since", "tagged", "talked", "subscribed", "next_look")
_MAPS = ("posts", "counts", "talks")
LATE = 180
"""How many seconds after it was said something may be listed first. What is listed again is stored once."""
_SETTLING = 5
"""Meta tells times in whole seconds, so what is as young as that may be followed by more of the same second."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a post or comment looked like: when it was said, its words as a number, likes and answers."""

    said_at: int
    version: int
    likes: int
    replies: int
    is_post: bool


@dataclass(slots=True)
class Cursor:
    """`since`: what was said before the first poll's week is not read. `posts`: how far each of the newest is read, and
    `counts`, on networks that tell no more, how many answers it had then.

    `tagged`: the newest post that names us. `talked`: up to when all conversations are read, and `talks`: how far each
    of those was in which something was said last. `subscribed`: when deliveries were asked for. All in seconds since
    1970.
    """

    since: int = 0
    tagged: int = 0
    talked: int = 0
    subscribed: int = 0
    posts: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    talks: dict[str, int] = field(default_factory=dict)
    watched: dict[str, Seen] = field(default_factory=dict)
    next_look: int = 0

    @classmethod
    def read(cls, cursor: str) -> Cursor:
        """The cursor, a fresh one where the text is none: then a week is read, and what is known is stored once."""
        try:
            found = json.loads(cursor or "{}")
            numbers = {name: max(int(found[name]), 0) for name in _NUMBERS}
            posts, counts, talks = ({str(key): int(at) for key, at in found[name].items()} for name in _MAPS)
            watched = {str(key): _seen(seen) for key, seen in found["watched"].items()}
            posts = {key: past(at, numbers["since"]) for key, at in posts.items()}
            return cls(posts=posts, counts=counts, talks=talks, watched=watched, **numbers)
        except (*FAULTS, RecursionError):
            start = int(clock.now().timestamp()) - _WEEK
            return cls(since=start, tagged=start, talked=start)

    def write(self) -> str:
        """As it is kept with the channel."""
        watched = {
            key: (seen.said_at, seen.version, seen.likes, seen.replies, int(seen.is_post))
            for key, seen in self.watched.items()
        }
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        kept = {**numbers, **{name: getattr(self, name) for name in _MAPS}, "watched": watched}
        return json.dumps(kept, separators=(",", ":"))

    def watch(self, said: Posted, version: int, told: Counted, *, is_post: bool) -> None:
        """Look at it again from now on, for a month, and while few others came after it."""
        seen = Seen(int(said.posted_at.timestamp()), version, told.likes or 0, told.replies or 0, is_post)
        self.watched[said.native_id] = seen
        since = clock.now().timestamp() - _MONTH
        young = [one for one in self.watched.items() if one[1].said_at > since]
        self.watched = dict(sorted(young, key=lambda one: (one[1].said_at, one[0]))[-MOST_WATCHED:])

    def wants_deliveries(self) -> bool:
        """Whether a day is over since they were asked for; rights, and the application itself, may have changed."""
        return not 0 <= clock.now().timestamp() - self.subscribed <= _DAY

    def wants_deliveries_tomorrow(self) -> None:
        """They were asked for, or refused."""
        self.subscribed = int(clock.now().timestamp())

    def wants_deliveries_soon(self) -> None:
        """Asking for them failed; until it is tried again, all else is read."""
        self.subscribed = int(clock.now().timestamp()) - _DAY + _HOUR

    def read_talk(self, talk_id: str, at: int) -> None:
        """A conversation is read up to then; of those that are silent for long nothing is kept."""
        self.talks.pop(talk_id, None)
        self.talks = dict([*self.talks.items(), (talk_id, at)][-MOST_TALKS_KNOWN:])
        self.talked = max(self.talked, at)

    def turns(self) -> list[str]:
        """Whose turn it is to be looked at; the next ones come next time."""
        first = self.next_look if self.next_look < len(self.watched) else 0
        turns = list(self.watched)[first : first + LOOKS]
        self.next_look = first + len(turns)
        return turns

    def forget(self, native_id: str) -> None:
        """It is gone."""
        if self.watched.pop(native_id, None) is not None:
            self.next_look = max(self.next_look - 1, 0)


def past(at: int, otherwise: int) -> int:
    """Up to when was read. A time to come was kept while our clock was wrong: it would hide what is said until then."""
    return at if at <= clock.now().timestamp() else otherwise


def settled(at: int) -> int:
    """Up to when all is read that changed `at`: of the last seconds more may come."""
    return min(at, int(clock.now().timestamp()) - _SETTLING)


def _seen(kept: list[int]) -> Seen:
    said_at, version, likes, replies, is_post = (int(one) for one in kept)
    return Seen(said_at, version, likes, replies, bool(is_post))
