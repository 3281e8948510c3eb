"""Up to where a channel was read: which notifications are known, and the posts that are looked at again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

MOST_KNOWN = 1_200
"""More than a round of all sources shows at once; else what one shows would crowd out another, and be heard anew."""
MOST_WATCHED = 200


@dataclass(slots=True)
class Cursor:
    """`known`: short hashes of what was heard, the newest last. `read_at`: of the last whole look at the
    notifications, `round_at`: of the last round of everything else; "" before the first. `watched`: likes, shares and
    replies by the address of the post, the oldest first, and a 1 behind them where it does not show what it quotes;
    `next_look`: which of them comes next; `missed`: those that were not there at their last look. `replies`: how many
    answers our own newest posts had.
    """

    known: list[str] = field(default_factory=list)
    read_at: str = ""
    round_at: str = ""
    watched: dict[str, list[int | None]] = field(default_factory=dict)
    next_look: int = 0
    missed: list[str] = field(default_factory=list)
    replies: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Cursor:
        """The cursor, a fresh one where the text is none."""
        try:
            found = json.loads(text or "{}")
            watched = {str(uri): [_count(one) for one in seen][:4] for uri, seen in found.get("watched", {}).items()}
            return cls(
                [str(one) for one in found.get("known", [])],
                _moment(found.get("read_at")),
                _moment(found.get("round_at")),
                watched,
                int(found.get("next_look", 0)),
                [str(one) for one in found.get("missed", []) if str(one) in watched],
                {str(uri): int(count) for uri, count in found.get("replies", {}).items()},
            )
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls()

    def write(self) -> str:
        """As it is kept with the channel."""
        whole = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps({name: value for name, value in whole.items() if value}, separators=(",", ":"))

    def is_known(self, uri: str) -> bool:
        """Whether it was heard lately."""
        return _mark(uri) in self.known

    def know(self, uris: Iterable[str]) -> None:
        """They were heard; the oldest are forgotten."""
        marks = dict.fromkeys(map(_mark, uris))
        self.known = [*(mark for mark in self.known if mark not in marks), *marks][-MOST_KNOWN:]

    def watch(self, uri: str, seen: list[int | None]) -> None:
        """Look at it again from now on; the oldest give way."""
        self.watched[uri] = seen
        while len(self.watched) > MOST_WATCHED:
            self.forget(next(iter(self.watched)))

    def forget(self, uri: str) -> None:
        """Look at it no more; the others keep their turn."""
        place = list(self.watched).index(uri)
        del self.watched[uri]
        self.missed = [one for one in self.missed if one != uri]
        self.next_look -= place < self.next_look

    def look(self, most: int) -> list[str]:
        """Whose turn it is; the next look goes on behind them."""
        if not 0 <= self.next_look < len(self.watched):
            self.next_look = 0
        wanted = list(self.watched)[self.next_look : self.next_look + most]
        self.next_look += len(wanted)
        return wanted


def _mark(uri: str) -> str:
    return hashlib.blake2b(uri.encode(), digest_size=6).hexdigest()


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(value: object) -> str:
    """A time with an offset, "" for whatever is none."""
    return value if isinstance(value, str) and value and datetime.fromisoformat(value).tzinfo else ""
