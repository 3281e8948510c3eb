"""How long a text is to its network, and where the network's limit falls in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum

from resonanz.guidelines.checks.addresses import find_addresses

LINK_LENGTH = 23
_ZWJ, _KEYCAP = "\u200d", "\u20e3"
_MENTION = re.compile(r"(?<![\w/@])@(\w{1,60})@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
# What X weighs as one, from its own published configuration (version 3); everything else weighs two.
_X_LIGHT = (range(4352), range(8192, 8206), range(8208, 8224), range(8242, 8248))


class Counting(StrEnum):
    """How a network counts."""

    CHARACTERS = "CHARACTERS"
    UTF16 = "UTF16"
    GRAPHEMES = "GRAPHEMES"
    MASTODON = "MASTODON"
    X = "X"


_IN_PIECES = frozenset(Counting) - {Counting.CHARACTERS}


def length_of(text: str, *, counting: str) -> int:
    """How long the network finds the text; blanks around it do not count. Unknown ways count characters."""
    if counting in _IN_PIECES:
        return sum(weight for _start, _end, weight in _pieces(text.strip(), counting))
    return len(text.strip())


def cut_at(text: str, *, limit: int, counting: str) -> int:
    """The place of the first character the network has no room for; the length of the text where all of it fits."""
    begin = len(text) - len(text.lstrip())
    total = 0
    for start, _end, weight in _pieces(text.strip(), counting):
        total += weight
        if total > limit:
            return begin + start
    return len(text)


def _pieces(text: str, counting: str) -> Iterator[tuple[int, int, int]]:
    """The parts a network counts: start, end, weight."""
    if counting in (Counting.MASTODON, Counting.X):
        yield from _with_links(text, counting)
    elif counting == Counting.GRAPHEMES:
        yield from ((start, end, 1) for start, end in clusters(text))
    else:
        weigh = _utf16 if counting == Counting.UTF16 else _one
        yield from ((place, place + 1, weigh(char)) for place, char in enumerate(text))


def _with_links(text: str, counting: str) -> Iterator[tuple[int, int, int]]:
    weigh = _one if counting == Counting.MASTODON else _x_weight
    place = 0
    for start, end, weight in sorted(_special(text, counting)):
        if start >= place:
            yield from _weighed(text, place, start, weigh)
            yield start, end, weight
            place = end
    yield from _weighed(text, place, len(text), weigh)


def _special(text: str, counting: str) -> Iterator[tuple[int, int, int]]:
    for start, end, kind in find_addresses(text):
        if kind == "LINK" and (counting == Counting.X or text[start : start + 4].lower() == "http"):
            yield start, end, LINK_LENGTH
    if counting == Counting.MASTODON:
        for match in _MENTION.finditer(text):
            yield match.start(), match.end(), 1 + len(match.group(1))


def _weighed(text: str, start: int, end: int, weigh: Callable[[str], int]) -> Iterator[tuple[int, int, int]]:
    for first, last in clusters(text[start:end]):
        yield start + first, start + last, weigh(text[start + first : start + last])


def _one(_cluster: str) -> int:
    return 1


def _utf16(char: str) -> int:
    return 2 if ord(char) > 0xFFFF else 1


def _x_weight(cluster: str) -> int:
    if len(cluster) > 1 and any(_is_picture(char) for char in cluster):
        return 2
    return sum(1 if any(ord(char) in light for light in _X_LIGHT) else 2 for char in cluster)


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) == "So" or char == _KEYCAP


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """What is seen as one character: a letter with its marks, an emoji with all its parts, a flag."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _joins(text, start, place):
            yield start, place
            start = place


def _joins(text: str, start: int, place: int) -> bool:
    char, before = text[place], text[place - 1]
    if char < "\u0300":
        return before == "\r" and char == "\n"
    if (
        char in (_ZWJ, _KEYCAP)
        or unicodedata.category(char) in ("Mn", "Me", "Mc")
        or "\U000e0020" <= char <= "\U000e007f"
    ):
        return True
    if "\U0001f3fb" <= char <= "\U0001f3ff" or (before == _ZWJ and _is_picture(char)):
        return True
    flags = "\U0001f1e6", "\U0001f1ff"
    return flags[0] <= char <= flags[1] and place - start == 1 and flags[0] <= before <= flags[1]
