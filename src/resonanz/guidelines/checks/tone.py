"""Check `tone`: insulting, scolding, shouting or curt. It reads the draft alone and knows nobody's earlier ones.

It is no measure of the person who writes: nothing is stored, counted or shown to anybody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.courtesy import INITIALS_AT_END
from resonanz.guidelines.checks.lexicon import lexicon, word_set
from resonanz.guidelines.checks.reading import LINKED, MAILED, QUOTED, Reading

NAME = "tone"
DEFAULT = Severity.WARNING
_WORDS = lexicon("tone")
_CURT = 4
_MARKS = re.compile(r"[!?](?:[ ]?[!?]){2,}")
_CAPITALS = re.compile(r"(?<![\w#@])[A-ZÄÖÜ]{3,40}(?:[\s,]+[A-ZÄÖÜ]{1,40}){0,20}(?![\w])")
_CAPITAL_WORD = re.compile(r"[A-ZÄÖÜ]{3,}")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_EMOJI = re.compile(r"[\u2600-\u27bf\U0001f000-\U0001faff]|[:;=]-?[)DPp]|<3")
_MASKS = re.compile(f"[{LINKED}{MAILED}{QUOTED}]+")
# Letters that are no shouting, even three in a row.
_ABBREVIATIONS = word_set("tone", "ABBREVIATIONS")


def find(reading: Reading, _context: Context) -> Iterator[Spot]:
    """Every insult and every scolding; shouting; and the draft itself when it is curt."""
    innocent = [match.span() for match in _WORDS["NONE"].finditer(reading.plain)]
    for kind in ("INSULT", "SCOLDING"):
        for match in _WORDS[kind].finditer(reading.plain):
            if not any(start < match.end() and match.start() < end for start, end in innocent):
                start, end = reading.original(*match.span())
                yield Spot(start=start, end=end, params={"kind": kind})
    for start, end in _needles(reading):
        yield Spot(start=start, end=end, params={"kind": "SCOLDING"})
    for start, end in _shouts(reading):
        yield Spot(start=start, end=end, params={"kind": "SHOUTING"})
    if _is_curt(reading):
        yield Spot(start=0, end=len(reading.text), params={"kind": "CURT"})


def _needles(reading: Reading) -> Iterator[tuple[int, int]]:
    """Sentences that say what the person failed to do with a word that rubs it in, and nothing kind.

    Neither sign is scolding alone: "Sie haben das Feld übersehen" informs, "halt" and "clearly" are everyday words.
    """
    for sentence in reading.sentences:
        failing = _WORDS["FAILING"].search(sentence.text)
        if failing and _WORDS["NEEDLING"].search(sentence.text) and not _WORDS["KIND"].search(sentence.text):
            yield reading.original(sentence.start + failing.start(), sentence.start + failing.end())


def _shouts(reading: Reading) -> Iterator[tuple[int, int]]:
    masked = [*reading.quotes, *((start, end) for start, end, _kind in reading.addresses)]
    for match in _MARKS.finditer(reading.text):
        if not _is_within(match.start(), masked):
            yield match.span()
    for match in _CAPITALS.finditer(reading.text):
        loud = [word for word in _CAPITAL_WORD.findall(match.group()) if word not in _ABBREVIATIONS]
        if len(loud) >= 3 and not _is_within(match.start(), masked):
            yield match.span()


def _is_within(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _is_curt(reading: Reading) -> bool:
    text = INITIALS_AT_END.sub("", _MASKS.sub(" ", reading.plain))
    words = [word for word in _WORD.findall(text) if not word.isdigit()]
    if not 0 < len(words) <= _CURT or _EMOJI.search(reading.text):
        return False
    return _WORDS["UNKIND"].search(text) is not None or _WORDS["COURTESY"].search(text) is None
