"""A label that a company teaches: from few texts, of any kind, measured on others."""

from __future__ import annotations

import json
import random
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from resonanz.triage.company_head import CompanyHead, TooFewExamples, learn

EXAMPLES = Path(str(resources.files("resonanz.triage") / "examples"))


def _lines(file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EXAMPLES / file).read_text("utf-8").splitlines()]


def _spam(file: str) -> list[tuple[str, bool]]:
    lines = _lines(file)
    holding = [line for line in lines if "spam" in line["labels"]]
    others = [line for line in lines if "spam" not in line["labels"]][: len(holding)]
    return [(line["text"], "spam" in line["labels"]) for line in holding + others]


@pytest.fixture(scope="module")
def head() -> CompanyHead:
    rows = _spam("intents_de.jsonl")
    return learn(label="unfug", texts=[text for text, _ in rows], values=[value for _, value in rows])


def test_a_label_of_ones_own_is_learnt_from_some_dozens_of_texts(head: CompanyHead) -> None:
    rows = _spam("kept_apart/intents_de.jsonl")

    found = head.measure([text for text, _ in rows], [value for _, value in rows], measured_on="others")

    assert found.label == "unfug"
    assert found.macro_f1 > 0.8
    assert found.texts == len(rows)


def test_probabilities_are_those_of_the_decisions(head: CompanyHead) -> None:
    texts = ["Jetzt 500 Euro am Tag verdienen, Link im Profil!!", "Wann kommt meine Lieferung an?", ""]

    assert head.judge(texts)[:2] == [True, False]
    assert head.probabilities(texts).sum(axis=1) == pytest.approx([1, 1, 1])


def test_words_may_be_the_values() -> None:
    chance = random.Random(3)
    said = {
        "Preis": ["viel zu teuer", "der Preis ist gestiegen", "das kostet ja ein Vermögen", "günstiger als früher"],
        "Personal": [
            "die Verkäuferin war freundlich",
            "der Fahrer hat gegrüßt",
            "das Team hilft immer",
            "netter Mensch",
        ],
        "Ware": ["die Schraube fehlt", "das Holz ist gesplittert", "die Farbe blättert ab", "der Stoff ist weich"],
    }
    rows = [(text, value) for value, texts in said.items() for text in texts] * 3
    chance.shuffle(rows)

    head = learn(label="Thema", texts=[text for text, _ in rows], values=[value for _, value in rows])

    assert head.classes == ("Personal", "Preis", "Ware")
    assert head.judge(["Der Preis ist mir zu hoch", "Die Schrauben fehlen"]) == ["Preis", "Ware"]
    unknown = head.measure(["Der Preis ist mir zu hoch"], ["Wetter"], measured_on="x")
    assert unknown.accuracy == 0


def test_one_class_alone_teaches_nothing() -> None:
    with pytest.raises(TooFewExamples, match="at least 2 texts of each"):
        learn(label="x", texts=["a", "b", "c"], values=[True, True, False])


def test_many_texts_let_a_name_decide_where_it_does() -> None:
    chance = random.Random(5)
    syllables = [first + second for first in "bdfgklmnrst" for second in "aeiou"]
    names = ["".join(chance.choices(syllables, k=3)).capitalize() for _ in range(40)]
    texts = [line["text"] for file in ("questions_2_de.jsonl", "intents_de.jsonl") for line in _lines(file)]
    rows = []
    for text in texts:
        words, name = text.split(), chance.randrange(len(names))
        words.insert(chance.randrange(len(words) + 1), names[name])
        rows.append((" ".join(words), name < len(names) // 2))

    head = learn(label="x", texts=[text for text, _ in rows[:960]], values=[value for _, value in rows[:960]])

    found = head.measure([text for text, _ in rows[960:]], [value for _, value in rows[960:]], measured_on="others")
    assert found.macro_f1 > 0.96
