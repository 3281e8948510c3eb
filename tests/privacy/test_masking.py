"""Masking takes the name and leaves the sentence."""

from __future__ import annotations

import pytest

from resonanz.privacy import masking

HANDLES, NAMES = {"kurt_w@social.example"}, {"Kurt von Weiß"}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Hallo Herr Weiß, danke!", "Hallo Herr █████, danke!"),
        ("WEISS", "WEISS"),
        ("kurt weiß Bescheid von mir", "█████ █████ Bescheid █████ mir"),
        ("@kurt_w: gern. Kurtaxe?", "@█████: gern. Kurtaxe?"),
        ("@kurt_w@social.example", "█████"),
        ("Weißwurst", "Weißwurst"),
    ],
)
def test_an_answer_to_the_account_loses_every_form_of_address(text: str, masked: str) -> None:
    words = masking.spoken_to(handles=HANDLES, names=NAMES)

    assert masking.mask(text, words) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Kurt weiß das", "Kurt weiß das"),
        ("Kurt von Weiß war da", "█████ war da"),
        ("frag @kurt_w@social.example.", "frag █████."),
    ],
)
def test_other_texts_lose_only_what_is_unmistakable(text: str, masked: str) -> None:
    assert masking.mask(text, masking.spoken_about(handles=HANDLES, names=NAMES)) == masked


def test_a_handle_that_is_a_plain_word_is_masked_only_as_a_mention() -> None:
    words = masking.spoken_about(handles={"sonne"}, names={"Sonne"})

    assert masking.mask("Sonne und @sonne", words) == "Sonne und █████"


def test_nothing_to_mask_leaves_the_text() -> None:
    assert masking.mask("Hallo", set()) == "Hallo"
