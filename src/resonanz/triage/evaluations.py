"""Evaluating posts and keeping what the judges said, with their versions."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from django.conf import settings

from resonanz.core import clock
from resonanz.triage.contract import Evaluated, Judgement
from resonanz.triage.evaluate import Evaluator
from resonanz.triage.models import Evaluation


@functools.cache
def _evaluator() -> Evaluator:
    return Evaluator.load(languages=settings.COMPANY_LANGUAGES)


def evaluate(*, texts: Sequence[str], language_hints: Sequence[str]) -> list[Evaluated]:
    """What the shipped judges believe of each text, with reasons."""
    return _evaluator().evaluate(texts, language_hints=language_hints) if texts else []


def keep(*, evaluated: Mapping[int, Evaluated]) -> None:
    """Store evaluations by post id; an earlier one of the same post is replaced."""
    Evaluation.objects.bulk_create(
        [_row(post_id, found) for post_id, found in sorted(evaluated.items())],
        update_conflicts=True,
        unique_fields=["post"],
        update_fields=[
            "language", "sentiment", "is_question", "is_complaint", "is_offence", "urgency", "labels", "evaluated_at",
        ],
    )  # fmt: skip


def is_true(found: Evaluated, label: str) -> bool:
    """Whether a yes-or-no label was decided with yes."""
    return label in found.labels and found.labels[label].value is True


def sentiment(found: Evaluated) -> str:
    """negative, neutral, positive, or "" where nobody judged."""
    return str(found.labels["sentiment"].value) if "sentiment" in found.labels else ""


def _row(post_id: int, found: Evaluated) -> Evaluation:
    return Evaluation(
        post_id=post_id,
        language=found.language,
        sentiment=sentiment(found),
        is_question=is_true(found, "question"),
        is_complaint=is_true(found, "complaint"),
        is_offence=is_true(found, "offensive"),
        urgency=found.urgency,
        labels={name: _stored(judgement, found.versions.get(name, "")) for name, judgement in found.labels.items()},
        evaluated_at=clock.now(),
    )


def _stored(judgement: Judgement, version: str) -> dict[str, object]:
    return {
        "value": judgement.value,
        "probability": round(judgement.probability, 4),
        "unsure": judgement.unsure,
        "because": [{"start": p.start, "end": p.end, "weight": round(p.weight, 4)} for p in judgement.because],
        "version": version,
    }
