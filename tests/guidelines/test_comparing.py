from __future__ import annotations

from typing import Any

from hypothesis import given

from resonanz.guidelines.comparing import Kind, compare
from resonanz.guidelines.document import read
from tests.guidelines.documents import AGENTS_MAY, any_document, clause, document, patiently


def test_comparison_shows_only_what_changed() -> None:
    before = read(document(clause("1.1"), clause("1.2"), clause("1.3"), clause("1.10", rule=AGENTS_MAY)))
    changed = clause("1.2", text={"de": "Satz 1.2", "en": "Another sentence"})
    after = read(document(clause("1.1"), changed, clause("1.4"), clause("1.10", rule={"outcome": "FORBIDDEN"})))

    found = [(change.kind, change.number, change.fields) for change in compare(before, after)]

    assert found == [
        (Kind.CHANGED, "1.2", ("text.en",)),
        (Kind.REMOVED, "1.3", ()),
        (Kind.ADDED, "1.4", ()),
        (Kind.CHANGED, "1.10", ("rule",)),
    ]


def test_comparison_names_words_of_sections_and_clauses_that_moved() -> None:
    goals, tone = ({"key": key, "heading": {"de": key}, "clauses": [clause(number)]} for key, number in
                   (("goals", "1.1"), ("tone", "2.1")))  # fmt: skip
    before = read({"sections": [goals, tone]})
    after = read({"sections": [goals | {"text": {"de": "Neu"}, "clauses": []}, tone | {"clauses": [clause("1.1")]}]})

    found = [(change.kind, change.section, change.number, change.fields) for change in compare(before, after)]

    assert found == [
        (Kind.CHANGED, "goals", "", ("text.de",)),
        (Kind.CHANGED, "tone", "1.1", ("section",)),
        (Kind.REMOVED, "tone", "2.1", ()),
    ]


@patiently
@given(any_document(), any_document())
def test_comparison_is_empty_for_the_same_and_the_other_way_round_backwards(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    before, after = read(one), read(other)

    assert compare(before, before) == ()
    there, back = compare(before, after), compare(after, before)
    forwards = [(change.section, change.number, change.before, change.after) for change in there]
    backwards = [(change.section, change.number, change.after, change.before) for change in back]
    assert all(change in backwards for change in forwards)
    assert len(forwards) == len(backwards)
