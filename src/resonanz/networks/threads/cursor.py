"""Where reading an account goes on: up to when mentions are read, and what was said below each of its posts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from resonanz.core import clock
from resonanz.networks.meta.cursor import LATE, past
from resonanz.networks.meta.reading import FAULTS

_WEEK = 7 * 86_400


@dataclass(slots=True)
class Cursor:
    """All in seconds since 1970. `read`: up to when each of our posts is read, of those that somebody answered."""

    since: int
    named: int
    read: dict[str, int]

    @classmethod
    def of(cls, cursor: str) -> Cursor:
        """The cursor, a fresh one where the text is none: then a week is read, and what is known is stored once."""
        try:
            found = json.loads(cursor)
            since = max(int(found["since"]), 0)
            read = {str(key): past(int(at), since) for key, at in found["read"].items()}
            return cls(since, past(max(int(found["named"]), 0), since), read)
        except (*FAULTS, RecursionError):
            start = int(clock.now().timestamp()) - _WEEK
            return cls(start, start, {})

    def write(self) -> str:
        """As it is kept with the channel."""
        return json.dumps(asdict(self), separators=(",", ":"))

    def read_post(self, post_id: str, at: int) -> None:
        """All that was said below it until then is read, but for what is listed late."""
        self.read[post_id] = max(at - LATE, self.read.get(post_id, 0))

    def read_mentions(self, at: int) -> None:
        """The same of what names us."""
        self.named = max(at - LATE, self.named)
