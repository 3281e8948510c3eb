"""What heads of the company's own read: accounts, tags and pages by their names, everything else as all judges do."""

from __future__ import annotations

import numpy as np
import pytest

from resonanz.triage.as_written import forms, grams_as_written
from resonanz.triage.cleaning import clean_words
from resonanz.triage.company_head import learn
from resonanz.triage.evaluate import Evaluator
from resonanz.triage.features import grams_of
from resonanz.triage.learning.company_judge import Champion, CompanyJudge


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Danke @Stadt_Werke!", ["danke", "@stadt_werke", "!"]),
        ("#Streik morgen, # allein", ["#", "#streik", "morgen", ",", "#", "allein"]),
        ("https://www.Blatt.example/a/1?b#c", ["⟨link⟩blatt.example"]),
        ("www.blatt.example", ["⟨link⟩blatt.example"]),
        ("http", ["⟨link⟩"]),
        ("an wer@blatt.example", ["an", "⟨mail⟩"]),
        ("", []),
    ],
)
def test_names_are_read(text: str, expected: list[str]) -> None:
    assert forms(text, clean_words(text)) == expected


@pytest.mark.parametrize(
    "text", ["@", "#", "##x", "#\u200bx", "@a@b.example", "https://", "www.…", "#\ud800", "http:// x"]
)
def test_odd_names_are_words_without_blanks(text: str) -> None:
    found = forms(text, clean_words(text))

    assert len(found) == len(clean_words(text))
    assert all(form and not set(form) & set(" \n\t") for form in found)


def test_texts_without_names_are_read_as_by_all_judges() -> None:
    texts = ["Wo bleibt mein Paket?", "Schon 3 Wochen :("]

    assert np.array_equal(grams_as_written(texts).index, grams_of(texts).index)


def test_the_judge_reads_what_was_learnt_from() -> None:
    names = ("@stadtwerke", "@fussballclub")
    texts = [f"{said} {who}" for said in ("Hallo", "Guten Morgen", "Bis bald") for who in names]
    head = learn(label="ours", texts=texts, values=["stadt" in text for text in texts])

    judge = CompanyJudge([Champion(head, "company-1")])
    asked = [f"Servus {who}" for who in names]
    found = Evaluator.load().beside(judge, versions=judge.versions).evaluate(asked)

    assert [one.labels["ours"].value for one in found] == [True, False]
    chances = head.probabilities(asked)
    assert [one.labels["ours"].probability for one in found] == pytest.approx([chances[0, 1], chances[1, 0]], abs=1e-4)
