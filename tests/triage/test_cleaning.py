from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonanz.triage.cleaning import MOST_CHARACTERS, clean, clean_words


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("@DB_Bahn Wo bleibt der ICE?", "⟨mention⟩ wo bleibt der ice ?"),
        ("siehe https://t.co/x1?y=z, danke", "siehe ⟨link⟩ danke"),
        ("Mail an erika.muster@example.org!", "mail an ⟨mail⟩ !"),
        ("Sooooooo schön", "sooo schön"),
        ("Tür Ärger Straße", "tür ärger straße"),
        ("Tu\u0308r", "tür"),
        ("sch\u200bei\u00adße", "scheiße"),
        ("\ufeffHallo", "hallo"),
        ("ＷＩＥＳＯ", "wieso"),
        ("toll 😍😍 :-)", "toll 😍 😍 :-)"),
        ("Was?! Echt!!!!!!", "was ?! echt !!!"),
        ("PLZ 04109", "plz 000"),
        ("don’t", "don't"),
        ("", ""),
        ("\u200b \u0301", ""),
    ],
)
def test_clean_keeps_what_speaks_and_masks_what_points(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text(st.one_of(st.characters(codec=None), st.sampled_from("aÄ0.-:!?<3'wh/ ")), max_size=120))
@settings(deadline=None)
def test_an_address_changes_no_other_word(text: str) -> None:
    plain = text.replace("@", "")

    assert clean_words(f"{plain} @anna")[:-1] == clean_words(f"{plain} ")


@given(st.text(st.characters(codec=None), max_size=300))
@settings(deadline=None)
def test_clean_words_lie_in_order_within_any_text(text: str) -> None:
    words = clean_words(text)

    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert all(left.end <= right.start for left, right in itertools.pairwise(words))
    assert all(word.form and not any(sign.isspace() for sign in word.form) for word in words)


@pytest.mark.parametrize("piece", ["a", "a.", "@", "x@", "@a.", "a-", "!", "é\u0301", "http://", "😡"])
def test_clean_words_reads_a_bounded_part_of_a_long_text(piece: str) -> None:
    words = clean_words(piece * 100_000)

    assert words[-1].end <= MOST_CHARACTERS
