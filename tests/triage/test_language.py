from __future__ import annotations

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

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
    assert judge.tell([clean_words(text)], hints=[hint]) == [language]


def test_tell_says_of_many_texts_together_what_py3langid_says_of_each(judge: LanguageJudge) -> None:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(judge.languages)
    texts = [
        "Der Zug kommt zu spät " * 40,
        "A very nice day for all of us",
        "Straßenbahn Haltestelle Übergang",
        "L'application ne marche plus depuis ce matin",
        "ok okay okidoki okayish",
        *("wort word " * count for count in range(2, 30)),
    ]

    plain = [" ".join(word.form for word in clean_words(text) if word.form.isalpha()) for text in texts]
    told = judge.tell([clean_words(text) for text in texts], hints=[""] * len(texts))

    assert told == [identifier.classify(text)[0] for text in plain]


def test_language_judge_refuses_a_code_that_does_not_exist() -> None:
    with pytest.raises(UnknownLanguage, match="'xx'"):
        LanguageJudge(languages=("de", "xx"))
