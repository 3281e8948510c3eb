from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonanz.triage.about_us import SPOKEN_TO, Evidence, Ourselves, judge
from resonanz.triage.contract import Judgement

US = Ourselves(names=("Bahn", "Nordhain Fahrräder"), handles=frozenset({"nordhain"}))
NOTHING = Evidence()


def _judged(text: str, known: Evidence = NOTHING) -> Judgement:
    return judge(text, known=known, ourselves=US)


@pytest.mark.parametrize("text", ["", "Moin, wann geht es los?", "bahn brechend", "Nordhain ist schön"])
def test_who_speaks_to_us_speaks_of_us(text: str) -> None:
    assert _judged(text, Evidence(spoken_to=True)) == Judgement(True, SPOKEN_TO, False)


@pytest.mark.parametrize("text", ["", "😡", "Schon wieder zu spät", "Der Radweg ist gesperrt", "Bahnhof und Autobahn"])
def test_without_a_sign_it_is_unsure(text: str) -> None:
    found = _judged(text)

    assert (found.probability, found.unsure, found.because) == (0.5, True, ())


def test_a_name_of_one_word_may_be_anybodys() -> None:
    text = "Die Bahn im Schwimmbad war frei"

    found = _judged(text)

    assert (found.value, found.unsure) == (True, True)
    assert [text[piece.start : piece.end] for piece in found.because] == ["Bahn"]


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("Mein Rad von NORDHAIN FAHRRÄDER knackt", "NORDHAIN FAHRRÄDER"),
        ("Der Laden des Nordhain Fahrräders", "Nordhain Fahrräders"),
        ("Das war wohl nichts, @Nordhain", "@Nordhain"),
    ],
)
def test_a_name_of_our_own_and_our_account_are_signs_enough(text: str, piece: str) -> None:
    found = _judged(text)

    assert (found.value, found.unsure) == (True, False)
    assert [text[piece.start : piece.end] for piece in found.because] == [piece]


def test_a_strangers_account_that_bears_our_name_speaks_against_it() -> None:
    text = "Danke an @schwebebahn_wuppertal für die Bahn"

    found = _judged(text)

    assert (found.value, found.unsure) == (False, False)
    assert [text[piece.start : piece.end] for piece in found.because] == ["@schwebebahn_wuppertal"]


def test_a_name_in_small_beside_capitals_is_less_of_a_name() -> None:
    apple = Ourselves(names=("Apple",))

    pie = judge("I love apple pie", known=NOTHING, ourselves=apple)
    phone = judge("My Apple broke", known=NOTHING, ourselves=apple)
    small = judge("my apple broke", known=NOTHING, ourselves=apple)

    assert (pie.value, phone.value) == (False, True)
    assert (small.value, small.probability) == (phone.value, phone.probability)


def test_what_people_said_of_a_topic_counts_once_they_said_enough() -> None:
    few, many = Evidence(yes=0, said=4), Evidence(yes=1, said=20)

    assert _judged("Der Radweg ist gesperrt", few).unsure
    assert _judged("Der Radweg ist gesperrt", many).value is False
    assert not _judged("Der Radweg ist gesperrt", many).unsure
    assert _judged("Der Radweg ist gesperrt", Evidence(yes=20, said=20)).value is True


def test_what_the_company_taught_counts_where_nobody_was_spoken_to() -> None:
    taught = Judgement(False, 0.8, False)

    assert judge("Nordhain Fahrräder", known=NOTHING, ourselves=US, taught=taught) == taught
    assert judge("", known=Evidence(spoken_to=True), ourselves=US, taught=taught).value is True


@given(st.text(st.characters(codec=None), max_size=120), st.lists(st.text(max_size=12), max_size=3), st.booleans())
@settings(deadline=None, max_examples=80)
def test_judge_takes_any_text_and_name(text: str, names: list[str], spoken_to: bool) -> None:
    ourselves = Ourselves(tuple(names), frozenset({"a"}))

    found = judge(text, known=Evidence(spoken_to=spoken_to), ourselves=ourselves)

    assert 0.5 <= found.probability <= 1
    assert all(0 <= piece.start < piece.end <= len(text) for piece in found.because)
