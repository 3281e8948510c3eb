"""Check `escalation`: lawyers, the press, accidents, in the draft or in what the person wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.lexicon import lexicon
from resonanz.guidelines.checks.reading import Reading

NAME = "escalation"
DEFAULT = Severity.APPROVAL
_WORDS = lexicon("escalation")
_KINDS = ("HARM", "LEGAL", "PRESS")


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """Each such word of the draft; and the first of each kind that the person wrote."""
    for kind, match in _found(reading.plain):
        start, end = reading.original(*match.span())
        yield Spot(start=start, end=end, params={"kind": kind, "where": "DRAFT", "word": reading.text[start:end]})
    told: set[str] = set()
    person = Reading(context.person_text)
    for kind, match in _found(person.folded):
        if kind not in told:
            told.add(kind)
            start, end = person.original(*match.span())
            yield Spot(start=0, end=0, params={"kind": kind, "where": "PERSON", "word": person.text[start:end]})


def _found(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    innocent = [match.span() for match in _WORDS["NONE"].finditer(text)]
    for kind in _KINDS:
        for match in _WORDS[kind].finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in innocent):
                yield kind, match
