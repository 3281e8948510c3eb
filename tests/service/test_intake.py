from __future__ import annotations

import pytest

from resonanz.listening.models import Intent
from resonanz.service.intake import intent_of, wants_answer
from resonanz.triage.contract import Evaluated, Judgement


def evaluated(*, sentiment: str = "neutral", question: float = 0.02, complaint: float = 0.02) -> Evaluated:
    """An evaluation with these chances of a yes."""
    labels = {"sentiment": Judgement(sentiment, 0.9, unsure=False)}
    for name, chance in (("question", question), ("complaint", complaint)):
        value = chance >= 0.5
        labels[name] = Judgement(value, chance if value else 1 - chance, unsure=0.4 < chance < 0.6)
    return Evaluated("de", labels, 0.1, {})


@pytest.mark.parametrize(
    ("kind", "found", "wanted"),
    [
        ("POST", evaluated(question=0.9), True),
        ("POST", evaluated(complaint=0.9), True),
        ("POST", evaluated(sentiment="negative"), True),
        ("POST", evaluated(sentiment="positive"), False),
        ("POST", evaluated(sentiment="positive", question=0.3), True),
        ("POST", evaluated(), False),
        ("MESSAGE", evaluated(sentiment="positive"), True),
        ("REVIEW", evaluated(), True),
        ("POST", None, True),
    ],
)
def test_wants_answer_is_silent_only_when_sure(kind: str, found: Evaluated | None, wanted: bool) -> None:
    assert wants_answer(kind=kind, evaluated=found) is wanted


@pytest.mark.parametrize(
    ("label", "wanted"), [("praise", True), ("declaration", True), ("crisis", True), ("constructive", False)]
)
def test_wants_answer_where_somebody_waits_for_a_word_of_ours(label: str, wanted: bool) -> None:
    found = evaluated()
    friendly = Evaluated("de", {**found.labels, label: Judgement(True, 0.8, unsure=False)}, 0.1, {})

    assert wants_answer(kind="POST", evaluated=friendly) is wanted


def test_intent_of_a_complaining_question_is_the_complaint() -> None:
    assert intent_of(evaluated(question=0.9, complaint=0.8)) is Intent.COMPLAINT
    assert intent_of(evaluated(question=0.9)) is Intent.QUESTION
    assert intent_of(evaluated(sentiment="positive")) is Intent.PRAISE
    assert intent_of(None) is Intent.OTHER
