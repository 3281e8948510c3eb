from __future__ import annotations

from typing import Any

from hypothesis import given

from resonanz.guidelines.document import Document, read
from resonanz.guidelines.merging import merge
from tests.guidelines.documents import any_document, clause, document, patiently

BASE = read(document(clause("1.1"), clause("1.2")))


def words(record: Document) -> dict[str, str]:
    return {clause.number: clause.text.de for clause in record.clauses}


def test_different_clauses_come_together() -> None:
    mine = read(document(clause("1.1", text={"de": "Meins"}), clause("1.2")))
    theirs = read(document(clause("1.1"), clause("1.3")))

    merged = merge(base=BASE, mine=mine, theirs=theirs)

    assert (words(merged.document), merged.conflicts) == ({"1.1": "Meins", "1.3": "Satz 1.3"}, ())


def test_same_clause_changed_by_both_is_a_conflict() -> None:
    mine, theirs = (read(document(clause("1.1", text={"de": who}), clause("1.2"))) for who in ("Meins", "Ihres"))

    merged = merge(base=BASE, mine=mine, theirs=theirs)

    assert (words(merged.document)["1.1"], merged.conflicts) == ("Meins", ("1.1",))


def test_clause_that_one_removed_and_the_other_changed_stays() -> None:
    gone, changed = read(document(clause("1.2"))), read(document(clause("1.1", text={"de": "Neu"}), clause("1.2")))

    for mine, theirs in ((gone, changed), (changed, gone)):
        merged = merge(base=BASE, mine=mine, theirs=theirs)
        assert (words(merged.document)["1.1"], merged.conflicts) == ("Neu", ("1.1",))


def test_section_that_one_removed_and_the_other_wrote_into_stays() -> None:
    empty = Document()
    more = read(document(clause("1.1"), clause("1.2"), clause("1.3")))

    merged = merge(base=BASE, mine=empty, theirs=more)

    assert [section.key for section in merged.document.sections] == ["goals"]
    assert merged.conflicts == ("goals",)
    assert words(merged.document) == {"1.3": "Satz 1.3"}


def test_order_of_sections_is_that_of_whoever_moved_them() -> None:
    keys = ["goals", "tone", "roles"]
    base, moved, added = (
        read({"sections": [{"key": key, "heading": {"de": key}} for key in order]})
        for order in (keys, ["tone", "goals", "roles"], [*keys, "examples"])
    )

    for mine, theirs in ((moved, added), (added, moved)):
        merged = merge(base=base, mine=mine, theirs=theirs).document
        assert [section.key for section in merged.sections] == ["tone", "goals", "roles", "examples"]


@patiently
@given(any_document(), any_document())
def test_what_only_one_touched_is_as_that_one_left_it(one: dict[str, Any], other: dict[str, Any]) -> None:
    base, changed = read(one), read(other)

    assert merge(base=base, mine=changed, theirs=base).document == changed
    assert merge(base=base, mine=base, theirs=changed).document == changed
    assert merge(base=base, mine=changed, theirs=changed).conflicts == ()
