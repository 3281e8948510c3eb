"""With which letters a pattern can begin: a long list of patterns then tries few of them at each word of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_LETTER = re.compile(r"[a-z0-9](?![?*{])")
_GROUP = "(?:"
# Where more than one in five begins with anything, whoever knows the letter still has to try those: it costs more.
_MOST_UNPLAIN = 1 / 4


def grouped(patterns: Sequence[str]) -> str:
    """One pattern that finds a word wherever one of these does; they are looked for at the beginning of words only.

    Where two of them fit at the same place, one whose first letter is plain to see wins.
    """
    by_letters: dict[frozenset[str], list[str]] = {}
    others = []
    for one in (one.removeprefix(r"\b") for pattern in patterns for one in _alternatives(pattern)):
        if known := _begins(one):
            by_letters.setdefault(known, []).append(one)
        else:
            others.append(one)
    by_letter: dict[str, list[str]] = {}
    for letters, fit in by_letters.items():
        for letter in letters:
            by_letter.setdefault(letter, []).extend(fit)
    if len(others) > _MOST_UNPLAIN * sum(map(len, by_letters.values())):
        return "|".join(patterns)
    parts = [f"(?={letter})(?:{'|'.join(fit)})" for letter, fit in sorted(by_letter.items())]
    return "|".join([*parts, *others])


def _begins(pattern: str) -> frozenset[str] | None:
    """The letters that a pattern without alternatives can begin with; None where they are not plain to see."""
    if _LETTER.match(pattern):
        return frozenset(pattern[0])
    if not pattern.startswith(_GROUP):
        return None
    inner, rest = _group(pattern)
    found = [_begins(one) for one in _alternatives(inner)]
    if rest.startswith("?"):
        found.append(_begins(rest.removeprefix("?").removeprefix("?")))
    elif rest[:1] in {"*", "{"}:
        return None
    return None if None in found else frozenset().union(*filter(None, found))


def _group(pattern: str) -> tuple[str, str]:
    """What stands in the group at the beginning, and what follows it."""
    end = next(place for place, sign, depth in _signs(pattern) if sign == ")" and depth == 0)
    return pattern[len(_GROUP) : end], pattern[end + 1 :]


def _alternatives(pattern: str) -> list[str]:
    cuts = [place for place, sign, depth in _signs(pattern) if sign == "|" and depth == 0]
    return [pattern[start + 1 : end] for start, end in zip([-1, *cuts], [*cuts, len(pattern)], strict=True)]


_SIGN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)


def _signs(pattern: str) -> Iterator[tuple[int, str, int]]:
    """Brackets and bars with their places and how many groups are open after them; none within a class of letters."""
    depth = 0
    for found in _SIGN.finditer(pattern):
        sign = found[0]
        depth += (sign == "(") - (sign == ")")
        if len(sign) == 1:
            yield found.start(), sign, depth
