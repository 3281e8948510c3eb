from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from resonanz.triage.near_duplicates import ALIKE, LEAST_LETTERS, Signature, normalised, signatures, similarity

STORM = "Schon wieder fällt der Zug nach Nordhain aus, und niemand sagt uns am Bahnsteig Bescheid"
LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßéñ"
WORDS = st.text(LETTERS, min_size=1, max_size=12)
TEXTS = st.lists(WORDS, min_size=12, max_size=40).map(" ".join)


def _one(text: str) -> Signature:
    [found] = signatures([text])
    assert found is not None
    return found


def _meet(left: str, right: str) -> bool:
    return not set(_one(left).bands).isdisjoint(_one(right).bands)


@pytest.mark.parametrize(
    "same",
    [
        STORM.upper(),
        f"@nordhain {STORM}!!!",
        f"{STORM} https://example.org/1?a=b 😡😡 #",
        "„Schon wieder“ fällllt der Zug nach Nordhain aus - und: niemand sagt uns am Bahnsteig Bescheid …",
        "Schon wieder 17 fällt der Zug nach Nordhain\u200b aus, und niemand\n\nsagt uns am Bahn\u00adsteig Bescheid?!",
    ],
)
def test_signatures_leave_out_what_does_not_matter(same: str) -> None:
    assert _one(same) == _one(STORM)
    assert similarity(same, STORM) == 1


@given(TEXTS, st.data())
@settings(deadline=None, max_examples=60)
def test_signatures_are_the_same_whatever_case_marks_links_and_mentions(text: str, data: st.DataObject) -> None:
    words = text.split()
    dressed = []
    for word in words:
        marks = data.draw(st.sampled_from(["", "!", "?!?", "...", ",", " 😡", " https://a.example/x", " @anna", " 12"]))
        dressed.append(data.draw(st.sampled_from([word, word.upper(), word.title()])) + marks)

    assert signatures([" ".join(dressed)]) == signatures([text])


@given(TEXTS, TEXTS)
@settings(deadline=None, max_examples=60)
def test_similarity_is_symmetric_and_one_of_the_text_itself(left: str, right: str) -> None:
    assert similarity(left, right) == similarity(right, left)
    assert 0 <= similarity(left, right) <= 1
    assert similarity(left, left) == 1


@given(TEXTS, TEXTS)
@settings(deadline=None, max_examples=100)
def test_different_texts_meet_neither_in_digest_nor_in_a_band(left: str, right: str) -> None:
    assume(similarity(left, right) < 0.1)

    assert _one(left).digest != _one(right).digest
    assert not _meet(left, right)


def test_a_text_with_another_word_is_found_and_one_about_something_else_is_not() -> None:
    changed = STORM.replace("niemand", "keiner")
    other = "Die neue Filiale in der Gartenstraße hat wirklich freundliche Leute und lange geöffnet"

    assert similarity(STORM, changed) >= ALIKE
    assert _meet(STORM, changed)
    assert _one(STORM).digest != _one(changed).digest
    assert similarity(STORM, other) < 0.1


@pytest.mark.parametrize(
    "text", ["", "  ", "😡😡😡", "https://example.org/a", "@anna @berta", "1234 5678", "Danke!", "!?"]
)
def test_what_says_too_little_has_no_signature(text: str) -> None:
    assert signatures([text]) == [None]


def test_a_short_text_is_found_by_the_whole_of_it_alone() -> None:
    short = "Danke, das hat geholfen!"

    assert len(normalised(short)) > LEAST_LETTERS
    assert _one(short).bands == ()
    assert _one("danke das HAT geholfen") == _one(short)


@given(st.lists(st.one_of(TEXTS, st.text(st.characters(codec=None), max_size=80)), max_size=8))
@settings(deadline=None, max_examples=60)
def test_signatures_of_a_batch_are_those_of_each_text_alone(texts: list[str]) -> None:
    assert signatures(texts) == [found for text in texts for found in signatures([text])]


def test_signatures_stay_what_they_were() -> None:
    # Stored ones would no longer find what comes.
    found = _one(STORM)

    assert (found.digest, found.bands[0], found.bands[11]) == (
        6576302535743025670,
        2379042509252186793,
        -5073458810343108856,
    )
