"""IBANs in folded text, by their checksum (ISO 13616)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LENGTHS = {
    "ad": 24, "at": 20, "ba": 20, "be": 16, "bg": 22, "ch": 21, "cy": 28, "cz": 24, "de": 22, "dk": 18, "ee": 20,
    "es": 24, "fi": 18, "fr": 27, "gb": 22, "gr": 27, "hr": 21, "hu": 28, "ie": 22, "is": 26, "it": 27, "li": 21,
    "lt": 20, "lu": 20, "lv": 21, "mc": 27, "me": 22, "mk": 19, "mt": 31, "nl": 18, "no": 15, "pl": 28, "pt": 25,
    "ro": 24, "rs": 22, "se": 24, "si": 19, "sk": 24, "sm": 27, "tr": 26, "ua": 29, "xk": 20,
}  # fmt: skip
_START = re.compile(r"(?<![a-z0-9])[a-z]{2} ?[0-9]{2}(?=[ .\-_/]{0,2}[a-z0-9])")
_BETWEEN = " .-_/\n"


def find_ibans(folded: str) -> Iterator[tuple[int, int]]:
    """Where an IBAN with a right checksum stands, however it is grouped."""
    for match in _START.finditer(folded):
        length = _LENGTHS.get(folded[match.start() : match.start() + 2])
        if length is None:
            continue
        end, compact = _take(folded, match.start(), length)
        ends_there = end >= len(folded) or not (folded[end].isascii() and folded[end].isalnum())
        if len(compact) == length and ends_there and is_right(compact):
            yield match.start(), end


def _take(folded: str, start: int, length: int) -> tuple[int, str]:
    """`length` letters and digits from `start`, and where they end."""
    taken: list[str] = []
    place = start
    while place < len(folded) and len(taken) < length:
        char = folded[place]
        if char.isascii() and char.isalnum():
            taken.append(char)
        elif char not in _BETWEEN or (place > start and folded[place - 1] in _BETWEEN and char != folded[place - 1]):
            break
        place += 1
    return place, "".join(taken)


def is_right(compact: str) -> bool:
    """Whether the checksum of an IBAN without blanks, in lower case, is right."""
    turned = compact[4:] + compact[:4]
    if not turned[-2:].isdigit():
        return False
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
