"""What a person reads of a ruling: the words of the clause it rests on, or the product's own sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

from resonanz.guidelines import in_force
from resonanz.web.wording import words
from resonanz.web.wording.sentences import SENTENCES


def told(clause: str, params: Mapping[str, object]) -> str:
    """The sentence of a ruling's clause; `params` are those of the ruling and name the version of the guideline.

    What is longer than its network allows is told how much longer, whichever clause says no.
    """
    guideline_id = params.get("guideline")
    if clause in SENTENCES or not isinstance(guideline_id, int):
        return words.sentence(clause, params)
    said = in_force.clause_words(guideline_id=guideline_id, clause=clause, language=get_language() or "de")
    return _with_length(said, params) if said else words.sentence(clause, params)


def _with_length(said: str, params: Mapping[str, object]) -> str:
    length, limit = params.get("length"), params.get("limit")
    if not isinstance(length, int) or not isinstance(limit, int) or not 0 < limit < length:
        return said
    return f"{said} {words.sentence('starter.too_long', params)}"
