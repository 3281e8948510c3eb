"""A guideline as it is read: in the reader's language, falling back to the other one, with what each clause sets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from resonanz.guidelines.document import Clause, Document, Section
from resonanz.guidelines.fields import Words
from resonanz.web.guideline_text import Block, blocks
from resonanz.web.guideline_words import Line, Names, lines


@dataclass(frozen=True, slots=True)
class Said:
    """Words as blocks, the language they are in, and whether the reader asked for another one."""

    plain: str
    blocks: list[Block]
    language: str
    is_other: bool


@dataclass(frozen=True, slots=True)
class ReadClause:
    """A clause with its words and what it sets; `is_new` since the reader last looked."""

    number: str
    said: Said
    lines: list[Line]
    conduct: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A heading with its words and clauses."""

    key: str
    heading: Said
    said: Said
    clauses: list[ReadClause]


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """The whole of it. `in_other_language`: how many parts could not be shown in the reader's language."""

    sections: list[ReadSection]
    in_other_language: int


def read(
    document: Document, *, language: str, names: Names | None = None, new: Collection[str] = frozenset()
) -> ReadDocument:
    """The document for a reader; `new` are the numbers of clauses to be marked."""
    known = names or Names()
    sections = [_section(one, language, known, new) for one in document.sections]
    said = [part for one in sections for part in (one.heading, one.said, *(clause.said for clause in one.clauses))]
    return ReadDocument(sections, sum(part.is_other for part in said))


def said(words: Words, *, language: str) -> Said:
    """Words in the reader's language, or in the other one."""
    wanted = "en" if language.startswith("en") else "de"
    text = words.said(wanted)
    is_other = bool(text) and not getattr(words, wanted)
    return Said(text, blocks(text), {"en": "de", "de": "en"}[wanted] if is_other else wanted, is_other)


def _section(section: Section, language: str, names: Names, new: Collection[str]) -> ReadSection:
    clauses = [_clause(one, language, names, new) for one in section.clauses]
    return ReadSection(
        section.key, said(section.heading, language=language), said(section.text, language=language), clauses
    )


def _clause(clause: Clause, language: str, names: Names, new: Collection[str]) -> ReadClause:
    return ReadClause(
        clause.number,
        said(clause.text, language=language),
        lines(clause, names=names),
        clause.conduct,
        clause.number in new,
    )
