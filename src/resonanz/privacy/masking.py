"""Words of an erased account in texts that stay: our own replies and what others wrote to it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.db.models import Model, Q, QuerySet

MASK = "█████"
_LEAST_PART = 3  # shorter parts of a name ("de", "M.") name nobody and would tear the text apart


def mask(text: str, words: Collection[str]) -> str:
    """`text` with each of `words` replaced where it stands as a word of its own, capitals or not."""
    return _pattern(words).sub(MASK, text) if words else text


def spoken_to(*, handles: Collection[str], names: Collection[str]) -> set[str]:
    """What an answer to the account may call it: handle, full name, and each part of the name."""
    parts = {part for name in names for part in re.split(r"[\s,]+", name) if len(part) >= _LEAST_PART}
    local_parts = {handle.lstrip("@").partition("@")[0] for handle in handles} - {""}
    return spoken_about(handles=handles, names=names) | local_parts | parts


def spoken_about(*, handles: Collection[str], names: Collection[str]) -> set[str]:
    """What unmistakably means the account in other texts.

    That is @handle, a handle that is no word of any language, and a full name of more than one word.
    """
    bare = {handle.lstrip("@") for handle in handles} - {""}
    return {f"@{handle}" for handle in bare} | {word for word in bare if not word.isalpha()} | _full(names)


def mask_columns(rows: QuerySet[Any], columns: Collection[str], words: Collection[str]) -> int:
    """Mask `words` in the text columns of `rows`; how many rows changed."""
    if not words:
        return 0
    containing = Q(pk__in=[])
    for column in columns:
        for word in words:
            containing |= Q(**{f"{column}__icontains": word})
    return sum(_mask_row(row, columns, words) for row in rows.filter(containing).order_by("pk"))


def _mask_row(row: Model, columns: Collection[str], words: Collection[str]) -> bool:
    # The mask may be longer than what it hides; a column that has no room for it loses its end rather than the erasure.
    masked = {column: mask(getattr(row, column), words)[: _room(row, column)] for column in columns}
    changed = [column for column, text in masked.items() if text != getattr(row, column)]
    for column in changed:
        setattr(row, column, masked[column])
    if changed:
        row.save(update_fields=changed)
    return bool(changed)


def _room(row: Model, column: str) -> int | None:
    most: int | None = getattr(row._meta.get_field(column), "max_length", None)
    return most


def _full(names: Collection[str]) -> set[str]:
    return {name for name in names if len(name.split()) > 1}


def _pattern(words: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE)
