"""How far a list of reviews was read, and which of them are watched: what is kept of a channel between two polls."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta

from resonanz.core import clock
from resonanz.networks.reviews.review import FAULTS, Review, mark_of, mark_of_answer, short

FIRST = timedelta(days=7)
WATCHED = timedelta(days=90)
MOST_WATCHED = 1_000
_MOST_ODD = 200


@dataclass(frozen=True, slots=True)
class Known:
    """A review as it was read last: where it stood in the list, its wording, and our answer."""

    listed: float
    mark: str
    answer: str

    @classmethod
    def of(cls, review: Review) -> Known:
        """As it stands now."""
        return cls(review.listed_at.timestamp(), mark_of(review), mark_of_answer(review))


@dataclass(slots=True)
class Cursor:
    """`since`: what was listed before is not ours to know. `swept`: when all that is watched was last compared. `odd`:
    marks of what could not be read and was told already; it stays in the list. `looked`: what the list lacks and was
    asked for alone since `swept`.
    """

    since: float = 0.0
    swept: float = 0.0
    watched: dict[str, Known] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, cursor: str) -> Cursor:
        """The cursor, a fresh one where the text is none: then what is read again is stored once."""
        try:
            found = json.loads(cursor)
            rows = {str(key): Known(float(row[0]), str(row[1]), str(row[2])) for key, row in found["watched"].items()}
            odd, looked = ([str(one) for one in found.get(key, [])] for key in ("odd", "looked"))
            return cls(float(found["since"]), float(found["swept"]), rows, odd, looked)
        except (*FAULTS, RecursionError):
            now = clock.now()
            return cls((now - FIRST).timestamp(), now.timestamp())

    def write(self) -> str:
        """As it is kept with the channel."""
        rows = {key: (known.listed, known.mark, known.answer) for key, known in self.watched.items()}
        kept: dict[str, object] = {
            "since": self.since,
            "swept": self.swept,
            "watched": rows,
            "odd": self.odd[-_MOST_ODD:],
        }
        kept["looked"] = [native_id for native_id in self.looked if native_id in self.watched]
        return json.dumps(kept, separators=(",", ":"))

    def is_news(self, odd: str) -> bool:
        """Whether what cannot be read was not told before; then it has been now."""
        mark = short(odd)
        if mark in self.odd:
            return False
        self.odd.append(mark)
        return True

    def watch(self, review: Review) -> None:
        """Compare it from now on with how it stands today."""
        self.watched[review.native_id] = Known.of(review)

    def forget(self, native_id: str) -> None:
        """It is gone."""
        self.watched.pop(native_id, None)

    def tidy(self) -> None:
        """Only what is young, and not too many; what is let go is not heard again as if it were new."""
        floor = (clock.now() - WATCHED).timestamp()
        newest = sorted(self.watched.items(), key=lambda row: (row[1].listed, row[0]), reverse=True)
        kept = {key: known for key, known in newest[:MOST_WATCHED] if known.listed > floor}
        let_go = [known.listed for key, known in newest if key not in kept]
        self.watched, self.since = kept, max([self.since, *let_go])
