"""A draft as the checks read it: folded, cut into sentences, with places that lead back to what was typed.

Folded means: lower case, ä as ae (ö, ü, ß likewise), no accents, one sort of apostrophe, dash and blank, nothing
invisible. `plain` is the same with links, mail addresses and quotations masked, so that no word is found in them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from resonanz.guidelines.checks.addresses import find_addresses

MOST_CHARACTERS = 20_000
_LAST_WORD = 200  # how far back to look for a blank to end reading at
QUOTED, LINKED, MAILED = "\ue001", "\ue002", "\ue003"
_SPELLED = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "ł": "l", "…": "..."}
_SAME = {**dict.fromkeys("’‘ʼ´`‛", "'"), **dict.fromkeys("–—‐‑‒−", "-"), **dict.fromkeys("„“”«»‟", '"')}
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f")
_DIAERESIS = "\u0308"
_QUOTE = re.compile(
    r'„[^„“”"\n]{1,600}[“”"]|“[^“”"\n]{1,600}[”"]|»[^»«\n]{1,600}«|«[^»«\n]{1,600}»|‚[^‚‘\n]{1,600}‘'
    r'|(?<![^\s(\[])"[^"\n]{1,600}"(?!\w)|^[ \t]{0,8}>[^\n]{0,2000}',
    re.MULTILINE,
)
_END = re.compile(r"([.!?]+)[\"')\ue001\]]{0,3}(?=\s|$)|\n+|[;\U0001f300-\U0001faff\u2600-\u27bf]+")
_SHORT_WORDS = (
    "z b u a d h bzw ca nr str dr prof hr fr mo di mi do sa so tel inkl exkl ggf evtl usw etc vgl max min std tgl zzgl"
    " e g i no vs mr mrs ms st jan feb apr jun jul aug sep sept okt oct nov dez dec abs art bspw allg bzgl ink kd"
)
_SHORT = frozenset(_SHORT_WORDS.split())


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in the folded text: `text` is `plain[start:end]`, `asks` whether it ends with a question mark."""

    start: int
    end: int
    text: str
    asks: bool


class Reading:
    """One draft, read once for all checks. `text` is the part that was read, `read_to` where it ends."""

    def __init__(self, text: str) -> None:
        self.read_to = _read_to(text)
        self.length = len(text)
        self.is_whole = self.read_to == self.length
        self.text = text[: self.read_to]
        self.folded, self._places = fold_with_places(self.text)

    @cached_property
    def quotes(self) -> list[tuple[int, int]]:
        """Where the text quotes; half-open places of the original."""
        return [match.span() for match in _QUOTE.finditer(self.text)]

    @cached_property
    def addresses(self) -> list[tuple[int, int, str]]:
        """Links ("LINK") and mail addresses ("MAIL"): start, end in the original, kind."""
        return find_addresses(self.text)

    @cached_property
    def plain(self) -> str:
        """The folded text; quotations, links and mail addresses are runs of one sign of a private area each."""
        spans = [(start, end, QUOTED) for start, end in self.quotes]
        spans += [(start, end, LINKED if kind == "LINK" else MAILED) for start, end, kind in self.addresses]
        return self._masked(spans)

    @cached_property
    def unlinked(self) -> str:
        """The folded text with links and mail addresses masked, quotations readable."""
        return self._masked([(start, end, LINKED if kind == "LINK" else MAILED) for start, end, kind in self.addresses])

    def _masked(self, spans: list[tuple[int, int, str]]) -> str:
        places = ((self._folded_at(start), self._folded_at(end), sign) for start, end, sign in spans)
        return mask(self.folded, places)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of `plain`; an empty draft has none."""
        return tuple(split_sentences(self.plain))

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The places in what was typed of a stretch of the folded text."""
        if end <= start:
            return self._place(start), self._place(start)
        return self._place(start), self._place(end - 1) + 1

    def _place(self, folded: int) -> int:
        if self._places is None:
            return folded
        return self._places[folded] if folded < len(self._places) else len(self.text)

    def _folded_at(self, place: int) -> int:
        return place if self._places is None else bisect_right(self._places, place - 1)


def mask(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """The text with each span filled with its sign, place for place; where spans overlap the first one counts."""
    parts, last = [], 0
    for start, end, sign in sorted(spans):
        if end > last:
            start = max(start, last)
            parts += [text[last:start], sign * (end - start)]
            last = end
    return "".join([*parts, text[last:]])


def _read_to(text: str) -> int:
    if len(text) <= MOST_CHARACTERS:
        return len(text)
    end = text.rfind(" ", MOST_CHARACTERS - _LAST_WORD, MOST_CHARACTERS)
    return end if end > 0 else MOST_CHARACTERS


def fold(text: str) -> str:
    """A word or a phrase as it stands in `Reading.folded`."""
    return fold_with_places(text)[0]


def fold_with_places(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and for each of its characters the place it had; None where nothing moved."""
    if text.isascii():
        return text.lower().replace("\r", " ").replace("`", "'"), None
    parts: list[str] = []
    places: list[int] = []
    last = ""
    for place, char in enumerate(text):
        folded = "e" if char == _DIAERESIS and last and last in "aou" else _fold_char(char)
        if folded:
            parts.append(folded)
            places.extend([place] * len(folded))
            last = folded[-1]
    return "".join(parts), places


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    low = char.lower()
    if low in _SPELLED:
        return _SPELLED[low]
    if char in _SAME:
        return _SAME[char]
    if char in _UNSEEN or "\ud800" <= char <= "\udfff" or unicodedata.combining(char):
        return ""
    if char.isspace():
        return "\n" if char in "\n\x0b\x0c\x85\u2028\u2029" else " "
    wide = unicodedata.normalize("NFKC", char).lower()
    bare = "".join(part for part in unicodedata.normalize("NFD", wide) if not unicodedata.combining(part))
    return "".join(_SPELLED.get(part, part) for part in bare) if bare.isascii() else wide


def split_sentences(plain: str) -> Iterator[Sentence]:
    """Cut folded text at full stops that end a sentence, line breaks, semicolons and emoji."""
    start = 0
    for match in _END.finditer(plain):
        mark = match.group(1)
        if mark == "." and _goes_on(plain, start, match.start(), match.end()):
            continue
        if match.end() > start and plain[start : match.end()].strip():
            yield Sentence(start, match.end(), plain[start : match.end()], bool(mark) and "?" in mark)
        start = match.end()
    if plain[start:].strip():
        yield Sentence(start, len(plain), plain[start:], False)


def _goes_on(plain: str, start: int, dot: int, end: int) -> bool:
    """Whether the full stop belongs to an abbreviation, an ordinal or a date."""
    if end >= len(plain) or "\n" in plain[end : end + 1]:
        return False
    word = re.split(r"[\s.(/]", plain[max(start, dot - 12) : dot])[-1]
    if word.isdigit():
        return len(word) <= 2
    return word in _SHORT or (len(word) == 1 and word.isalpha())
