"""What people and robots send at their worst: an honest answer each time, and never an exception."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonanz.triage.contract import Evaluated
from resonanz.triage.evaluate import Evaluator
from resonanz.triage.judges import TASKS

EVALUATOR = Evaluator.load()
LABELS = {task.label for task in TASKS}
PLAIN = {
    "de": "Seit drei Wochen warte ich auf mein Fahrrad, das ist eine absolute Frechheit",
    "en": "Thank you so much for the quick help, you are great",
    "question": "Wann habt ihr am Samstag geöffnet?",
}
BAD = {
    "empty": "",
    "blanks": " \t\n\u00a0\u2003",
    "only emoji": "😡🤬👎🏽👨‍👩‍👧‍👦🇩🇪",
    "only a link": "https://example.org/a?b=c#d",
    "only mentions": "@anna @berta@example.social",
    "100,000 characters": "Wo bleibt mein Rad? " * 5_000,
    "100,000 without a blank": "a" * 100_000,
    "100,000 marks": "?!" * 50_000,
    "100,000 combining": "a" + "\u0301" * 100_000,
    "one word repeated": "warum " * 800,
    "mixed languages": "Der Service was really schlecht, nunca más, merci für nothing",
    "other scripts": "Где мой велосипед? 我的自行车在哪里 أين دراجتي",
    "homoglyphs": "Ihr sеid аlle Веtrüger",  # Cyrillic letters among Latin ones
    "zero-width": "Ihr\u200b se\u200did al\u2060le Be\ufefftrü\u00adger",
    "leetspeak": "1hr s31d 4ll3 83trü93r, h4ut 4b",
    "capitals": "ICH WARTE SEIT WOCHEN AUF MEIN RAD UND NIEMAND ANTWORTET!!!!",
    "lone surrogates": "\ud800 Wo bleibt \udfff mein Rad \udc80",
    "control characters": "\x00\x01Wo\x07 bleibt\x1b[31m mein\x7f Rad\x85\u2028",
    "right to left": "\u202eWo bleibt mein Rad\u202c",
    "zalgo": "W\u0316\u0321o\u0353 b\u0334l\u0335e\u0336i\u0337b\u0338t",
    "markup": "<script>alert('Rad')</script> {{ 7*7 }} '; DROP TABLE posts; --",
    "private use": "\ue000\uf8ff\U000f0000\U0010ffff",
}
ANYTHING = st.text(st.characters(codec=None), max_size=120)
PIECES = st.sampled_from([*BAD.values(), *PLAIN.values()]).map(lambda text: text[:200])


def _one(text: str, hint: str = "") -> Evaluated:
    return EVALUATOR.evaluate([text], language_hints=[hint])[0]


def _values(found: Evaluated) -> dict[str, object]:
    return {label: judged.value for label, judged in found.labels.items()}


def _check(text: str, found: Evaluated) -> None:
    assert set(found.labels) == LABELS
    assert 0 <= found.urgency <= 1
    for judged in found.labels.values():
        assert math.isfinite(judged.probability)
        assert 0 <= judged.probability <= 1
        for piece in judged.because:
            assert 0 <= piece.start < piece.end <= len(text)
            assert math.isfinite(piece.weight)


@pytest.mark.parametrize("kind", BAD)
def test_every_bad_text_gets_an_honest_answer(kind: str) -> None:
    text = BAD[kind]

    _check(text, _one(text))


@pytest.mark.parametrize("kind", ["empty", "blanks", "only emoji", "only a link", "only mentions", "private use"])
def test_nobody_is_sure_of_what_says_nothing(kind: str) -> None:
    assert all(judged.unsure for judged in _one(BAD[kind]).labels.values())


@given(st.lists(st.one_of(ANYTHING, PIECES, st.tuples(PIECES, ANYTHING).map("".join)), max_size=5), st.text(max_size=4))
@settings(deadline=None, max_examples=40)
def test_a_batch_of_anything_is_answered_in_order(texts: list[str], hint: str) -> None:
    found = EVALUATOR.evaluate(texts, language_hints=[hint] * len(texts))

    assert len(found) == len(texts)
    for text, one in zip(texts, found, strict=True):
        _check(text, one)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad"])
def test_what_nobody_sees_within_words_changes_no_value(name: str, unseen: str) -> None:
    plain = PLAIN[name]
    hidden = " ".join(word[: len(word) // 2] + unseen + word[len(word) // 2 :] for word in plain.split(" "))

    assert _values(_one(hidden)) == _values(_one(plain))


@pytest.mark.parametrize("name", PLAIN)
@given(blanks=st.text(" \t\n\r\u00a0\u200b", min_size=1, max_size=30))
@settings(deadline=None, max_examples=8)
def test_blanks_around_a_text_do_not_matter(name: str, blanks: str) -> None:
    plain = PLAIN[name]

    after, before = _one(plain + blanks), _one(blanks + plain)

    assert _values(after) == _values(before) == _values(_one(plain))
    assert after.language == before.language == _one(plain).language


@pytest.mark.parametrize("name", PLAIN)
def test_which_link_and_whom_it_names_changes_no_value(name: str) -> None:
    one = _one(f"@anna {PLAIN[name]} https://example.org/a")
    other = _one(f"@berta {PLAIN[name]} https://example.com/b?c=d")

    assert _values(one) == _values(other)


def test_what_nobody_can_read_any_more_is_not_read() -> None:
    """A text beyond what is read is judged by its beginning, and reasons point into that."""
    text = PLAIN["de"] + " und" * 30_000

    found = _one(text)

    _check(text, found)
    assert all(piece.end <= 4_000 for judged in found.labels.values() for piece in judged.because)
