"""Patterns sorted by first letter find what they find one after the other."""

from __future__ import annotations

import re

import pytest

from resonanz.guidelines.checks.first_letters import grouped

WORDS = [
    r"(?:faul|dumm\w*)\b",
    r"(?:ein )?(?:witz|scherz)\b|\bschluss\b",
    r"a?ber\b",
    r"[xyz]\w+\b",
    r"(?:so|\w+ig) teuer\b",
    r"kann(?:st)? nicht\b",
]
TEXT = "so dumme leute, ein witz, schluss, aber xaver ist faul und kantig teuer: ber kannst nicht scherz witzig teuer"


@pytest.mark.parametrize("patterns", [WORDS, WORDS[:2], WORDS[3:4], [*WORDS[:2] * 9, WORDS[4]]])
def test_grouped_patterns_find_the_same_places(patterns: list[str]) -> None:
    one_after_the_other = re.compile(rf"\b(?=\w)(?:{'|'.join(patterns)})")
    by_letter = re.compile(rf"\b(?=\w)(?:{grouped(patterns)})")

    found = [match.span() for match in one_after_the_other.finditer(TEXT)]

    assert found
    assert [match.span() for match in by_letter.finditer(TEXT)] == found


def test_a_list_of_plain_words_is_sorted() -> None:
    assert grouped(["faul", "fein|witz", "(?:dumm|doof)"]) == "(?=d)(?:(?:dumm|doof))|(?=f)(?:faul|fein)|(?=w)(?:witz)"


def test_brackets_within_classes_and_behind_a_backslash_open_nothing() -> None:
    assert grouped([r"a[|)(]b|c\|d", "e"]) == r"(?=a)(?:a[|)(]b)|(?=c)(?:c\|d)|(?=e)(?:e)"
