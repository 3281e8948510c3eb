"""The forms of verbs in the files of words."""

from __future__ import annotations

import re

import pytest

from resonanz.guidelines.checks.verbs import spelled_out


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<leg>", "legen"),
        ("<leg>", "legst"),
        ("<leg bei>", "wir legen ihnen etwas bei"),
        ("<leg bei>", "das beizulegen"),
        ("<nehm|nimm zurueck|runter>", "die gebuehr nehme ich runter"),
        ("<en tak off>", "we're taking the late fee off"),
        ("<en tak>", "takes"),
    ],
)
def test_spelled_out_finds_every_form(written: str, text: str) -> None:
    assert re.search(rf"\b{spelled_out(written)}(?!\w)", text)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<leg>", "legende"),
        ("<leg bei>", "wir legen das bei ihnen ab"),
        ("<buch ab>", "die abbuchung"),
        ("<en tak off>", "we take the office"),
    ],
)
def test_spelled_out_finds_no_other_word(written: str, text: str) -> None:
    assert re.search(rf"\b{spelled_out(written)}(?!\w)", text) is None


def test_spelled_out_leaves_the_rest_of_a_pattern_alone() -> None:
    assert spelled_out(r"(?<!guten )\bmorgen\b") == r"(?<!guten )\bmorgen\b"
