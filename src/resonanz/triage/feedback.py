"""A person's word on a label: kept with what the judge had said, so that a later issue of the judges learns from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.triage import about_us
from resonanz.triage.judges import TASKS
from resonanz.triage.learning import clean_sample
from resonanz.triage.learning.weights import COMPANY
from resonanz.triage.models import CompanyLabel, Evaluation, Feedback, How, LearntHead, Place

SENTIMENTS = frozenset({"negative", "neutral", "positive"})
LABELS = frozenset(task.label for task in TASKS) | {about_us.LABEL}
_COLUMNS = {"question": "is_question", "complaint": "is_complaint", "offensive": "is_offence"}


class UnknownLabel(ResonanzError):
    """There is no such label, or it cannot have this value."""

    code = "triage.unknown_label"


def give(*, post_id: int, label: str, value: str, by: User, how: How = How.OWN) -> Feedback:
    """Correct or confirm one label ("true"/"false", or a sentiment); the page shows the person's word from now on.

    A label that was surely no is not stored with the evaluation; it can be corrected all the same, and so can one of
    the company's own that nobody judges yet. `how` the post came before somebody's eyes.
    """
    if value not in (SENTIMENTS if label == "sentiment" else {"true", "false"}):
        raise UnknownLabel(label=label, value=value)
    with transaction.atomic():
        evaluation = Evaluation.objects.select_for_update(of=("self",)).select_related("post").get(post_id=post_id)
        judged = evaluation.labels.get(label) or _not_stored(evaluation, label)
        earlier = Feedback.objects.filter(post_id=post_id, label=label).first()
        said = clean_sample.fields(earlier=earlier, post=evaluation.post, label=label, value=value, by=by, how=how)
        feedback, _ = Feedback.objects.update_or_create(
            post_id=post_id,
            label=label,
            defaults={
                "value": value,
                "judged_value": str(judged["value"]).lower() if judged["version"] else "",
                "judged_probability": judged["probability"] if judged["version"] else None,
                "version": judged["version"],
                "by": by,
                "at": clock.now(),
                **said,
            },
        )
        evaluation.labels[label] = {**judged, "said": value}
        _show(evaluation, label, value)
    return feedback


def withdraw(*, post_id: int, label: str, by: User, former: str = "") -> None:
    """Take one's own word on a label back: what stood before shows again, a `former` word or what the judge had said.

    Somebody else's word stays; also the first person's, where this was a second look at the clean sample.
    """
    with transaction.atomic():
        evaluation = Evaluation.objects.select_for_update().get(post_id=post_id)
        feedback = Feedback.objects.filter(post_id=post_id, label=label, by=by).first()
        if feedback is None:
            return
        before = former or clean_sample.first_word(feedback)
        _put_back(feedback, before)
        judged = evaluation.labels.pop(label, None)
        if judged is None:
            return
        judged.pop("said", None)
        if before or judged["version"]:
            evaluation.labels[label] = {**judged, "said": before} if before else judged
        _show(evaluation, label, before or str(judged["value"]).lower())


def _put_back(feedback: Feedback, before: str) -> None:
    """The word before stands again, signed by the first person where that is known to be another one."""
    if not before:
        feedback.delete()
        return
    feedback.value, feedback.by_id = before, feedback.second_by_id or feedback.by_id
    feedback.second_by_id = feedback.agreed = None
    feedback.save(update_fields=["value", "by", "second_by", "agreed"])


def show_again(*, post_ids: Sequence[int]) -> None:
    """After these posts were evaluated anew, what people said of them stands again. Within a transaction."""
    said = Feedback.objects.filter(post_id__in=post_ids).order_by("post_id", "pk")
    evaluations = Evaluation.objects.in_bulk({one.post_id for one in said}, field_name="post_id")
    for one in said:
        if evaluation := evaluations.get(one.post_id):
            judged = evaluation.labels.get(one.label) or _not_stored(evaluation, one.label)
            evaluation.labels[one.label] = {**judged, "said": one.value}
            _show(evaluation, one.label, one.value)


def _not_stored(evaluation: Evaluation, label: str) -> dict[str, Any]:
    """What the judge said of a label that was not worth storing; an empty version where no judge said anything."""
    is_own = label not in LABELS and _is_own(label)
    if not is_own and (label not in LABELS or label == "sentiment" or not evaluation.labels):
        raise UnknownLabel(label=label, value="")
    if (is_own or label == about_us.LABEL) and label not in evaluation.chances:
        return {"value": False, "probability": 0.5, "unsure": True, "because": [], "version": ""}
    version = _version(evaluation, label)
    probability = round(1.0 - float(evaluation.chances.get(label, 0.0)), 4)
    return {"value": False, "probability": probability, "unsure": False, "because": [], "version": version}


def _version(evaluation: Evaluation, label: str) -> str:
    """Of the head that was taken for the label, else of the judges that ship, as other labels name it."""
    taken = LearntHead.objects.filter(label=label, place=Place.CHAMPION).values_list("version", flat=True).first()
    known = (str(judged.get("version", "")) for other, judged in evaluation.labels.items() if other != about_us.LABEL)
    return taken or next((version for version in known if version and not version.startswith(COMPANY)), "")


def _is_own(label: str) -> bool:
    number = label.removeprefix("own-")
    if number == label or not number.isdecimal() or label != f"own-{int(number)}":
        return False  # one label has one code: "own-07" would be kept beside "own-7"
    return CompanyLabel.objects.filter(pk=int(number)).exists()


def _show(evaluation: Evaluation, label: str, value: str) -> None:
    column = "sentiment" if label == "sentiment" else _COLUMNS.get(label)
    if column:
        setattr(evaluation, column, value if label == "sentiment" else value == "true")
    evaluation.save(update_fields=["labels", *([column] if column else [])])
