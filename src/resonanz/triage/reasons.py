"""Why a label was decided as it was: the words of a text that spoke for it, and those that spoke against it.

What is stored with an evaluation are the few pieces that spoke for what holds. Who asks gets both sides, of any label,
from the n-grams of the shipped model; what the encoder made of the text as a whole has no place in it to point at.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from resonanz.triage import explaining, ngrams
from resonanz.triage.cleaning import LINK, MAIL, MENTION, clean_words
from resonanz.triage.contract import Piece
from resonanz.triage.evaluate import CODE_VERSION, DEFAULT_MODEL, load_models
from resonanz.triage.heads import Head, LanguageModel

# Beside the word that spoke loudest, on whichever side, the many that hardly spoke would mark half of the text.
_LEAST_SHARE = 0.3
_STOPS = ".,;:-–—… \n"
_MASKS = frozenset({LINK, MAIL, MENTION})


@dataclass(frozen=True, slots=True)
class Reasons:
    """Pieces of the text in reading order, each with a positive weight; of neutral what sounds positive or negative."""

    speaking_for: tuple[Piece, ...] = ()
    speaking_against: tuple[Piece, ...] = ()


@functools.cache
def _shipped() -> tuple[dict[str, LanguageModel], str]:
    models, digest = load_models(DEFAULT_MODEL)
    return {model.language: model for model in models}, f"{CODE_VERSION}-{digest[:12]}"


def of(*, text: str, label: str, value: str | bool, language: str, version: str) -> Reasons | None:
    """What speaks for and against `value` (of a yes-or-no label: against and for its holding).

    None where this model did not judge it: a judge of another version or kind, another language, an unknown label.
    """
    models, shipped = _shipped()
    model = models.get(language)
    head = next((each for each in model.heads if each.label == label), None) if model else None
    if model is None or head is None or version != shipped:
        return None
    return _weighed(model, *_columns(head, value), text)


def _columns(head: Head, value: str | bool) -> tuple[int, int | None]:
    """The column of what is asked for and, of more than two classes, that of its opposite."""
    if len(head.columns) == 1:
        return head.columns[0], None
    asked = "positive" if value == "neutral" else value
    place = head.classes.index(asked) if asked in head.classes else 0
    return head.columns[place], head.columns[-1 - place]


def _weighed(model: LanguageModel, column: int, against: int | None, text: str) -> Reasons:
    words = clean_words(text)
    grams = ngrams.extract([[word.form for word in words]])
    places = explaining.Occurrences.of(grams, ngrams.weigh(grams, model.idf), model.idf)
    (spoken,) = places.speaking_words(model, column, against, texts=[0])
    spoken[[place for place, word in enumerate(words) if word.form in _MASKS]] = 0.0
    sides = [explaining.pieces(words, side, text=text) for side in (spoken, np.negative(spoken))]
    loudest = max((piece.weight for side in sides for piece in side), default=0.0)
    kept = [_telling(side, text, least=loudest * _LEAST_SHARE) for side in sides]
    return Reasons(*kept)


def _telling(pieces: Sequence[Piece], text: str, *, least: float) -> tuple[Piece, ...]:
    """Without what hardly spoke, and without full stops and commas, which tell a reader nothing."""
    return tuple(
        _trimmed(piece, text) for piece in pieces if piece.weight >= least and _said(piece, text).strip(_STOPS)
    )


def _trimmed(piece: Piece, text: str) -> Piece:
    said = _said(piece, text)
    start = piece.start + len(said) - len(said.lstrip(_STOPS))
    return Piece(start, start + len(said.strip(_STOPS)), piece.weight)


def _said(piece: Piece, text: str) -> str:
    return text[piece.start : piece.end]
