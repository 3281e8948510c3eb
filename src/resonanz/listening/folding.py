"""Folding text for matching: what people mean as the same word becomes the same bytes.

Case, accents, full width and invisible characters do not count; ä = ae, ö = oe, ü = ue, ß = ss. Everything that is
not part of a word is a space, and the text begins and ends with one, so that " bahn " is the whole word "bahn".
Emoji and the letters of scripts written without spaces (Chinese, Japanese) stand as words of their own.

The result is bytes, because one `bytes.translate` does most of it at once: a character of Latin-1 is one byte, any
other letter is seven. Measured on German posts of 200 characters, this takes a third of
the time of folding UTF-8 by `replace`, and a tenth of `str.translate`.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache

# A letter beyond Latin-1 is the byte 0x0F and six hexadecimal digits, written as 0x10 to 0x1F: no word of a query can
# be found within it by chance, and the border of the house (core.text) lets no such control characters in.
_MARK = 0x0F
_CODED = range(_MARK, 0x20)
_DIAERESIS = "\u0308"
_COMBINING = range(0x300, 0x370)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_IGNORED = frozenset("\u20e3\ufe0e\ufe0f")  # parts of an emoji that change only its looks
_SIGNS_OF_LAW = frozenset("™℠℗")  # as © and ®: they stand beside a name and are no part of it
_SPELLED = {"ä": b"ae", "ö": b"oe", "ü": b"ue", "ß": b"ss", "æ": b"ae", "ø": b"oe"}
_REPLACED = tuple((letter.encode("latin-1"), spelled) for letter, spelled in _SPELLED.items())
_BEYOND_LATIN_1 = {"œ": b"oe", "ł": b"l", "đ": b"d", "ı": b"i"}
_SOFT_HYPHEN = b"\xad"
_BY_ITSELF = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def _fold_byte(code: int, kept: str) -> bytes:
    char = chr(code)
    if char in kept or code in _CODED:
        return bytes([code])
    low = char.lower()
    if low in _SPELLED:
        return low.encode("latin-1")
    base = unicodedata.normalize("NFKD", low)[0]
    if char not in "¼½¾" and base.isascii() and (base.isalnum() or base == "_"):
        return base.encode()
    return low.encode("latin-1") if low.isalpha() else b" "


_WORDS = b"".join(_fold_byte(code, "") for code in range(256))
_NAMES = b"".join(_fold_byte(code, ".-@") for code in range(256))


@lru_cache(maxsize=16384)
def _fold_beyond(char: str) -> bytes:
    """A character beyond Latin-1 as bytes that `_WORDS` leaves alone."""
    if char in _IGNORED or ord(char) in _SKIN_TONES or unicodedata.category(char) == "Cf":
        return b""
    if char in _SIGNS_OF_LAW:
        return b" "
    folded = unicodedata.normalize("NFKC", char).casefold()
    bare = unicodedata.normalize("NFKD", folded)
    if any(ord(part) in _COMBINING for part in bare):
        folded = re.sub("([aou])\u0308", r"\1e", bare)
    return b"".join(_fold_letter(letter) for letter in folded)


def _fold_letter(letter: str) -> bytes:
    if ord(letter) < 256:
        return letter.encode("latin-1")
    if ord(letter) in _COMBINING:
        return b""
    if letter in _BEYOND_LATIN_1:
        return _BEYOND_LATIN_1[letter]
    coded = bytes([_MARK, *(0x10 + (ord(letter) >> shift) % 16 for shift in (20, 16, 12, 8, 4, 0))])
    if unicodedata.category(letter) == "So" or _BY_ITSELF.match(letter):
        return b" " + coded + b" "
    return coded if letter.isalnum() or unicodedata.category(letter)[0] == "M" else b" "


def _encode_beyond(error: UnicodeError) -> tuple[bytes, int]:
    """The error handler of `encode`: called by it once for each run of characters beyond Latin-1."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    run = error.object[error.start : error.end]
    folded = _fold_beyond(run) if len(run) == 1 else b"".join(map(_fold_beyond, run))
    if run[0] == _DIAERESIS and error.start and error.object[error.start - 1] in "aouAOU":
        folded = b"e" + folded
    return folded, error.end


codecs.register_error("resonanz.fold", _encode_beyond)


def _fold(text: str, table: bytes) -> bytes:
    folded = text.encode("latin-1", "resonanz.fold").translate(table, _SOFT_HYPHEN)
    for letter, spelled in _REPLACED:
        folded = folded.replace(letter, spelled)
    return folded


def fold(text: str) -> bytes:
    """The words of `text`, spaces before, between and after them; `text` in NFC, as `core.text.clean` gives it.

    Several separators give several spaces: making them one would take twice as long as all the rest.
    """
    return _fold(f" {text} ", _WORDS)


def fold_name(text: str) -> bytes:
    """A hashtag or handle without its sign: as `fold`, but without spaces, and with the characters "." "-" "@" kept."""
    return _fold(text, _NAMES).replace(b" ", b"")


def is_silent(char: str) -> bool:
    """Whether nothing is left of it: it changes only the look of the character before it."""
    return not _fold(char, _WORDS)


def fold_with_positions(text: str) -> tuple[bytes, list[int]]:
    """What `fold` gives, with one space for several, and for each byte the position in `text` it comes from. Slow."""
    folded, positions = bytearray(b" "), [0]
    for position, char in enumerate(text):
        # A diaeresis on its own looks at the letter before it, whose bytes are then cut off again.
        before = text[position - 1] if char == _DIAERESIS and position else ""
        for byte in _fold(before + char, _WORDS)[len(_fold(before, _WORDS)) :]:
            if byte != 0x20 or folded[-1] != 0x20:
                folded.append(byte)
                positions.append(position)
    if folded[-1] != 0x20:
        folded.append(0x20)
        positions.append(len(text))
    return bytes(folded), positions
