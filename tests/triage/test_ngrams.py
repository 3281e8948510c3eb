from __future__ import annotations

import numpy as np
import pytest

from resonanz.triage import ngrams
from resonanz.triage.ngrams import HALF, TABLE, Features

ALL_KNOWN = np.ones(TABLE, dtype=np.float32)


def _features(*texts: str) -> Features:
    return ngrams.weigh(ngrams.extract([text.split() for text in texts]), ALL_KNOWN)


def test_weigh_gives_a_text_the_same_features_alone_and_in_a_batch() -> None:
    together = _features("der zug ist weg", "", "a", "wo bleibt der zug ?")

    alone = _features("wo bleibt der zug ?")

    start, end = together.starts[3], together.starts[4]
    assert together.columns[start:end].tolist() == alone.columns.tolist()
    assert together.values[start:end].tolist() == alone.values.tolist()
    assert together.starts[1] == together.starts[2]


def test_weigh_scales_words_and_characters_to_length_one_each() -> None:
    found = _features("wann kommt der bus endlich")

    words = found.columns < HALF
    assert float((found.values[words] ** 2).sum()) == pytest.approx(1, abs=1e-5)
    assert float((found.values[~words] ** 2).sum()) == pytest.approx(1, abs=1e-5)


def test_extract_counts_characters_within_a_word_and_pairs_within_a_text() -> None:
    grams = ngrams.extract([["ab", "c"], ["d"]])

    # " ab ": 3 of length 2, 2 of 3, 1 of 4; " c " and " d ": 2 of length 2, 1 of 3.
    assert int((grams.index >= HALF).sum()) == 6 + 3 + 3
    crossing = grams.first != grams.last
    assert set(zip(grams.first[crossing].tolist(), grams.last[crossing].tolist(), strict=True)) == {(0, 1)}


def test_extract_hashes_stay_what_they_were() -> None:
    # A shipped model is worthless once these change: then ngrams.VERSION must change too.
    grams = ngrams.extract([["zug", "?"]])

    assert grams.index[:2].tolist() == [4500, 42858]
    assert int(grams.index.sum()) == 1613636
