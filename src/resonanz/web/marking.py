"""Underlines in a text the pieces that decided its evaluation. The text is a stranger's: everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from operator import itemgetter
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from resonanz.triage.contract import Piece

# Beside the piece that weighed most, the many that hardly weighed would underline half of the text.
_WORTH_SHOWING = 0.3
_STOPS = ".,;:-–—… \n"
_Piece = tuple[int, int, frozenset[str]]
_MASK = '<span class="masked" role="img" aria-label="{0}" title="{0}">{1}</span>'


def mask() -> str:
    """What stands in place of the name of an employee."""
    return _("[name]")


def marked(
    text: str,
    labels: Mapping[str, Mapping[str, Any]],
    words: Mapping[str, str] | None = None,
    hidden: Sequence[tuple[int, int]] = (),
) -> SafeString:
    """`text` as HTML, with a span around each piece that spoke for one of the labels' values.

    `words` names the labels that count, and says on each piece, under the mouse or the focus, what it spoke for.
    `hidden` pieces name employees: nobody reads them here.
    """
    counted = {name: label for name, label in labels.items() if words is None or name in words}
    pieces = _joined(_pieces(counted, len(text)))
    shown = [piece for piece in pieces if not any(start < piece[1] and piece[0] < end for start, end in hidden)]
    html, at = [], 0
    for start, end, names in sorted([*shown, *((start, end, None) for start, end in hidden)], key=itemgetter(0)):
        if names is None:
            told = escape(_("Name of an employee, shown only to neutral persons"))
            html += [escape(text[at:start]), _MASK.format(told, escape(mask()))]
        else:
            told = ", ".join(words[name] for name in sorted(names)) if words else ""
            html += [escape(text[at:start]), _opening(told), escape(text[start:end]), "</span>"]
        at = end
    return mark_safe("".join([*html, escape(text[at:])]))  # noqa: S308 (every piece of the text is escaped above)


def weighed(
    text: str, speaking_for: Iterable[Piece], speaking_against: Iterable[Piece], hidden: Sequence[tuple[int, int]] = ()
) -> SafeString:
    """`text` as HTML with what spoke for a label and what spoke against it marked, each in its own way."""
    marks = [(piece, "for") for piece in speaking_for] + [(piece, "against") for piece in speaking_against]
    spans = [(piece.start, piece.end, side) for piece, side in marks if _is_shown(piece, text, hidden)]
    html, at = [], 0
    for start, end, side in sorted([*spans, *((start, end, "") for start, end in hidden)]):
        html.append(escape(text[at:start]))
        if side:
            html.append(f'<mark class="weighed {side}">{escape(text[start:end])}</mark>')
        else:
            told = escape(_("Name of an employee, shown only to neutral persons"))
            html.append(_MASK.format(told, escape(mask())))
        at = end
    return mark_safe("".join([*html, escape(text[at:])]))  # noqa: S308 (every piece of the text is escaped above)


def quotes(text: str, pieces: Iterable[Piece], hidden: Sequence[tuple[int, int]] = ()) -> list[str]:
    """The pieces as words to read, none of them twice and none with the name of an employee."""
    told = (text[piece.start : piece.end].strip(_STOPS) for piece in pieces if _is_shown(piece, text, hidden))
    return list(dict.fromkeys(told))


def _is_shown(piece: Piece, text: str, hidden: Sequence[tuple[int, int]]) -> bool:
    sound = 0 <= piece.start < piece.end <= len(text) and bool(text[piece.start : piece.end].strip(_STOPS))
    return sound and not any(start < piece.end and piece.start < end for start, end in hidden)


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
