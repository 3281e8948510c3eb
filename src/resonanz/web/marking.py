"""Underlines in a text the pieces that decided its evaluation. The text is a stranger's: everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe


def marked(text: str, labels: Mapping[str, Mapping[str, Any]]) -> SafeString:
    """`text` as HTML, with a span around each piece that spoke for one of the labels' values."""
    pieces = _joined(piece for label in labels.values() for piece in _spans(label.get("because", ()), len(text)))
    html, at = [], 0
    for start, end in pieces:
        html += [escape(text[at:start]), '<span class="because">', escape(text[start:end]), "</span>"]
        at = end
    return mark_safe("".join([*html, escape(text[at:])]))  # noqa: S308 (every piece of the text is escaped above)


def _spans(because: Iterable[Any], length: int) -> Iterable[tuple[int, int]]:
    """Sound positions only: an edit may have shortened the text since it was judged."""
    for piece in because:
        start, end, weight = (piece["start"], piece["end"], piece["weight"]) if isinstance(piece, Mapping) else piece
        if 0 <= start < end <= length and weight > 0:
            yield start, end


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, overlapping ones as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
