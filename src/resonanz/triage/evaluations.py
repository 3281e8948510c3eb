"""Evaluating posts and keeping what the judges said, with their versions."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import connection

from resonanz.core import clock
from resonanz.triage.contract import Evaluated, Judgement
from resonanz.triage.evaluate import Evaluator


@functools.cache
def _evaluator() -> Evaluator:
    return Evaluator.load(languages=settings.COMPANY_LANGUAGES)


def evaluate(*, texts: Sequence[str], language_hints: Sequence[str]) -> list[Evaluated]:
    """What the shipped judges believe of each text, with reasons."""
    return _evaluator().evaluate(texts, language_hints=language_hints) if texts else []


def languages(*, texts: Sequence[str], hints: Sequence[str]) -> list[str]:
    """The language of each text, a fraction of the work of evaluating it."""
    return _evaluator().languages(texts, hints=hints)


_UPSERT = """
INSERT INTO triage_evaluation (
    post_id, language, sentiment, is_question, is_complaint, is_offence, urgency, labels, evaluated_at)
SELECT post_id, language, sentiment, is_question, is_complaint, is_offence, urgency, labels::jsonb, %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bool[], %s::bool[], %s::bool[], %s::float8[], %s::text[])
    AS new (post_id, language, sentiment, is_question, is_complaint, is_offence, urgency, labels)
ON CONFLICT (post_id) DO UPDATE SET language = excluded.language, sentiment = excluded.sentiment,
    is_question = excluded.is_question, is_complaint = excluded.is_complaint, is_offence = excluded.is_offence,
    urgency = excluded.urgency, labels = excluded.labels, evaluated_at = excluded.evaluated_at
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
    labels = {name: _stored(judgement, found.versions.get(name, "")) for name, judgement in found.labels.items()}
    decided = (is_true(found, "question"), is_true(found, "complaint"), is_true(found, "offensive"))
    return (post_id, found.language, sentiment(found), *decided, found.urgency, json.dumps(labels))


def _stored(judgement: Judgement, version: str) -> dict[str, object]:
    return {
        "value": judgement.value,
        "probability": round(judgement.probability, 4),
        "unsure": judgement.unsure,
        "because": [{"start": p.start, "end": p.end, "weight": round(p.weight, 4)} for p in judgement.because],
        "version": version,
    }
