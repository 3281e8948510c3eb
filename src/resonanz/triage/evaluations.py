"""Evaluating posts and keeping what the judges said, with their versions."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import connection

from resonanz.core import clock
from resonanz.triage import about_us
from resonanz.triage.contract import Evaluated, Judgement
from resonanz.triage.evaluate import Evaluator
from resonanz.triage.learning import champions


@functools.cache
def _evaluator() -> Evaluator:
    return Evaluator.load(languages=settings.COMPANY_LANGUAGES)


def shipped() -> Evaluator:
    """The judges that ship, without what the company taught."""
    return _evaluator()


def judges() -> Evaluator:
    """Those that ship, and the heads that the company took beside them."""
    return champions.beside(_evaluator())


def evaluate(*, texts: Sequence[str], language_hints: Sequence[str]) -> list[Evaluated]:
    """What the judges believe of each text, with reasons."""
    return judges().evaluate(texts, language_hints=language_hints) if texts else []


def languages(*, texts: Sequence[str], hints: Sequence[str]) -> list[str]:
    """The language of each text, a fraction of the work of evaluating it."""
    return _evaluator().languages(texts, hints=hints)


# What pages offer to correct. Of other labels only what holds, or might, is worth its place.
_ALWAYS_KEPT = frozenset({"sentiment", "question", "complaint", "offensive", about_us.LABEL})
_UPSERT = """
INSERT INTO triage_evaluation (
    post_id, language, sentiment, is_question, is_complaint, is_offence, urgency, chances, labels, evaluated_at)
SELECT post_id, language, sentiment, is_question, is_complaint, is_offence, urgency, chances::jsonb, labels::jsonb, %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bool[], %s::bool[], %s::bool[], %s::float8[], %s::text[],
    %s::text[]) AS new (post_id, language, sentiment, is_question, is_complaint, is_offence, urgency, chances, labels)
ON CONFLICT (post_id) DO UPDATE SET language = excluded.language, sentiment = excluded.sentiment,
    is_question = excluded.is_question, is_complaint = excluded.is_complaint, is_offence = excluded.is_offence,
    urgency = excluded.urgency, labels = excluded.labels, chances = excluded.chances,
    evaluated_at = excluded.evaluated_at
"""


def keep(*, evaluated: Mapping[int, Evaluated]) -> None:
    """Store evaluations by post id, in one statement; an earlier one is replaced, for the text is another."""
    if not evaluated:
        return
    rows = [_row(post_id, found) for post_id, found in sorted(evaluated.items())]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [clock.now(), *(list(column) for column in zip(*rows, strict=True))])


def is_true(found: Evaluated, label: str) -> bool:
    """Whether a yes-or-no label was decided with yes."""
    return label in found.labels and found.labels[label].value is True


def sentiment(found: Evaluated) -> str:
    """negative, neutral, positive, or "" where nobody judged."""
    return str(found.labels["sentiment"].value) if "sentiment" in found.labels else ""


def _row(post_id: int, found: Evaluated) -> tuple[object, ...]:
    labels = {
        name: _stored(name, judgement, found.versions.get(name, ""))
        for name, judgement in found.labels.items()
        if name in _ALWAYS_KEPT or judgement.value is True or judgement.unsure
    }
    decided = (is_true(found, "question"), is_true(found, "complaint"), is_true(found, "offensive"))
    stored = (json.dumps(_chances(found)), json.dumps(labels))
    return (post_id, found.language, sentiment(found), *decided, found.urgency, *stored)


def _chances(found: Evaluated) -> dict[str, float]:
    """Of what is sensitive one bit is kept, so its chance is not."""
    return {name: round(chance_of(judged), 3) for name, judged in found.labels.items() if name != "sensitive"}


def chance_of(judged: Judgement) -> float:
    """How probable a yes is; of values that are words the probability of the one decided for."""
    return 1.0 - judged.probability if judged.value is False else judged.probability


def _stored(name: str, judgement: Judgement, version: str) -> dict[str, object]:
    # Of what is sensitive one bit is kept: the words that decided would say which kind it is.
    because = () if name == "sensitive" else judgement.because
    return {
        "value": judgement.value,
        "probability": round(judgement.probability, 4),
        "unsure": judgement.unsure,
        "because": [{"start": p.start, "end": p.end, "weight": round(p.weight, 4)} for p in because],
        "version": version,
    }
