"""The matrix of responsibilities: which row answers a question. Plain Python.

A row fits when every field that it sets fits; the nearest row that fits wins. Fields weigh in this order: topic, target
group, kind, language, channel, network, time. A row that sets a weightier field is nearer than one that does not,
whatever else the other sets: product safety stays with product safety, on every channel and on Saturdays. Between rows
that set the same fields the one for less time is nearer, and then the older one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from resonanz.duties.weekly import ALWAYS, Weekly


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. None, "" and ALWAYS fit everything; `nobody`: nobody before the next business day, and meant so."""

    id: int
    channel_id: int | None = None
    network: str = ""
    topic_id: int | None = None
    group_id: int | None = None
    intent: str = ""
    language: str = ""
    times: Weekly = ALWAYS
    nobody: bool = False
    team_id: int | None = None
    owner_id: int | None = None
    deputy_id: int | None = None
    on_call_id: int | None = None

    @property
    def nearness(self) -> tuple[bool | int, ...]:
        """What sorts rows, the nearest first."""
        open_fields = (
            self.topic_id is None,
            self.group_id is None,
            not self.intent,
            not self.language,
            self.channel_id is None,
            not self.network,
            not self.times.spans,
        )
        return (*open_fields, self.times.minutes, self.id)

    @property
    def is_catch_all(self) -> bool:
        """Whether it answers whatever comes through its channel, network, or anywhere."""
        return (
            self.topic_id is None and self.group_id is None and not (self.intent or self.language or self.times.spans)
        )

    def reaches(self, *, channel_id: int, network: str) -> bool:
        """Whether it is about a channel at all."""
        return self.channel_id in (None, channel_id) and self.network in ("", network)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Who answers this? `minute` is that of the week, as the wall in the company shows it."""

    channel_id: int
    network: str
    topic_ids: frozenset[int] = frozenset()
    group_ids: frozenset[int] = frozenset()
    intent: str = ""
    language: str = ""
    minute: int = 0


def fits(row: Row, question: Question) -> bool:
    """Whether a row answers what is asked, when it is asked."""
    return row.times.has(question.minute) and is_about(row, question)


def is_about(row: Row, question: Question) -> bool:
    """Whether a row answers what is asked, at some time of the week."""
    return (
        row.reaches(channel_id=question.channel_id, network=question.network)
        and (row.topic_id is None or row.topic_id in question.topic_ids)
        and (row.group_id is None or row.group_id in question.group_ids)
        and row.intent in ("", question.intent)
        and row.language in ("", question.language)
    )


def changed(rows: Iterable[Row], *, new: Row | None, instead_of: int | None = None) -> list[Row]:
    """The rows as they would be with `new` (None: without any), which replaces `instead_of` and what is on the same."""
    kept = [row for row in rows if row.id != instead_of and (new is None or _asked(row) != _asked(new))]
    return kept if new is None else [*kept, new]


def _asked(row: Row) -> tuple[object, ...]:
    return row.channel_id, row.network, row.topic_id, row.group_id, row.intent, row.language, row.times


class Matrix:
    """Rows in the order of their nearness."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(sorted(rows, key=attrgetter("nearness")))

    def answer(self, question: Question) -> Row | None:
        """The nearest row that fits."""
        return next((row for row in self.rows if fits(row, question)), None)

    def named(self, question: Question) -> Row | None:
        """The nearest row that names somebody: who answers once "nobody" is over."""
        return next((row for row in self.rows if not row.nobody and fits(row, question)), None)

    def catch_all(self, *, channel_id: int, network: str) -> Row | None:
        """What answers when nothing nearer does."""
        reaching = (row for row in self.rows if row.reaches(channel_id=channel_id, network=network))
        return next((row for row in reaching if row.is_catch_all), None)
