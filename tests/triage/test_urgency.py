from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonanz.triage import urgency
from resonanz.triage.cleaning import clean_words
from resonanz.triage.contract import Judgement

CHANCES = st.floats(0.34, 1)


def _labels(complaint: float = 0.0, question: float = 0.0, negative: float = 0.0) -> dict[str, Judgement]:
    return {
        "complaint": Judgement(True, complaint, False),
        "question": Judgement(True, question, False),
        "sentiment": Judgement("negative", negative, False),
        "offensive": Judgement(False, 1.0, False),
    }


def _score(text: str, labels: dict[str, Judgement]) -> float:
    return urgency.assess(labels, clean_words(text), text=text).score


def test_assess_multiplies_what_was_said_by_how() -> None:
    text = "BITTE KOMMEN SIE DRINGEND!!"

    found = urgency.assess(_labels(complaint=1.0), clean_words(text), text=text)

    assert found.parts == {"said": 0.45, "how": 1.7}
    assert found.score == pytest.approx(0.765)


def test_assess_of_nothing_said_is_nothing_however_loud() -> None:
    quiet = {
        "sentiment": Judgement("positive", 1.0, False),
        "complaint": Judgement(False, 1.0, False),
        "question": Judgement(False, 1.0, False),
    }

    assert _score("SOFORT SEHR SCHNELL DRINGEND!!!", quiet) == 0


@given(st.sampled_from(sorted(set(urgency.SHARES) - {"negative"})), CHANCES, CHANCES, CHANCES)
@settings(deadline=None)
def test_assess_grows_with_each_label_and_stays_within_bounds(
    label: str, less: float, more: float, negative: float
) -> None:
    less, more = sorted((less, more))
    others = _labels(negative=negative)

    low, high = (_score("dringend!!", {**others, label: Judgement(True, chance, False)}) for chance in (less, more))

    assert 0 <= low <= high <= 1


def test_a_crisis_alone_weighs_more_than_all_else_together() -> None:
    others = {label: Judgement(True, 1.0, False) for label in set(urgency.SHARES) - {"crisis", "negative"}}
    others["sentiment"] = Judgement("negative", 1.0, False)

    assert _score("Es brannte.", {"crisis": Judgement(True, 1.0, False)}) > _score("Ein Satz.", others) > 0.9


@given(CHANCES, CHANCES, CHANCES, CHANCES)
@settings(deadline=None)
def test_assess_grows_with_the_complaint_and_stays_within_bounds(
    less: float, more: float, question: float, negative: float
) -> None:
    less, more = sorted((less, more))

    low, high = (_score("dringend!!", _labels(chance, question, negative)) for chance in (less, more))

    assert 0 <= low <= high <= 1
