"""What changed between two versions of a guideline, as a page shows it: only that, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from resonanz.guidelines.comparing import Change, Kind
from resonanz.guidelines.document import Clause, Section
from resonanz.guidelines.fields import Words
from resonanz.web.differences import Piece, pieces
from resonanz.web.guideline_words import Line, Names, lines

_TONES = {Kind.ADDED: "good", Kind.CHANGED: "soon", Kind.REMOVED: "late"}


@dataclass(frozen=True, slots=True)
class Wording:
    """The difference in one language, and what it is the difference of."""

    language: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One change: its clause or section, its words, and what the clause sets before and after where that differs."""

    kind: str
    tone: str
    number: str
    heading: str
    section: str
    wordings: list[Wording]
    sets_before: list[Line]
    sets_after: list[Line]
    conduct_changed: bool


def shown(changes: Iterable[Change], *, names: Names, language: str, only_language: bool = False) -> list[ChangeShown]:
    """The changes for a reader. `only_language`: only the reader's wording where both say the same."""
    return [_shown(change, names, language, only_language) for change in changes]


def _shown(change: Change, names: Names, language: str, only_language: bool) -> ChangeShown:
    before, after = change.before, change.after
    wordings = [*_wordings(_heading(before), _heading(after)), *_wordings(_text(before), _text(after))]
    mine = [one for one in wordings if one.language == language[:2]]
    sets = any(name in change.fields for name in ("rule", "must", "check")) or change.kind is not Kind.CHANGED
    return ChangeShown(
        change.kind.value,
        _TONES[change.kind],
        change.number,
        _name(after or before, language),
        change.section,
        mine if only_language and mine else wordings,
        _lines(before, names) if sets else [],
        _lines(after, names) if sets else [],
        "conduct" in change.fields,
    )


def _wordings(before: Words, after: Words) -> list[Wording]:
    """The languages in which something differs."""
    both = [("de", before.de, after.de), ("en", before.en, after.en)]
    return [Wording(language, pieces(old, new)) for language, old, new in both if old != new]


def _heading(part: Clause | Section | None) -> Words:
    return part.heading if isinstance(part, Section) else Words()


def _text(part: Clause | Section | None) -> Words:
    return part.text if part is not None else Words()


def _name(part: Clause | Section | None, language: str) -> str:
    return part.heading.said(language) if isinstance(part, Section) else ""


def _lines(part: Clause | Section | None, names: Names) -> list[Line]:
    return lines(part, names=names) if isinstance(part, Clause) else []
