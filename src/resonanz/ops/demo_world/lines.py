"""What is said in the demo world, and by whom, as the files say it. Plain Python, without Django."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
OURS = "nordhain"
OUR_ANSWER = "/answer"


@dataclass(frozen=True, slots=True)
class Person:
    """A stranger on the practice network."""

    handle: str
    name: str
    lang: str
    temperament: str


@dataclass(frozen=True, slots=True)
class Done:
    """What one of us did in the past: answered with `text`, or settled the post for `reason`; after so many minutes."""

    by: str
    after: int
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One post; exactly one of `at`, `ago`, `due` and `live` says when."""

    id: str
    by: str
    lang: str
    kind: str
    text: str
    to_us: bool
    intent: str
    sentiment: str
    tags: tuple[str, ...]
    at: str = ""
    ago: int | None = None
    due: str = ""
    live: float | None = None
    thread: str = ""
    quotes: str = ""
    done: Done | None = None
    reaction: tuple[str | dict[str, Any], ...] | None = None

    @property
    def parent(self) -> str:
        """The id of the post it belongs under."""
        return self.thread.removesuffix(OUR_ANSWER)

    @property
    def is_imported(self) -> bool:
        """A review that nobody answered: it came from the shop in a file, to the channel that nobody looks after."""
        return self.kind == "review" and not (self.done and self.done.text)

    @property
    def answers_us(self) -> bool:
        """Whether it stands under an answer of ours."""
        return self.thread.endswith(OUR_ANSWER)


@dataclass(frozen=True, slots=True)
class Reaction:
    """What somebody says under an answer of ours; `act` is thanks, asks or angry."""

    lang: str
    act: str
    temperament: str
    text: str


def people() -> dict[str, Person]:
    """Everybody, by handle."""
    found = [Person(row["handle"], row["name"], row["lang"], row["temperament"]) for row in records("people")]
    return {person.handle: person for person in found}


def lines() -> list[Line]:
    """Everything that is said, as it stands in the files."""
    return [_line(row) for row in records("posts")]


def reactions() -> list[Reaction]:
    """What people say when their post brings no reaction of its own."""
    return [Reaction(row["lang"], row["act"], row["temperament"], row["text"]) for row in records("reactions")]


def records(kind: str) -> Iterator[dict[str, Any]]:
    """The objects of all files of one kind: people, posts or reactions."""
    for file in sorted(FOLDER.glob(f"{kind}_*.jsonl")):
        with file.open(encoding="utf-8") as rows:
            for row in rows:
                if row.strip():
                    yield json.loads(row)


def _line(row: dict[str, Any]) -> Line:
    reaction = row.get("reaction")
    return Line(
        **{name: row[name] for name in ("id", "by", "lang", "kind", "text", "to_us")},
        intent=row["gold"]["intent"],
        sentiment=row["gold"]["sentiment"],
        tags=tuple(row["tags"]),
        at=row.get("at", ""),
        ago=row.get("ago"),
        due=row.get("due", ""),
        live=row.get("live"),
        thread=row.get("thread", ""),
        quotes=row.get("quotes", ""),
        done=Done(**done) if (done := row.get("answer") or row.get("settled")) else None,
        reaction=None if reaction is None else tuple(reaction),
    )
