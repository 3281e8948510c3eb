"""Underlines in a text the pieces that decided its evaluation. The text is a stranger's: everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

# Beside the piece that weighed most, the many that hardly weighed would underline half of the text.
_WORTH_SHOWING = 0.3
_Piece = tuple[int, int, frozenset[str]]


def marked(text: str, labels: Mapping[str, Mapping[str, Any]], words: Mapping[str, str] | None = None) -> SafeString:
    """`text` as HTML, with a span around each piece that spoke for one of the labels' values.

    `words` names the labels that count, and says on each piece, under the mouse or the focus, what it spoke for.
    """
    counted = {name: label for name, label in labels.items() if words is None or name in words}
    pieces = _joined(_pieces(counted, len(text)))
    html, at = [], 0
    for start, end, names in pieces:
        told = ", ".join(words[name] for name in sorted(names)) if words else ""
        html += [escape(text[at:start]), _opening(told), escape(text[start:end]), "</span>"]
        at = end
    return mark_safe("".join([*html, escape(text[at:])]))  # noqa: S308 (every piece of the text is escaped above)


def _opening(told: str) -> str:
    return f'<span class="because" tabindex="0" data-because="{escape(told)}">' if told else '<span class="because">'


def _pieces(labels: Mapping[str, Mapping[str, Any]], length: int) -> Iterable[_Piece]:
    for name, label in labels.items():
        spans = list(_spans(label.get("because", ()), length))
        least = _WORTH_SHOWING * max((weight for _start, _end, weight in spans), default=0.0)
        yield from ((start, end, frozenset({name})) for start, end, weight in spans if weight >= least)


def _spans(because: Iterable[Any], length: int) -> Iterable[tuple[int, int, float]]:
    """Sound positions only: an edit may have shortened the text since it was judged."""
    for piece in because:
        start, end, weight = (piece["start"], piece["end"], piece["weight"]) if isinstance(piece, Mapping) else piece
        if 0 <= start < end <= length and weight > 0:
            yield start, end, weight


def _joined(pieces: Iterable[_Piece]) -> list[_Piece]:
    """In order, overlapping ones as one."""
    joined: list[_Piece] = []
    for start, end, names in sorted(pieces, key=lambda piece: piece[:2]):
        if joined and start <= joined[-1][1]:
            before = joined[-1]
            joined[-1] = (before[0], max(end, before[1]), before[2] | names)
        else:
            joined.append((start, end, names))
    return joined
