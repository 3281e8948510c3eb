"""Sentences cut into the clauses that make one statement each, in folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from resonanz.guidelines.checks.reading import Reading, Sentence

_CUT = re.compile(
    r",(?!\d)|:(?=\s)|\s-\s|[()]|\s(?:und|sondern|sowie|and|but|however|so"
    r"|though)(?=\s)"
)
_WORD = re.compile(r"[^\W_]|\ue002|\ue003")
CONDITION = re.compile(
    r"^\W*(?:(?:und|aber|oder|auch|erst|nur|immer|dann|and|but|or|only|even) )?"
    r"(?:wenn|falls|sofern|sobald|solange|sollten?|sollte sich|if|once|when|whenever|unless|in case|as soon as"
    r"|should)\b"
)
WHETHER = re.compile(r"\b(?:ob|whether)\b|\b(?:check|see|ask|find out|confirm|know|sure) if\b")


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement: its place in the folded text, its words, and the sentence around it."""

    start: int
    end: int
    text: str
    sentence: Sentence
    before: str  # the clause before it in the same sentence


def clauses_of(reading: Reading) -> Iterator[Clause]:
    """All clauses of a draft, in order."""
    for sentence in reading.sentences:
        yield from clauses_in(sentence)


def clauses_in(sentence: Sentence) -> Iterator[Clause]:
    """The clauses of one sentence, in order."""
    start, before = 0, ""
    for cut in [*(match.start() for match in _CUT.finditer(sentence.text)), len(sentence.text)]:
        text = sentence.text[start:cut]
        if _WORD.search(text):
            yield Clause(sentence.start + start, sentence.start + cut, text, sentence, before)
            before = text
        start = cut


def is_conditional(clause: Clause) -> bool:
    """Whether it only names the condition under which something else holds."""
    return CONDITION.match(clause.text.lstrip(", :-()")) is not None
