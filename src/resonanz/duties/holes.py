"""Holes: what could be said to us in a week and would find nobody, told in as few words as possible. Plain Python.

Every channel is asked for every kind, for the languages and topics that are in use, in every piece of the week. What
finds nobody is then put together: first kinds, then languages, topics and channels, wherever the same hours lack.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import product
from typing import Any

from resonanz.duties.matrix import Matrix, Question, Row, is_about
from resonanz.duties.weekly import WEEK_MINUTES

Slot = tuple[int, int]
Span = tuple[int, int]


class Lack(StrEnum):
    """Why nobody answers; the values are codes that faces find words for."""

    NO_ROW = "hole.no_row"
    GONE = "hole.gone"
    LANGUAGE = "hole.language"
    TOO_LATE = "hole.too_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """What finds nobody. An empty tuple is everything; None among topics and "" among languages are all others."""

    lack: Lack
    spans: tuple[Span, ...]
    channel_ids: tuple[int, ...] = ()
    topic_ids: tuple[int | None, ...] = ()
    intents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def is_always(self) -> bool:
        """Whether it lasts all week."""
        return self.spans == ((0, WEEK_MINUTES),)


@dataclass(frozen=True, slots=True)
class Place:
    """A channel that may be spoken to."""

    channel_id: int
    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of the matrix."""

    places: Sequence[Place]
    topic_ids: Sequence[int]
    intents: Sequence[str]
    languages: Sequence[str]
    slots: Sequence[Slot]


Covers = Callable[[Row, Question, Slot], Lack | None]
"""What is lacking of the people of a row for a question in a piece of the week; None when somebody answers."""


def find(*, matrix: Matrix, asked: Asked, covers: Covers) -> list[Hole]:
    """All holes, the widest first."""
    cells: dict[tuple[Lack, int, int | None, str, str], list[Slot]] = defaultdict(list)
    topics: list[int | None] = [None, *asked.topic_ids]
    languages = asked.languages
    for place, topic, intent, language in product(asked.places, topics, asked.intents, languages):
        question = Question(
            channel_id=place.channel_id, network=place.network, intent=intent, language=language,
            topic_ids=frozenset() if topic is None else frozenset({topic}),
        )  # fmt: skip
        rows = [row for row in matrix.rows if is_about(row, question)]
        for slot in asked.slots:
            row = next((row for row in rows if row.times.has(slot[0])), None)
            lack = Lack.NO_ROW if row is None else None if row.nobody else covers(row, question, slot)
            if lack:
                cells[lack, place.channel_id, topic, intent, language].append(slot)
    single = [
        Hole(lack=lack, spans=_joined(slots), channel_ids=(channel,), topic_ids=(topic,), intents=(intent,),
             languages=(language,))
        for (lack, channel, topic, intent, language), slots in cells.items()
    ]  # fmt: skip
    merged = _merge(single, "intents", asked.intents)
    merged = _merge(merged, "languages", languages)
    merged = _merge(merged, "topic_ids", topics)
    merged = _merge(merged, "channel_ids", [place.channel_id for place in asked.places])
    return sorted(merged, key=_narrowness)


def _merge(holes: Iterable[Hole], name: str, every: Sequence[object]) -> list[Hole]:
    """Holes that differ in one field only become one; one that has all values of it has none in particular."""
    together: dict[Hole, list[object]] = defaultdict(list)
    for hole in holes:
        together[_with(hole, name, ())].extend(getattr(hole, name))
    return [
        rest if len(every) == len(set(values)) else _with(rest, name, tuple(one for one in every if one in values))
        for rest, values in together.items()
    ]


def _with(hole: Hole, name: str, values: tuple[object, ...]) -> Hole:
    changed: dict[str, Any] = {name: values}
    return replace(hole, **changed)


def _narrowness(hole: Hole) -> tuple[int, int, str]:
    named = sum(bool(getattr(hole, field.name)) for field in fields(Hole) if field.name not in {"lack", "spans"})
    return named, -sum(end - start for start, end in hole.spans), repr(hole)


def _joined(slots: Iterable[Slot]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(slots):
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
