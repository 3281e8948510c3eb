"""The words of a guideline as a page shows them: paragraphs, lists, and examples of what is good and what is not.

A line that begins with a hyphen belongs to a list; one that begins with a plus sign, or "Gut:", is a good example, one
that begins with a cross, or "Schlecht:", a bad one. Everything else is text, and nothing of it is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

_MARKS = (
    ("good", re.compile(r"(?:\+|✓|✔|👍)\s+|(?:gut|good|so)\s*:\s*", re.IGNORECASE)),
    ("bad", re.compile(r"(?:✗|✘|×|👎)\s+|(?:schlecht|nicht so|bad|not like this|not so)\s*:\s*", re.IGNORECASE)),
    ("list", re.compile(r"[-–•*]\s+")),
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; `kind` is text, list, good or bad."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """The text in blocks, in order."""
    marked = [_marked(line.strip()) for line in text.splitlines()]
    return [
        Block(kind, tuple(said for _kind, said in lines))
        for kind, lines in groupby(marked, key=lambda line: line[0])
        if kind
    ]


def _marked(line: str) -> tuple[str, str]:
    """The kind of a line and what it says; an empty line has no kind, and parts the blocks around it."""
    if not line:
        return "", ""
    return next(_matches(line), ("text", line))


def _matches(line: str) -> Iterator[tuple[str, str]]:
    for kind, mark in _MARKS:
        if (found := mark.match(line)) and found.end() < len(line):
            yield kind, line[found.end() :]
