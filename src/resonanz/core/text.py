"""Text at the border: what comes from outside is made storable and bounded here, and nowhere else."""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

_CONTROL = {code: None for code in range(32) if chr(code) not in "\n\t"}
_CONTROL[0x7F] = None
_MOST_HTML = 60_000
_BREAKS = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^>]*>", re.IGNORECASE)


def clean(value: str, *, most: int) -> str:
    """`value` in NFC without NUL, control characters and broken surrogates, cut to `most` characters.

    PostgreSQL stores no NUL and UTF-8 has no lone surrogates; both arrive from real networks.
    """
    value = value[:most]
    if value.isprintable() and unicodedata.is_normalized("NFC", value):
        return value.strip()  # what almost every text is: nothing to mend
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode("utf-8")
        value = unicodedata.normalize("NFC", value)[:most]
    return value.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL).strip()


def from_html(value: str, *, most: int) -> str:
    """The words of an HTML fragment: paragraphs become line breaks, tags and scripts vanish, entities are read."""
    # nh3 drops script and style with their content; the rest of the tags leave only their words. Its time grows with
    # the square of how deep tags are nested, so what it gets is bounded; and it refuses broken surrogates.
    bare = nh3.clean(_BREAKS.sub("\n", clean(value, most=_MOST_HTML)), tags=set())
    return clean(html.unescape(bare), most=most)


def initials(name: str) -> str:
    """One or two letters that stand for a name; a handle gives its first letters."""
    parts = [part for part in name.replace("@", " ").replace(".", " ").split() if part[0].isalnum()]
    letters = [part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)]
    return "".join(letters).upper() or "?"
