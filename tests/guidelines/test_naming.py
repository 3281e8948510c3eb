from __future__ import annotations

import pytest

from resonanz.guidelines.naming import Names

NAMES = Names(["Anna Schmidt", "Dr. Peter Klein", "Jürgen Groß-Müller", "Cher"])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Anna Schmidt war unhöflich", ["Anna Schmidt"]),
        ("die Frau SCHMIDT in Filiale 3", ["Frau SCHMIDT"]),
        ("Frau\nSchmidt von der Kasse", ["Frau\nSchmidt"]),
        ("Frau M. in Filiale 3 war unhöflich, Frau K. nicht", ["Frau K."]),
        ("Herr Gross-Mueller und Mr Klein", ["Herr Gross-Mueller", "Mr Klein"]),
        ("euer Mitarbeiter Jürgen hat aufgelegt", ["Mitarbeiter Jürgen"]),
        ("Anna Schmidts Ton 😀 und Anna Schmidt", ["Anna Schmidts", "Anna Schmidt"]),
    ],
)
def test_who_is_named_is_found_in_the_words_as_they_stand(text: str, named: list[str]) -> None:
    assert [text[start:end] for start, end in NAMES.pieces(text)] == named


@pytest.mark.parametrize(
    "text",
    ["Anna war nett", "ein klein wenig", "Schmidtstraße 3", "bei Peter & Klein GmbH", "Frau Maier", "", "Cher singt"],
)
def test_first_names_alone_other_words_and_strangers_are_nobody(text: str) -> None:
    assert NAMES.pieces(text) == []


def test_a_text_of_a_hundred_thousand_characters_is_read_to_its_end() -> None:
    text = "wörter " * 14_000 + "Frau Schmidt"

    assert [text[start:end] for start, end in NAMES.pieces(text)] == ["Frau Schmidt"]


def test_no_names_find_nobody() -> None:
    assert Names([]).pieces("Frau Schmidt") == []


@pytest.mark.parametrize(("words", "perhaps"), [("schmi", True), ("GROSS", True), ("Sc", False), ("rad kaputt", False)])
def test_words_that_may_look_for_somebody_are_known(words: str, perhaps: bool) -> None:
    assert NAMES.may_mean(words) is perhaps
