"""Bringing together what two people made of the same document at the same time, clause by clause. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from resonanz.guidelines.comparing import placed
from resonanz.guidelines.document import Clause, Document, Section
from resonanz.guidelines.fields import Words
from resonanz.guidelines.ruling import in_order

T = TypeVar("T")
_Heads = dict[str, tuple[Words, Words]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Both in one. `conflicts` name clauses and sections that both changed in different ways; there `mine` stands."""

    document: Document
    conflicts: tuple[str, ...] = ()


def merge(*, base: Document, mine: Document, theirs: Document) -> Merged:
    """What two made of `base`. Whatever only one of them touched is as that one left it."""
    conflicts: list[str] = []
    heads = _merged(_heads(base), _heads(mine), _heads(theirs), conflicts)
    clauses = _merged(placed(base), placed(mine), placed(theirs), conflicts)
    for key in {key for key, _clause in clauses.values()} - set(heads):
        conflicts.append(key)  # one wrote into a section that the other removed: the section stays
        heads[key] = _heads(mine).get(key) or _heads(theirs)[key]
    address, both = _one(base.address, mine.address, theirs.address)
    if both:
        conflicts.append("address")
    sections = [_section(key, heads, clauses) for key in _order(base, mine, theirs) if key in heads]
    document = Document(sections=tuple(sections), address=address)
    return Merged(document=document, conflicts=tuple(sorted(set(conflicts), key=in_order)))


def _merged(
    base: Mapping[str, T], mine: Mapping[str, T], theirs: Mapping[str, T], conflicts: list[str]
) -> dict[str, T]:
    found = {}
    for key in {**base, **mine, **theirs}:
        value, both = _one(base.get(key), mine.get(key), theirs.get(key))
        if both:
            conflicts.append(key)
            value = mine.get(key) or theirs.get(key)  # what one removed and the other changed stays
        if value is not None:
            found[key] = value
    return found


def _one(base: T, mine: T, theirs: T) -> tuple[T, bool]:
    """What becomes of one part, and whether both changed it in different ways."""
    if mine in (base, theirs):
        return theirs, False
    return mine, theirs != base


def _section(key: str, heads: _Heads, clauses: Mapping[str, tuple[str, Clause]]) -> Section:
    own = [clause for place, clause in clauses.values() if place == key]
    heading, text = heads[key]
    return Section(
        key=key,
        heading=heading,
        text=text,
        clauses=tuple(sorted(own, key=lambda clause: in_order(clause.number))),
    )


def _heads(document: Document) -> _Heads:
    return {section.key: (section.heading, section.text) for section in document.sections}


def _order(base: Document, mine: Document, theirs: Document) -> Sequence[str]:
    """The order of whoever moved sections, mine first; what only the other has comes after."""
    stood, my, their = ([section.key for section in one.sections] for one in (base, mine, theirs))
    if my == stood or (their != stood and _moved(stood, their) and not _moved(stood, my)):
        return list(dict.fromkeys([*their, *my]))
    return list(dict.fromkeys([*my, *their]))


def _moved(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether what is in both stands in another order."""
    return [key for key in before if key in after] != [key for key in after if key in before]
