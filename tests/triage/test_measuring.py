"""Figures against sums done by hand, and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from resonanz.triage.datasets import SENTIMENTS, YES_NO, Task
from resonanz.triage.heads import Head
from resonanz.triage.measuring import Figure, decisions, figure

_TASK = Task("loud", "de", YES_NO, ())


def _figure(chances: list[float], holds: list[int], *, precision: float = 0.9) -> Figure:
    """Of a head that gives these chances, which are written as the scores that make them."""
    scores = np.log(np.array(chances) / (1 - np.array(chances)))[:, None]
    head = Head("loud", YES_NO, (0,), np.ones((1, 1)), np.zeros(1), 0.5, 2 / 3)
    return figure(_TASK, "here", head, scores, np.array(holds), precision=precision)


def test_covered_is_the_most_that_may_be_decided_alone() -> None:
    # From the most certain decision on: right, right, right, wrong, right.
    chances, holds = [0.99, 0.98, 0.03, 0.9, 0.8], [1, 1, 0, 0, 1]

    assert _figure(chances, holds, precision=1.0).covered == pytest.approx(3 / 5)
    assert _figure(chances, holds, precision=0.8).covered == 1.0
    assert _figure([0.9, 0.8], [0, 0], precision=0.5).covered == 0.0


def test_found_is_the_most_of_the_label_at_the_precision() -> None:
    # By chance of the label: holds, holds, not, holds, not.
    chances, holds = [0.99, 0.9, 0.8, 0.4, 0.1], [1, 1, 0, 1, 0]

    assert _figure(chances, holds, precision=1.0).found == pytest.approx(2 / 3)
    assert _figure(chances, holds, precision=0.75).found == 1.0
    assert _figure([0.9, 0.1], [0, 0]).found == 0.0


def test_equally_certain_texts_are_covered_together_or_not_at_all() -> None:
    assert _figure([0.9, 0.9], [1, 0], precision=1.0).covered == 0.0
    assert _figure([0.9, 0.9], [1, 0], precision=1.0).found == 0.0


def test_calibration_error_is_the_mean_gap_of_fifteen_bins() -> None:
    # Two bins of two: 0.95 right in half, 0.75 always right.
    found = _figure([0.95, 0.95, 0.75, 0.75], [1, 0, 1, 1])

    assert found.calibration_error == pytest.approx((0.45 + 0.25) / 2)


@pytest.mark.parametrize("meant", [[0, 1, 2, 2, 1, 0], [0, 0, 0, 0, 0, 0], [2, 2, 0, 0, 2, 2]])
def test_decisions_agree_with_another_library(meant: list[int]) -> None:
    decided = [0, 1, 2, 0, 0, 0] if 1 in meant else [0, 2, 0, 0, 2, 0]
    task = Task("feeling", "de", SENTIMENTS, ())

    found = decisions(task, "here", np.array(meant), np.array(decided))

    precision, recall, f1, _count = precision_recall_fscore_support(meant, decided, average="macro", zero_division=0)
    assert (found.precision, found.recall, found.f1) == pytest.approx((precision, recall, f1))


def test_of_yes_and_no_the_figures_are_those_of_yes() -> None:
    meant, decided = np.array([1, 1, 1, 0, 0]), np.array([1, 0, 1, 1, 0])

    found = decisions(_TASK, "here", meant, decided)

    assert (found.precision, found.recall) == pytest.approx((2 / 3, 2 / 3))
    assert found.macro_f1 == pytest.approx(f1_score(meant, decided, average="macro"))
