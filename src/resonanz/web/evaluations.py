"""An evaluation as a reader sees it: a few words with their doubt, and what it could be instead."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from resonanz.triage.models import Evaluation
from resonanz.web import times, words

URGENT = 0.6
_YES_OR_NO = {"complaint": "is_complaint", "question": "is_question", "offensive": "is_offence"}


@dataclass(frozen=True, slots=True)
class Chip:
    """One word about a post; `tone` is its colour, `why` the tooltip, `label` what the judges call it."""

    words: str
    tone: str
    why: str
    label: str = ""


def chips(evaluation: Evaluation) -> list[Chip]:
    """What is believed of a post, the weightiest first; what is ordinary is not said."""
    found = [
        (evaluation.is_complaint, "complaint", _("Complaint"), "late"),
        (evaluation.is_question, "question", _("Question"), "accent"),
        (evaluation.is_offence, "offensive", _("Offensive"), "late"),
        (evaluation.sentiment == "negative", "sentiment", _("negative"), ""),
        (evaluation.sentiment == "positive", "sentiment", _("positive"), "good"),
    ]
    shown = [_chip(evaluation, label, text, tone) for holds, label, text, tone in found if holds]
    if evaluation.urgency >= URGENT:
        shown.append(
            Chip(_("urgent"), "soon", _("Urgency %(part)s of 100") % {"part": round(evaluation.urgency * 100)})
        )
    return shown


def corrections(evaluation: Evaluation) -> list[tuple[str, str]]:
    """What the evaluation could be instead, as "label:value" with its words."""
    others = [f"{label}:{str(not getattr(evaluation, column)).lower()}" for label, column in _YES_OR_NO.items()]
    others += [f"sentiment:{value}" for value in words.SENTIMENTS if value != evaluation.sentiment]
    return [(code, words.word("corrections", code)) for code in others if code.split(":")[0] in evaluation.labels]


def _chip(evaluation: Evaluation, label: str, text: str, tone: str) -> Chip:
    judged = evaluation.labels.get(label, {})
    percent = times.number(round(float(judged.get("probability", 0)) * 100))
    if judged.get("unsure"):
        why = _("%(percent)s %% probable; unsure") % {"percent": percent}
        return Chip(_("perhaps: %(label)s") % {"label": text}, "", why, label)
    return Chip(text, tone, _("%(percent)s %% probable") % {"percent": percent}, label)
