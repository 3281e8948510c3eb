"""Check `repeated`: the same text, or nearly the same, for the tenth time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.courtesy import after_greeting, before_closing
from resonanz.guidelines.checks.reading import Reading

NAME = "repeated"
DEFAULT = Severity.HINT
_FEW_WORDS = 4
_ALIKE = 0.9
_MOST_COMPARED = 500
_WORD = re.compile(r"[a-z\u00e0-\ud7ff]+(?:'[a-z]+)?")


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """The draft as a whole, when it was sent as often as the guideline bears."""
    words = _words(reading)
    if len(words) < _FEW_WORDS or context.repeated_times < 1:
        return
    sent = context.same_text_sent + _count(words, context.sent_texts)
    if sent >= context.repeated_times - 1:
        params = {"kind": "REPEATED", "times": sent + 1}
        yield Spot(start=0, end=len(reading.text), params=params)


def count_alike(*, text: str, among: Iterable[str]) -> int:
    """How many of these texts say nearly the same: greeting, name, signature, links and numbers apart."""
    return _count(_words(Reading(text)), among)


def _count(words: list[str], among: Iterable[str]) -> int:
    known, alike = Counter(words), 0
    for _number, other in zip(range(_MOST_COMPARED), among, strict=False):
        alike += _are_alike(known, Counter(_words(Reading(other))))
    return alike


def _are_alike(one: Counter[str], other: Counter[str]) -> bool:
    longer = max(one.total(), other.total())
    return longer > 0 and (one & other).total() >= _ALIKE * longer


def _words(reading: Reading) -> list[str]:
    """The words that matter: between greeting and signature."""
    start, end = after_greeting(reading.unlinked), before_closing(reading.unlinked)
    return _WORD.findall(reading.unlinked[start : max(start, end)])
