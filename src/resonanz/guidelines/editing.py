"""Changing a guideline part by part: sections in, out and up, clauses with new numbers, rules on clauses. Plain Python.

Nothing here stores anything; every function takes a document and gives another one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from itertools import product
from string import ascii_lowercase

from resonanz.core.errors import ResonanzError
from resonanz.guidelines.document import CheckSpec, Clause, Document, MustSpec, RuleSpec, Section
from resonanz.guidelines.fields import Words
from resonanz.guidelines.ruling import in_order

_MOST_IN_KEY = 30


class NoSuchPart(ResonanzError):
    """The section or clause is not in this version any more."""

    code = "guideline.no_such_part"


def section(document: Document, key: str) -> Section:
    """The section of this key; raises NoSuchPart."""
    for found in document.sections:
        if found.key == key:
            return found
    raise NoSuchPart(part=key)


def section_of(document: Document, number: str) -> Section:
    """The section in which a clause stands; raises NoSuchPart."""
    for found in document.sections:
        if any(clause.number == number for clause in found.clauses):
            return found
    raise NoSuchPart(part=number)


def with_section(document: Document, changed: Section) -> Document:
    """The document with this section instead of the one of its key, or with one more at the end."""
    if not any(one.key == changed.key for one in document.sections):
        return replace(document, sections=(*document.sections, changed))
    return replace(document, sections=tuple(changed if one.key == changed.key else one for one in document.sections))


def with_new_section(document: Document, heading: Words) -> tuple[Document, str]:
    """The document with one more section, and the key it got from its heading."""
    key = _free_key(document, heading)
    return with_section(document, Section(key=key, heading=heading)), key


def without_section(document: Document, key: str) -> Document:
    """The document without a section and its clauses; raises NoSuchPart."""
    gone = section(document, key)
    return replace(document, sections=tuple(one for one in document.sections if one is not gone))


def moved(document: Document, key: str, *, by: int) -> Document:
    """The document with a section some places further down, or up; it stops at the ends."""
    here = document.sections.index(section(document, key))
    others = [*document.sections[:here], *document.sections[here + 1 :]]
    there = min(max(here + by, 0), len(others))
    return replace(document, sections=(*others[:there], document.sections[here], *others[there:]))


def addressed(document: Document, address: str) -> Document:
    """The document with Du or Sie, or with neither."""
    return replace(document, address=address)


def next_number(document: Document, key: str) -> str:
    """The number for one more clause at the end of a section."""
    found = section(document, key)
    if found.clauses:
        last = max((clause.number for clause in found.clauses), key=in_order)
        parts = last.split(".")
        return ".".join([*parts[:-1], str(int(parts[-1]) + 1)])
    taken = {int(clause.number.split(".")[0]) for clause in document.clauses}
    place = document.sections.index(found) + 1
    return f"{place if place not in taken else max(taken) + 1}.1"


def renumbered(document: Document) -> Document:
    """The document with its clauses numbered as they stand: 1.1, 1.2, 2.1. A clause below a clause stays below it."""
    places = enumerate(document.sections, start=1)
    sections = tuple(replace(one, clauses=_renumbered(one.clauses, place)) for place, one in places)
    return replace(document, sections=sections)


def with_specs(
    document: Document,
    number: str,
    *,
    rule: RuleSpec | None = None,
    must: MustSpec | None = None,
    check: CheckSpec | None = None,
) -> Document:
    """The document with what is given on a clause, and without what is not; raises NoSuchPart."""
    found = section_of(document, number)
    clauses = tuple(
        replace(clause, rule=rule, must=must, check=check) if clause.number == number else clause
        for clause in found.clauses
    )
    return with_section(document, replace(found, clauses=clauses))


def _renumbered(clauses: tuple[Clause, ...], place: int) -> tuple[Clause, ...]:
    found, upper, lower = [], 0, 0
    for clause in sorted(clauses, key=lambda one: in_order(one.number)):
        if clause.number.count(".") == 2 and upper:
            lower += 1
            number = f"{place}.{upper}.{lower}"
        else:
            upper, lower = upper + 1, 0
            number = f"{place}.{upper}"
        found.append(replace(clause, number=number))
    return tuple(found)


def _free_key(document: Document, heading: Words) -> str:
    """A key like `opening_hours`, from the heading's plain letters, that no other section has."""
    taken = {one.key for one in document.sections}
    plain = unicodedata.normalize("NFKD", heading.en or heading.de).encode("ascii", "ignore").decode().lower()
    letters = re.sub(r"[^a-z]+", "_", plain).strip("_")[:_MOST_IN_KEY].strip("_")
    key = letters or "section"
    endings = ["", *(f"_{one}{other}" for one, other in product(ascii_lowercase, repeat=2))]
    return next(key + ending for ending in endings if key + ending not in taken)
