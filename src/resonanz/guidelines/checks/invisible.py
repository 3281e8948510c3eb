"""Check `invisible`: characters nobody sees, which change what is read, searched or copied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from resonanz.guidelines.checks.contract import Context, Mend, Severity, Spot
from resonanz.guidelines.checks.reading import Reading

NAME = "invisible"
DEFAULT = Severity.WARNING
_JOINERS = "\u200c\u200d"
_DIRECTIONS = "\u200e\u200f\u061c"
_TAGS = ("\U000e0020", "\U000e007f")
_FLAG = "\U0001f3f4"
# Fillers are letters to Unicode, and blank to everybody.
_SUSPECT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


def find(reading: Reading, _context: Context) -> Iterator[Spot]:
    """Each run of such characters; the mend takes it out, or puts a line break where it broke a line."""
    places = [match.start() for match in _SUSPECT.finditer(reading.text) if not _is_needed(reading.text, match.start())]
    for start, end in _runs(places):
        run = reading.text[start:end]
        instead = "\n" if any(char in "\x0b\x0c\x85\u2028\u2029" for char in run) else ""
        codes = " ".join(f"U+{ord(char):04X}" for char in run[:5])
        kind = "DIRECTION" if _OVERRIDES.search(run) else "UNSEEN"
        params = {"kind": kind, "count": end - start, "codes": codes}
        yield Spot(start=start, end=end, params=params, mend=Mend(start, end, instead))


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    start = end = -1
    for place in places:
        if place != end:
            if start >= 0:
                yield start, end
            start = place
        end = place + 1
    if start >= 0:
        yield start, end


def _is_needed(text: str, place: int) -> bool:
    """Whether it does something that can be seen: inside an emoji, a flag, or a script that joins its letters."""
    char = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if char in _JOINERS:
        if char == "\u200d" and _is_emoji(before) and _is_emoji(after):
            return True
        return _is_joining(before) and (_is_joining(after) or not after.strip())
    if char in _DIRECTIONS:
        return _is_right_to_left(text[max(0, place - 3) : place].rstrip()[-1:]) or _is_right_to_left(
            text[place + 1 : place + 4].lstrip()[:1]
        )
    return _TAGS[0] <= char <= _TAGS[1] and _FLAG in text[max(0, place - 8) : place]


def _is_emoji(char: str) -> bool:
    return bool(char) and (
        char == "\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff" or unicodedata.category(char) == "So"
    )


def _is_joining(char: str) -> bool:
    """A letter or mark of Arabic, Syriac, Mongolian, the Indic scripts and their neighbours."""
    return bool(char) and ("\u0600" <= char <= "\u1aff" or "\ua800" <= char <= "\uabff" or "\ufb50" <= char <= "\ufefc")


def _is_right_to_left(char: str) -> bool:
    return bool(char) and unicodedata.bidirectional(char) in ("R", "AL", "AN")
