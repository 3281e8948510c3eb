"""How far a mailbox was read: kept with the channel, as opaque text."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date

from resonanz.networks.mail.mime import FAULTS

_MOST_TO_MARK = 500
_MOST_KNOWN = 300
_SUM = 12
_FRESH = '{"folders": {}, "known": {}}'


@dataclass(slots=True)
class Place:
    """All up to `uid` was read, of the mails as the server numbered them under `validity`; last on `day`.

    `to_mark` were taken in and are to be marked as read.
    """

    validity: int
    uid: int
    day: date
    to_mark: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Cursor:
    """A place in each folder; `known` holds sums of what mails of late said, by sums of their ids."""

    places: dict[str, Place] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def tells_apart(self, native_id: str, summed: str) -> bool:
        """Whether an earlier mail bore this id and said something else: some programs have one id for all."""
        before = self.known.setdefault(_sum(native_id), summed[:_SUM])
        while len(self.known) > _MOST_KNOWN:
            self.known.pop(next(iter(self.known)))
        return before != summed[:_SUM]

    @classmethod
    def read(cls, cursor: str) -> Cursor:
        """The cursor, a fresh one where the text is none: then all is new, and is stored once."""
        try:
            found = json.loads(cursor or _FRESH)
            places = {str(folder): _place(value) for folder, value in found["folders"].items()}
            return cls(places, {str(key): str(value) for key, value in found["known"].items()})
        except FAULTS:
            return cls()

    def write(self) -> str:
        """As it is kept with the channel."""
        folders = {
            folder: [place.validity, place.uid, place.day.isoformat(), place.to_mark[-_MOST_TO_MARK:]]
            for folder, place in self.places.items()
        }
        return json.dumps({"folders": folders, "known": self.known})


def _sum(native_id: str) -> str:
    return hashlib.sha256(native_id.encode("utf-8", "replace")).hexdigest()[:_SUM]


def _place(value: list[object]) -> Place:
    validity, uid, day, to_mark = value
    if not isinstance(to_mark, list):
        raise TypeError(value)
    return Place(int(str(validity)), int(str(uid)), date.fromisoformat(str(day)), [int(str(one)) for one in to_mark])
