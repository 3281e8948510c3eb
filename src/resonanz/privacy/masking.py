"""Words of an erased account in texts that stay: our own replies and what others wrote to it."""

from __future__ import annotations

import re
from collections.abc import Collection

MASK = "█████"
_LEAST_PART = 3  # shorter parts of a name ("de", "M.") name nobody and would tear the text apart


def mask(text: str, words: Collection[str]) -> str:
    """`text` with each of `words` replaced where it stands as a word of its own, capitals or not."""
    return _pattern(words).sub(MASK, text) if words else text


def spoken_to(*, handles: Collection[str], names: Collection[str]) -> set[str]:
    """What an answer to the account may call it: handle, full name, and each part of the name."""
    parts = {part for name in names for part in re.split(r"[\s,]+", name) if len(part) >= _LEAST_PART}
    return spoken_about(handles=handles, names=names) | set(handles) | parts


def spoken_about(*, handles: Collection[str], names: Collection[str]) -> set[str]:
    """What unmistakably means the account in other texts: @handle, and a full name of more than one word."""
    return {f"@{handle.removeprefix('@')}" for handle in handles} | {name for name in names if len(name.split()) > 1}


def _pattern(words: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE)
