"""What the tables of triage hold of people, and which rows concern an account."""

from __future__ import annotations

from django.db.models import QuerySet

from resonanz.listening.erasure import posts_by
from resonanz.privacy import export
from resonanz.privacy.register import declare_personal
from resonanz.triage.models import Evaluation, Feedback


def declare() -> None:
    """Enter them in the register."""
    declare_personal(
        "triage_evaluation",
        fields={
            "language": "language",
            "sentiment": "sentiment",
            "is_question": "question",
            "is_complaint": "complaint",
            "is_offence": "offence",
            "urgency": "urgency",
            "labels": "every label with its probability and the words that decided",
            "evaluated_at": "when it was evaluated",
        },
        purpose="bringing a post to the right person in time (Art. 6(1)(f) GDPR)",
        kept="with the post",
        exported=True,
        erased="with the post",
    )
    declare_personal(
        "triage_feedback",
        fields={
            "label": "label",
            "value": "what a colleague says",
            "judged_value": "what the judge said",
            "at": "when",
        },
        purpose="correcting an evaluation (Art. 16 GDPR)",
        kept="with the post",
        exported=True,
        erased="with the post",
    )
    export.register(table="triage_evaluation", rows=_evaluations)
    export.register(table="triage_feedback", rows=_feedback)


def _evaluations(network: str, origin: str, native_id: str) -> QuerySet[Evaluation]:
    return Evaluation.objects.filter(post__in=posts_by(network, origin, native_id))


def _feedback(network: str, origin: str, native_id: str) -> QuerySet[Feedback]:
    return Feedback.objects.filter(post__in=posts_by(network, origin, native_id))
