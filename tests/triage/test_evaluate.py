from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resonanz.triage.cleaning import clean_words
from resonanz.triage.contract import CleanText, Evaluated
from resonanz.triage.datasets import own_texts
from resonanz.triage.evaluate import DEFAULT_MODEL, Evaluator, load_models
from resonanz.triage.learnt_judge import LearntJudge


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    return Evaluator.load()


def _one(evaluator: Evaluator, text: str) -> Evaluated:
    return evaluator.evaluate([text])[0]


@pytest.mark.parametrize(
    ("text", "language", "sentiment", "complaint", "question", "offensive"),
    [
        ("Schon wieder zwei Stunden Verspätung, das ist eine Frechheit!", "de", "negative", True, False, False),
        ("Danke für die schnelle Hilfe, ihr seid super 😍", "de", "positive", False, False, False),
        ("Wann habt ihr am Samstag geöffnet?", "de", "neutral", False, True, False),
        ("Du dummes Arschloch, verpiss dich endlich", "de", "negative", False, False, True),
        ("My order is broken and nobody answers, worst service ever", "en", "negative", True, False, False),
        ("Thank you so much, I love the new app", "en", "positive", False, False, False),
        ("What time do you close today?", "en", "neutral", False, True, False),
    ],
)
def test_evaluate_understands_plain_cases(
    evaluator: Evaluator,
    text: str,
    language: str,
    sentiment: str,
    complaint: bool,
    question: bool,
    offensive: bool,
) -> None:
    found = _one(evaluator, text)

    assert found.language == language
    asked = {"sentiment", "complaint", "question", "offensive"}
    assert {name: label.value for name, label in found.labels.items() if name in asked} == {
        "sentiment": sentiment,
        "complaint": complaint,
        "question": question,
        "offensive": offensive,
    }


@pytest.mark.parametrize("stands_in", [False, True])
def test_texts_in_a_language_without_a_model_are_left_or_doubted(stands_in: bool) -> None:
    german = [one for one in load_models(DEFAULT_MODEL)[0] if one.language == "de"]
    judge = LearntJudge(models=german, languages=("en", "de"), version="1", stands_in=stands_in)
    text, nothing = "Thank you so much, I love the new app", np.zeros(512, dtype=np.float32)

    english, known = judge.judge(
        [CleanText(text, clean_words(text), code, nothing) for code in ("en", "de")], with_reasons=False
    )

    assert set(known) == set(judge.labels)
    assert set(english) == (set(judge.labels) if stands_in else set())
    assert all(judged.unsure for judged in english.values())


def test_evaluate_points_at_the_words_that_decided(evaluator: Evaluator) -> None:
    text = "Liebes Team, du dummes 😀 Sch\u200beiß-Arschloch!"

    because = _one(evaluator, text).labels["offensive"].because

    assert any("Arschloch" in text[piece.start : piece.end] for piece in because)
    assert 1 <= len(because) <= 3


def test_reasons_are_the_same_alone_and_among_others(evaluator: Evaluator) -> None:
    texts = ["", *own_texts()[::250], "😀", "Wann kommt der Bus, ihr Idioten? Nie wieder!"]

    together = evaluator.evaluate(texts)
    alone = [_one(evaluator, text) for text in texts]

    reasons = [{label: judged.because for label, judged in one.labels.items()} for one in together]
    assert reasons == [{label: judged.because for label, judged in one.labels.items()} for one in alone]
    assert sum(1 for one in reasons for because in one.values() if because) > len(texts)


@pytest.mark.parametrize("text", ["", "   ", "😡😡😡", "https://example.org", "\x00\ud800", "?", "@anna", "漢字だけ"])
def test_evaluate_of_nothing_known_is_unsure_of_everything(evaluator: Evaluator, text: str) -> None:
    found = _one(evaluator, text)

    assert all(label.unsure for label in found.labels.values())


def test_evaluate_lets_the_hint_choose_the_language_of_a_short_post(evaluator: Evaluator) -> None:
    german, english = evaluator.evaluate(["ok 👍", "ok 👍"], language_hints=["de", "en"])

    assert (german.language, english.language) == ("de", "en")


def test_evaluate_answers_in_order_across_languages_and_batches(evaluator: Evaluator) -> None:
    texts = ["Wann kommt der Bus heute Abend?", "Thank you, great service everybody", ""] * 100

    found = evaluator.evaluate(texts, with_reasons=False)

    assert [one.language for one in found] == ["de", "en", ""] * 100
    assert found[297].labels["question"].value is True
    assert found[298].labels["question"].value is False


@given(st.lists(st.one_of(st.text(st.characters(codec=None), max_size=80), st.text("aä?! 😡\u200b@.'", max_size=60))))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_evaluate_never_raises_and_its_pieces_lie_within_the_text(evaluator: Evaluator, texts: list[str]) -> None:
    found = evaluator.evaluate(texts)

    assert len(found) == len(texts)
    for text, one in zip(texts, found, strict=True):
        assert 0 <= one.urgency <= 1
        assert set(one.labels) <= set(one.versions)
        for label in one.labels.values():
            assert 0 <= label.probability <= 1
            assert len(label.because) <= 3
            assert all(0 <= piece.start < piece.end <= len(text) for piece in label.because)
            assert all(text[piece.start : piece.end].strip() for piece in label.because)


def test_evaluate_bounds_what_it_reads_of_a_long_text(evaluator: Evaluator) -> None:
    long = "Scheiße " * 12_500

    found = _one(evaluator, long)

    assert found.labels["offensive"].value is True
    assert found == _one(evaluator, long + "danke " * 1000)
