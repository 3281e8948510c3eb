"""What the tables of triage hold of people, and which rows concern an account."""

from __future__ import annotations

from django.db.models import QuerySet

from resonanz.listening.erasure import posts_by
from resonanz.privacy import export
from resonanz.privacy.register import declare_impersonal, declare_personal
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
            "labels": "every label that holds or might, its probability, the words that decided, a colleague's word",
            "chances": "how probable each label is",
            "evaluated_at": "when it was evaluated",
        },
        purpose="bringing a post to the right person in time (Art. 6(1)(f) GDPR)",
        kept="with the post",
        exported=True,
        erased="with the post",
    )
    declare_personal(
        "triage_likeness",
        fields={
            "digest": "a hash of the text's letters",
            "bands": "hashes of pieces of the text; no word can be read from them",
            "alike": "with which others it says nearly the same",
        },
        purpose="showing what many say in the same words once (Art. 6(1)(f) GDPR)",
        kept="with the post",
        exported=False,
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
        purpose="correcting an evaluation (Art. 16 GDPR), and learning from it (Art. 6(1)(f) GDPR)",
        kept="with the post; which colleagues said so until the day is over",
        exported=True,
        erased="with the post",
    )
    _declare_learning()
    export.register(table="triage_evaluation", rows=_evaluations)
    export.register(table="triage_feedback", rows=_feedback)


def _declare_learning() -> None:
    declare_personal(
        "triage_labelexample",
        fields={"text": "a text that a colleague typed to show what a label means; it may quote somebody"},
        purpose="teaching a label of the company by examples (Art. 6(1)(f) GDPR)",
        kept="730 days, or until somebody removes the example or its label",
        exported=False,
        erased="mentions are masked; the words are a colleague's and belong to no account",
    )
    declare_personal(
        "triage_learnthead",
        fields={
            "weights": "numbers that were learnt from posts; single words can be tried against them, none be read",
            "learnt_from": "which posts, with keyed hashes of their texts",
        },
        purpose="evaluating posts as people of the company do (Art. 6(1)(f) GDPR)",
        kept="until it is replaced three times; at once made anew where a text it learnt from is gone or another one",
        exported=False,
        erased="made anew from what remains, and earlier ones that learnt from the post are deleted",
    )
    for table, because in _IMPERSONAL.items():
        declare_impersonal(table, because=because)


_IMPERSONAL = {
    "triage_companylabel": "a name and a description that the company chose for a subject",
    "triage_labelweek": "counts and means of a week, of nobody in particular",
    "triage_learningrun": "progress of work in the background",
    "triage_learningchoices": "what the company decided about learning",
}


def _evaluations(network: str, origin: str, native_id: str) -> QuerySet[Evaluation]:
    return Evaluation.objects.filter(post__in=posts_by(network, origin, native_id))


def _feedback(network: str, origin: str, native_id: str) -> QuerySet[Feedback]:
    return Feedback.objects.filter(post__in=posts_by(network, origin, native_id))
