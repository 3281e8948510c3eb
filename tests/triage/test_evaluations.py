"""What is stored of an evaluation."""

from __future__ import annotations

import json

from resonanz.triage import evaluations


def _stored(text: str) -> dict[str, dict[str, object]]:
    [found] = evaluations.evaluate(texts=[text], language_hints=["de"])
    found_labels = json.loads(str(evaluations._row(1, found)[-1]))
    assert isinstance(found_labels, dict)
    return found_labels


def test_what_holds_or_might_is_kept_and_what_pages_correct() -> None:
    stored = _stored("Wann habt ihr am Samstag geöffnet?")

    assert {"sentiment", "question", "complaint", "offensive"} <= set(stored)
    assert "spam" not in stored
    assert stored["question"]["because"]


def test_of_what_is_sensitive_one_bit_is_kept() -> None:
    stored = _stored("Ich bin Diabetikerin und brauche das Insulin aus der Lieferung heute noch, bitte meldet euch.")

    assert stored["sensitive"]["value"] is True
    assert stored["sensitive"]["because"] == []
