"""When a challenger is offered, in numbers."""

from __future__ import annotations

import pytest

from resonanz.triage.learning.comparing import Comparison, as_record, compared, from_record, sign_test, wilson

TRUTH = [True] * 10 + [False] * 20


def _told(wrong: set[int]) -> list[tuple[bool, float]]:
    return [(value is not (place in wrong), 0.9) for place, value in enumerate(TRUTH)]


def _offered(own: set[int], rival: set[int]) -> Comparison:
    return compared(truth=TRUTH, own=_told(own), rival=_told(rival))


def test_a_challenger_is_offered_only_where_chance_would_hardly_do_it() -> None:
    assert _offered(set(), {0, 1, 2, 3, 4}).because == "BETTER"
    assert _offered(set(), {0, 1, 2, 3}).because == "NOT_BETTER"
    assert _offered({9}, {0, 1, 2, 3, 4, 5}).because == "NOT_BETTER"
    assert _offered({9}, {0, 1, 2, 3, 4, 5, 6}).is_offered
    found = _offered({9}, {0, 1, 2, 3, 4, 5, 6})
    assert (found.better, found.worse, round(found.chance, 4)) == (7, 1, 0.0352)
    assert from_record(as_record(found)) == found


def test_few_posts_bear_no_judgement() -> None:
    few = compared(truth=TRUTH[5:20], own=_told(set())[5:20], rival=_told({5, 6, 7, 8, 9})[5:20])
    assert (few.is_offered, few.because) == (False, "TOO_FEW_CLEAN")
    assert compared(truth=[], own=[], rival=None) == Comparison(own=None)


def test_a_new_label_is_offered_once_its_figures_are_known() -> None:
    new = compared(truth=TRUTH[7:12], own=_told(set())[7:12], rival=None)
    assert (new.is_offered, new.because) == (True, "NEW_LABEL")
    assert not compared(truth=TRUTH[:5], own=_told(set())[:5], rival=None).is_offered


def test_the_test_and_the_interval_are_those_of_the_books() -> None:
    assert sign_test(5, 0) == 0.03125
    assert sign_test(0, 0) == 1.0
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
