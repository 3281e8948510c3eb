from __future__ import annotations

import pytest

from resonanz.triage.cleaning import clean_words
from resonanz.triage.language import LanguageJudge, UnknownLanguage


@pytest.fixture(scope="module")
def judge() -> LanguageJudge:
    return LanguageJudge(languages=("de", "en"))


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("Warum kommt der Zug heute wieder zu spät?", "", "de"),
        ("Why is the train late again today?", "de", "en"),
        ("ok", "en", "en"),
        ("ok", "fr", "de"),
        ("😡 https://example.org", "en", "en"),
        ("😡 https://example.org", "", ""),
    ],
)
def test_tell_lets_the_hint_decide_only_what_is_too_short(
    judge: LanguageJudge, text: str, hint: str, language: str
) -> None:
    assert judge.tell(clean_words(text), hint=hint) == language


def test_language_judge_refuses_a_code_that_does_not_exist() -> None:
    with pytest.raises(UnknownLanguage, match="'xx'"):
        LanguageJudge(languages=("de", "xx"))
