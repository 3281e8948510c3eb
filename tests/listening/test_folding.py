from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.listening.folding import fold, fold_name, fold_with_positions


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "MUELLER"),
        ("Mu\u0308ller", "Müller"),
        ("Straße", "STRASSE"),
        ("GROẞ", "gross"),
        ("Café", "cafe"),
        ("cafe\u0301", "CAFÉ"),
        ("ＢＡＨＮ", "bahn"),
        ("Bundes\u00adbahn", "Bundesbahn"),
        ("Bahn™", "bahn"),
        ("👍🏽", "👍"),
        ("ёлка", "ЕЛКА"),
        ("l'été", "L’ÉTÉ"),
    ],
)
def test_fold_makes_spellings_of_one_word_equal(one: str, other: str) -> None:
    assert fold(one).split() == fold(other).split()


@pytest.mark.parametrize(("one", "other"), [("Bär", "Bar"), ("schön", "schon"), ("日本", "日木"), ("жар", "пар")])
def test_fold_keeps_other_words_apart(one: str, other: str) -> None:
    assert fold(one).split() != fold(other).split()


def test_fold_parts_words_at_everything_but_letters_digits_and_underscore() -> None:
    assert fold("S-Bahn, don't\nsnake_case 12:30…👍ja").split()[:-2] == [
        *(b"s", b"bahn", b"don", b"t"),
        *(b"snake_case", b"12", b"30"),
    ]
    assert len(fold("ja👍ja東京").split()) == 5


def test_fold_name_keeps_what_handles_are_made_of() -> None:
    assert fold_name("Anna-Lena.Müller@Example.Social") == b"anna-lena.mueller@example.social"


@given(st.text(st.sampled_from("aAuUoO\u0308\u0301 äßẞﬁ-👍🏽\ufe0f東й™\u00ad½#\ud800") | st.characters()))
def test_fold_with_positions_agrees_with_fold(text: str) -> None:
    folded, positions = fold_with_positions(text)

    assert folded == re.sub(rb" +", b" ", fold(text))
    assert len(positions) == len(folded)
    assert positions == sorted(positions)
