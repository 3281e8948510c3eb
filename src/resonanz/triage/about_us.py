"""Is it about us: whether a post speaks of this company, or of something else that bears the same name.

Rules, not a model: what they weigh is known of the post, not learnt from texts, so the probability is an estimate. Who
speaks to us speaks of us. Otherwise each sign moves the odds; a name of one word that is nobody's alone ("Bahn") is no
more than a hint, and without any sign it is even, which is unsure. A company that teaches the label gets a head of its
own, whose word counts where nobody was spoken to.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from resonanz.triage.cleaning import MENTION, Word, clean_words
from resonanz.triage.contract import Judgement, Piece

LABEL = "about_us"
VERSION = "about-us-1"
SPOKEN_TO = 0.99
_SURE = 2 / 3
_FEWEST_SAID = 5
"""So many posts of a topic people must have looked at before the topic itself tells something."""
_OWN_ACCOUNT, _LONG_NAME, _SHORT_NAME, _FURTHER_NAME = 3.0, 2.0, 0.6, 1.0
_AS_HASHTAG, _IN_SMALL, _STRANGERS_ACCOUNT = 0.5, -1.0, -2.0
_MOST_PIECES = 3


@dataclass(frozen=True, slots=True)
class Ourselves:
    """What the company and its brands are called, and its accounts on one network, without "@" and in small."""

    names: tuple[str, ...] = ()
    handles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a post besides its text. `spoken_to`: it names our account, answers us, or is written to us.

    `yes` of the `said` posts of its topics that people looked at were about us.
    """

    spoken_to: bool = False
    yes: int = 0
    said: int = 0


def judge(text: str, *, known: Evidence, ourselves: Ourselves, taught: Judgement | None = None) -> Judgement:
    """Whether it is about us; `taught` is what a head of the company says. Takes any text."""
    words = clean_words(text)
    own, strangers = _accounts(text, words, ourselves)
    if known.spoken_to:
        return Judgement(True, SPOKEN_TO, False, _pieces(own))
    if taught is not None:
        return taught
    named = list(_named(words, ourselves.names))
    weight = _topics(known) + _names(text, words, named) + _OWN_ACCOUNT * bool(own)
    if not own:
        weight += _STRANGERS_ACCOUNT * bool(strangers)
    chance = 1 / (1 + math.exp(-weight))
    value, probability = chance >= 0.5, max(chance, 1 - chance)
    return Judgement(value, probability, probability < _SURE, _because(value, own, strangers, named))


@dataclass(frozen=True, slots=True)
class _Named:
    """A name of ours where it stands in a text."""

    name: str
    start: int
    end: int
    is_long: bool
    is_hashtag: bool


_Spans = Sequence[tuple[int, int]]


def _topics(known: Evidence) -> float:
    if known.said < _FEWEST_SAID:
        return 0.0
    return math.log((known.yes + 1) / (known.said - known.yes + 1))


def _names(text: str, words: Sequence[Word], named: Sequence[_Named]) -> float:
    """How much the names in it speak for us."""
    if not named:
        return 0.0
    weight = _LONG_NAME if any(one.is_long for one in named) else _SHORT_NAME
    weight += _FURTHER_NAME * (len({one.name for one in named}) - 1)
    weight += _AS_HASHTAG * any(one.is_hashtag for one in named)
    # In a text with capitals a name in small is no name: "I like apple pie. You too?"
    writes_capitals = any(text[word.start].isupper() for word in words)
    in_small = all(one.name[0].isupper() and text[one.start].islower() for one in named)
    return weight + _IN_SMALL * (writes_capitals and in_small)


def _accounts(text: str, words: Sequence[Word], ourselves: Ourselves) -> tuple[_Spans, _Spans]:
    """Where our accounts are mentioned, and where strangers' that bear a name of ours."""
    short = {form[0] for name in ourselves.names if len(form := _forms(name)) == 1}
    own, strangers = [], []
    for word in words:
        if word.form != MENTION:
            continue
        handle = text[word.start + 1 : word.end].lower()
        if handle in ourselves.handles:
            own.append((word.start, word.end))
        elif any(name in handle for name in short):
            strangers.append((word.start, word.end))
    return own, strangers


def _named(words: Sequence[Word], names: Collection[str]) -> Iterator[_Named]:
    forms = [word.form for word in words]
    for name in names:
        asked = _forms(name)
        for at in range(len(forms) - len(asked) + 1 if asked else 0):
            if _is(forms[at : at + len(asked)], asked):
                hashtag = at > 0 and forms[at - 1] == "#"
                yield _Named(name, words[at].start, words[at + len(asked) - 1].end, len(asked) > 1, hashtag)


def _is(found: Sequence[str], asked: Sequence[str]) -> bool:
    """The name as it stands, or in the genitive."""
    return found[:-1] == asked[:-1] and found[-1] in {asked[-1], f"{asked[-1]}s", f"{asked[-1]}'s"}


def _forms(name: str) -> list[str]:
    return [word.form for word in clean_words(name)]


def _because(value: bool, own: _Spans, strangers: _Spans, named: Sequence[_Named]) -> tuple[Piece, ...]:
    return _pieces([*own, *((one.start, one.end) for one in named)] if value else strangers)


def _pieces(spans: _Spans) -> tuple[Piece, ...]:
    """The first of them, none within another."""
    found: list[Piece] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if len(found) < _MOST_PIECES and (not found or start >= found[-1].end):
            found.append(Piece(start, end, 1.0))
    return tuple(found)
