"""Reasons on demand: the words that spoke for a label, and those that spoke against it."""

from __future__ import annotations

import pytest

from resonanz.triage import reasons
from resonanz.triage.evaluate import Evaluator

MIXED = "Super, vielen Dank! Aber die Wartezeit ist eine Frechheit."
TEXTS = [MIXED, "", "🙂", "@wer https://example.org/x", "a" * 5000]


@pytest.fixture(scope="module")
def version() -> str:
    return Evaluator.load().versions["complaint"]


def words(text: str, found: reasons.Reasons | None) -> tuple[str, str]:
    assert found is not None
    sides = (found.speaking_for, found.speaking_against)
    first, second = (" ".join(text[piece.start : piece.end] for piece in side) for side in sides)
    return first, second


def test_word_stands_on_the_side_it_spoke_for(version: str) -> None:
    found = reasons.of(text=TEXTS[0], label="complaint", value=True, language="de", version=version)

    speaking_for, speaking_against = words(TEXTS[0], found)
    assert "Frechheit" in speaking_for
    assert "Dank" in speaking_against


def test_moods_are_held_against_each_other(version: str) -> None:
    sad = reasons.of(text=TEXTS[0], label="sentiment", value="negative", language="de", version=version)
    glad = reasons.of(text=TEXTS[0], label="sentiment", value="positive", language="de", version=version)

    assert sad is not None
    assert glad is not None
    assert sad.speaking_for == glad.speaking_against


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_lie_in_the_text_and_say_something(text: str, version: str) -> None:
    found = reasons.of(text=text, label="question", value=False, language="de", version=version)

    assert found is not None
    for piece in (*found.speaking_for, *found.speaking_against):
        assert text[piece.start : piece.end].strip(" .,;:")
        assert piece.weight > 0
        assert "@wer" not in text[piece.start : piece.end]


@pytest.mark.parametrize(
    ("label", "language", "known"), [("made_up", "de", True), ("complaint", "xx", True), ("complaint", "de", False)]
)
def test_nothing_is_told_of_what_this_model_did_not_judge(label: str, language: str, known: bool, version: str) -> None:
    asked = version if known else "of-somebody-else"

    assert reasons.of(text=TEXTS[0], label=label, value=True, language=language, version=asked) is None
