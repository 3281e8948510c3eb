"""Two wordings side by side: which words went, which came, which stayed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")
MOST_WORDS = 4000
"""Beyond it the two are shown one after the other: comparing word by word would take seconds."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stayed, went or came: `kind` is same, gone or new."""

    kind: str
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The words of both, in reading order; what went stands before what came in its place."""
    if before == after:
        return [Piece("same", after)] if after else []
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return [piece for piece in (Piece("gone", before), Piece("new", after)) if piece.text]
    found = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(new[new_from:new_to])))
            continue
        found += [Piece("gone", "".join(old[old_from:old_to])), Piece("new", "".join(new[new_from:new_to]))]
    return [piece for piece in found if piece.text]
