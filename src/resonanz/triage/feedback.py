"""A person's word on a label: kept with what the judge had said, so that a later issue of the judges learns from it."""

from __future__ import annotations

from django.db import transaction

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.triage.models import Evaluation, Feedback

SENTIMENTS = frozenset({"negative", "neutral", "positive"})
_COLUMNS = {"question": "is_question", "complaint": "is_complaint", "offensive": "is_offence"}


class UnknownLabel(ResonanzError):
    """There is no such label, or it cannot have this value."""

    code = "triage.unknown_label"


def give(*, post_id: int, label: str, value: str, by: User) -> Feedback:
    """Correct or confirm one label ("true"/"false", or a sentiment); the page shows the person's word from now on."""
    if value not in (SENTIMENTS if label == "sentiment" else {"true", "false"}):
        raise UnknownLabel(label=label, value=value)
    with transaction.atomic():
        evaluation = Evaluation.objects.select_for_update().get(post_id=post_id)
        judged = evaluation.labels.get(label)
        if judged is None:
            raise UnknownLabel(label=label, value=value)
        feedback, _ = Feedback.objects.update_or_create(
            post_id=post_id,
            label=label,
            defaults={
                "value": value,
                "judged_value": str(judged["value"]).lower(),
                "judged_probability": judged["probability"],
                "version": judged["version"],
                "by": by,
                "at": clock.now(),
            },
        )
        _show(evaluation, label, value)
    return feedback


def _show(evaluation: Evaluation, label: str, value: str) -> None:
    column = _COLUMNS.get(label, "sentiment")
    setattr(evaluation, column, value if label == "sentiment" else value == "true")
    evaluation.save(update_fields=[column])
