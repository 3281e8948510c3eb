"""The one place where a post is cleaned before anything is judged: words with their places in the original.

Mentions, links and mail addresses are masked, digits become 0, zero-width characters vanish, repeats are squeezed to
three, look-alike widths are folded (NFKC). Umlauts, ß, emoji and emoticons are kept: they say what people mean.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

MOST_CHARACTERS = 4000
LINK, MENTION, MAIL = "⟨link⟩", "⟨mention⟩", "⟨mail⟩"

_INSIDE = r"\u0300-\u036f\u200b-\u200d\u2060\ufeff\u00ad"
_UNSEEN = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\ufe00-\ufe0f]+")
# Quantifiers over overlapping classes are bounded, so that no text makes the scan quadratic.
_LINK = r"(?P<link>(?:https?://|www\.)\S+)"
_ADDRESSES = r"(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}) | (?P<mention>@\w+(?:@[\w.-]{1,190})?)"
_OTHERS = rf"""
      (?P<smile>[:;=]['’]?-?[)(DPpOo/\\|*\]\[](?!\w)|<3+|\^\^)
    | (?P<word>\w[\w{_INSIDE}]*(?:['’][\w{_INSIDE}]+)*)
    | (?P<call>[!?]+)
    | (?P<dots>\.\.+|…)
    | (?P<sign>[^\s\w{_INSIDE}\u200e\u200f\u2061-\u2064\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\x00-\x1f\x7f-\x9f])
    """
_WORD = re.compile(f"{_LINK} | {_ADDRESSES} | {_OTHERS}", re.VERBOSE)
# Most texts have none, and to look for one at every word takes a third of the time.
_WORD_WITHOUT_ADDRESSES = re.compile(f"{_LINK} | {_OTHERS}", re.VERBOSE)
_UNSEEN_IN_WORD = re.compile(r"(?<=\w)[\u200b-\u200d\u2060\ufeff\u00ad]+(?=\w)")
_REPEATED = re.compile(r"(.)\1{3,}", re.DOTALL)
_DIGIT = re.compile(r"\d")
_MASKS = {"link": LINK, "mail": MAIL, "mention": MENTION, "dots": "..."}
_FORMS_KNOWN = 32_768
_UNREAD = {LINK: "", MAIL: "", MENTION: "@user"}
# Published sets write links as a bare "http" and mentions as "@user".
_BARE_LINKS = frozenset({"http", "https"})


class Word(NamedTuple):
    """A word, sign, emoji or mask: half-open position in the original text, and its cleaned form (never empty)."""

    start: int
    end: int
    form: str


def clean_words(text: str) -> list[Word]:
    """The words of the first MOST_CHARACTERS characters of `text`. Takes any string, broken surrogates included."""
    found = (_WORD if "@" in text else _WORD_WITHOUT_ADDRESSES).finditer(text[:MOST_CHARACTERS])
    return [Word(match.start(), match.end(), _form(match.lastgroup or "sign", match.group())) for match in found]


def readable(text: str, words: Sequence[Word]) -> str:
    """The text as it was typed, as far as it is read, with addresses left out and mentions as "@user"."""
    parts, last = [], 0
    for word in words:
        if word.form in _UNREAD:
            parts += [text[last : word.start], _UNREAD[word.form]]
            last = word.end
    return "".join([*parts, text[last:MOST_CHARACTERS]])


def as_seen(text: str) -> str:
    """The text without what nobody sees within its words: whoever hides letters from judges with it hides nothing."""
    return text if text.isascii() else _UNSEEN_IN_WORD.sub("", text)


def clean(text: str) -> str:
    """The cleaned text, words separated by single blanks."""
    return " ".join(word.form for word in clean_words(text))


@functools.lru_cache(_FORMS_KNOWN)
def _form(kind: str, raw: str) -> str:
    if kind in _MASKS:
        return _MASKS[kind]
    if kind == "call":
        return "?!" if "?" in raw and "!" in raw else raw[:3]
    if kind == "word":
        form = _fold(raw)
        return LINK if form in _BARE_LINKS else form
    return raw


def _fold(raw: str) -> str:
    if raw.isascii():
        form = raw.lower()
    else:
        seen = _UNSEEN.sub("", raw).replace("’", "'")
        form = "".join(unicodedata.normalize("NFKC", seen).lower().split()) or raw
    if not form.isalpha():
        form = _DIGIT.sub("0", form)
    return _REPEATED.sub(r"\1\1\1", form)
