"""Which pieces of a text name somebody of the company. Plain.

It knows the same names and ways of naming as the check `employee_names` of a draft, and besides initials ("Frau M."):
what others say of an employee is hidden where in doubt, and a letter hidden too many does no harm. A first or a last
name alone names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from resonanz.guidelines.checks import employee_names
from resonanz.guidelines.checks.reading import fold, fold_with_places

Piece = tuple[int, int]
_WORD = re.compile(r"\w+")
_FEWEST_LETTERS = 3
_INITIALS = r"(?<![\w-])(?:frau|herrn?|hr\.|fr\.|mr\.?|mrs\.?|ms\.?|miss) [{letters}]\.(?![\w.])"


class Names:
    """The names of everybody who works here, ready to be looked for in many texts."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_word: dict[str, set[str]] = {}
        letters = set()
        for name in names:
            parts = employee_names.plain_name(name)
            # Few texts hold one of the words at all; only for those a pattern is made, of the names they may hold.
            for word in _WORD.findall(" ".join(parts)):
                self._by_word.setdefault(word, set()).add(name)
                self._by_word.setdefault(f"{word}s", set()).add(name)
            letters |= {parts[-1][0]} if parts else set()
        known = re.escape("".join(sorted(letters)))
        self._initials = re.compile(_INITIALS.format(letters=known)) if letters else None

    def pieces(self, text: str) -> list[Piece]:
        """Where the text names one of them, in order, as places in it."""
        if self._initials is None:
            return []
        folded, places = fold_with_places(text)
        folded = folded.replace("\n", " ")
        found = [match.span() for match in self._initials.finditer(folded)]
        if perhaps := {name for word in _WORD.findall(folded) for name in self._by_word.get(word, ())}:
            found += [match.span() for match in _pattern(tuple(sorted(perhaps))).finditer(folded)]
        if places is None:
            return _apart(found)
        return _apart((places[start], places[end - 1] + 1) for start, end in found)

    def may_mean(self, words: str) -> bool:
        """Whether one of the words is a name of theirs, or the beginning of one: somebody may be looked for by it."""
        typed = [word for word in _WORD.findall(fold(words)) if len(word) >= _FEWEST_LETTERS]
        return any(name.startswith(word) for word in typed for name in self._by_word)


@lru_cache(maxsize=256)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return employee_names.pattern_of(names)


def _apart(found: Iterable[Piece]) -> list[Piece]:
    """In order, overlapping ones as one."""
    pieces: list[Piece] = []
    for start, end in sorted(found):
        if pieces and start < pieces[-1][1]:
            pieces[-1] = (pieces[-1][0], max(end, pieces[-1][1]))
        else:
            pieces.append((start, end))
    return pieces
