from __future__ import annotations

from datetime import date

import pytest

from resonanz.service.lists.filter_language import Completing, Term, completing, day, names_beginning, parse, written

TODAY = date(2026, 11, 22)


def test_filters_and_words_are_told_apart() -> None:
    parsed = parse('from:jonas akku -tag:"Rückruf 7" "zum dritten Mal" -Werbung')

    assert parsed.terms == (Term("from", "jonas", False, 0, 10), Term("tag", "Rückruf 7", True, 16, 32))
    assert parsed.words == 'akku "zum dritten Mal" -Werbung'
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("ist:spät", "is:late"),
        ("IST:SPAET", "is:late"),
        ("von:jonas", "from:jonas"),
        ("thema:Akku", "topic:Akku"),
        ("netz:mastodon", "network:mastodon"),
        ("art:beschwerde", "kind:complaint"),
        ("zuständig:ich", "assignee:me"),
        ("vor:01.11.2026", "before:01.11.2026"),
        ("-nach:gestern", "-after:gestern"),
    ],
)
def test_german_means_the_same_as_english(german: str, english: str) -> None:
    def meant(text: str) -> list[tuple[str, str, bool]]:
        return [(term.field, term.value, term.negated) for term in parse(text).terms]

    assert meant(german) == meant(english) != []


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("akku form:jonas", "filter.unknown", "form:"),
        ("is:laet", "filter.unknown_value", "laet"),
        ("akku is:", "filter.no_value", "is:"),
        ("before:31.02.2026", "filter.no_day", "31.02.2026"),
        ("lang:deutsch", "filter.no_language", "deutsch"),
    ],
)
def test_mistake_is_told_with_its_place_and_the_rest_holds(text: str, code: str, place: str) -> None:
    parsed = parse(f"from:anke {text}")

    assert [(term.field, term.value) for term in parsed.terms] == [("from", "anke")]
    (problem,) = parsed.problems
    assert (problem.code, f"from:anke {text}"[problem.start : problem.end]) == (code, place)


@pytest.mark.parametrize(
    "text", ["Re: Akku", "https://example.org/x", "10:30", "::", '"', "-", "\u202e\x00 :x", "a" * 10_000]
)
def test_nothing_somebody_types_is_an_error(text: str) -> None:
    assert parse(text).problems == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-02", date(2026, 11, 2)),
        ("2.11.2026", date(2026, 11, 2)),
        ("24.12.", date(2025, 12, 24)),  # without a year, the last one
        ("heute", TODAY),
        ("yesterday", date(2026, 11, 21)),
        ("3d", date(2026, 11, 19)),
        ("29.2.2025", None),
        ("soon", None),
    ],
)
def test_day_is_read_as_people_write_it(text: str, expected: date | None) -> None:
    assert day(text, today=TODAY) == expected


def test_completing_knows_what_stands_before_the_caret() -> None:
    assert completing("akku ta", caret=7) == Completing("", "ta", 5, 7)
    assert completing("tag:rück akku", caret=8) == Completing("tag", "rück", 4, 8)
    assert completing("akku ", caret=5) == Completing("", "", 5, 5)
    assert completing("foo:x", caret=5) is None


def test_names_and_values_are_offered_in_ones_own_language() -> None:
    assert names_beginning("t", german=False) == ["topic", "tag"]
    assert names_beginning("v", german=True) == ["von", "vor"]
    assert written("tag", "Rückruf 7", german=False) == 'tag:"Rückruf 7"'
    assert written("is", "late", german=True) == "ist:spät"
