"""What changed from one document to another, clause by clause, in both languages. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from resonanz.guidelines.document import Clause, Document, Section
from resonanz.guidelines.ruling import in_order


class Kind(StrEnum):
    """What happened to a clause or a section."""

    ADDED = "ADDED"
    CHANGED = "CHANGED"
    REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One clause, or the words of one section (then `number` is ""), before and after.

    `fields` names what differs: "text.de", "text.en", "heading.de", "heading.en", "conduct", "rule", "must", "check",
    and "section" for a clause that moved to another heading.
    """

    kind: Kind
    section: str
    number: str = ""
    before: Clause | Section | None = None
    after: Clause | Section | None = None
    fields: tuple[str, ...] = ()


_Placed = tuple[str, Clause]


def compare(before: Document, after: Document) -> tuple[Change, ...]:
    """Everything that differs, by section in the order of the newer document, within it by number."""
    old, new = placed(before), placed(after)
    found = [_clause_change(number, old.get(number), new.get(number)) for number in {*old, *new}]
    heads = {section.key: section for section in before.sections}, {section.key: section for section in after.sections}
    keys = list(dict.fromkeys(section.key for section in (*after.sections, *before.sections)))
    found += [_section_change(key, heads[0].get(key), heads[1].get(key)) for key in keys]
    changes = [change for change in found if change is not None]
    return tuple(sorted(changes, key=lambda one: (keys.index(one.section), bool(one.number), in_order(one.number))))


def placed(document: Document) -> dict[str, _Placed]:
    """The clauses by number, each with the key of its section."""
    return {clause.number: (section.key, clause) for section in document.sections for clause in section.clauses}


def _clause_change(number: str, old: _Placed | None, new: _Placed | None) -> Change | None:
    if old == new:
        return None
    place = (new or old or ("", None))[0]
    before, after = old[1] if old else None, new[1] if new else None
    fields = _clause_fields(before, after) if before and after else ()
    if old and new and old[0] != new[0]:
        fields = (*fields, "section")
    return Change(kind=_kind(before, after), section=place, number=number, before=before, after=after, fields=fields)


def _section_change(key: str, before: Section | None, after: Section | None) -> Change | None:
    fields = _section_fields(before, after) if before and after else ()
    if before and after and not fields:
        return None
    return Change(kind=_kind(before, after), section=key, before=before, after=after, fields=fields)


def _kind(before: object, after: object) -> Kind:
    if before is None:
        return Kind.ADDED
    return Kind.CHANGED if after is not None else Kind.REMOVED


def _clause_fields(before: Clause, after: Clause) -> tuple[str, ...]:
    pairs = {
        "text.de": (before.text.de, after.text.de),
        "text.en": (before.text.en, after.text.en),
        "conduct": (before.conduct, after.conduct),
        "rule": (before.rule, after.rule),
        "must": (before.must, after.must),
        "check": (before.check, after.check),
    }
    return tuple(name for name, (old, new) in pairs.items() if old != new)


def _section_fields(before: Section, after: Section) -> tuple[str, ...]:
    pairs = {
        "heading.de": (before.heading.de, after.heading.de),
        "heading.en": (before.heading.en, after.heading.en),
        "text.de": (before.text.de, after.text.de),
        "text.en": (before.text.en, after.text.en),
    }
    return tuple(name for name, (old, new) in pairs.items() if old != new)
