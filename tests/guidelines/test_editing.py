from __future__ import annotations

import pytest

from resonanz.guidelines import editing
from resonanz.guidelines.document import Clause, Document, MustSpec, Section, read
from resonanz.guidelines.editing import NoSuchPart
from resonanz.guidelines.fields import Words


def clause(number: str) -> Clause:
    return Clause(number=number, text=Words(de=f"Satz {number}"))


GOALS = Section(key="goals", heading=Words(de="Ziele", en="Goals"), clauses=(clause("1.1"), clause("1.4")))
TONE = Section(key="tone", heading=Words(de="Ton"), clauses=(clause("3.2"), clause("3.10"), clause("3.2.1")))
EMPTY = Section(key="roles", heading=Words(de="Rollen"))
DOCUMENT = Document(sections=(GOALS, TONE, EMPTY))


def test_section_moves_as_far_as_there_is_room() -> None:
    orders = [[one.key for one in editing.moved(DOCUMENT, "tone", by=by).sections] for by in (-1, 1, -9, 9)]

    up, down = ["tone", "goals", "roles"], ["goals", "roles", "tone"]
    assert orders == [up, down, up, down]


@pytest.mark.parametrize(("key", "number"), [("goals", "1.5"), ("tone", "3.11"), ("roles", "4.1")])
def test_next_number_follows_the_last_one_and_takes_no_number_of_others(key: str, number: str) -> None:
    assert editing.next_number(DOCUMENT, key) == number


def test_renumbered_counts_as_they_stand_and_keeps_what_is_below() -> None:
    numbers = [one.number for one in editing.renumbered(DOCUMENT).clauses]

    assert numbers == ["1.1", "1.2", "2.1", "2.1.1", "2.2"]


def test_new_sections_get_keys_that_nobody_has() -> None:
    document, keys = DOCUMENT, []
    for heading in (Words(en="Goals"), Words(en="Goals"), Words(de="目标"), Words(de="24/7 Bürozeiten " * 9)):
        document, key = editing.with_new_section(document, heading)
        keys.append(key)

    assert keys == ["goals_aa", "goals_ab", "section", "burozeiten_burozeiten_burozeit"]
    assert read(document.as_json()) == read(document.as_json())


def test_specs_are_set_and_taken_away_on_one_clause() -> None:
    must = MustSpec(within_minutes=60)

    with_must = editing.with_specs(DOCUMENT, "3.10", must=must)
    without = editing.with_specs(with_must, "3.10")

    assert [one.number for one in with_must.clauses if one.must == must] == ["3.10"]
    assert without == DOCUMENT


def test_parts_that_are_gone_are_told() -> None:
    with pytest.raises(NoSuchPart):
        editing.without_section(DOCUMENT, "gone")
    with pytest.raises(NoSuchPart):
        editing.with_specs(DOCUMENT, "9.9")
    with pytest.raises(NoSuchPart):
        editing.moved(DOCUMENT, "gone", by=1)
