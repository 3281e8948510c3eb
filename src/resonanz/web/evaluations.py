"""An evaluation as a reader sees it at a glance: a few words with their doubt. What is behind one, see `judged`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from resonanz.service.work import crises, declarations
from resonanz.triage.learning import labels as company_labels
from resonanz.triage.models import Evaluation
from resonanz.web.wording import judged_words, words

URGENT = 0.6
MOST_CHIPS = 4
MOST_UNDERLINED = 2
"""Of more labels at once the underlines would be half of the text; who chooses a label sees its own."""
_LEAST_CHANCE = 0.35
_TONES = {
    "declaration": "soon",
    "crisis": "late",
    "cancellation_threat": "soon",
    "complaint": "late",
    "offensive": "late",
    "toxic": "late",
    "question": "accent",
    "praise": "good",
}
_MOODS = {"negative": "", "positive": "good"}
# What stands in the details alone: it routes nothing. What is sensitive is a hint, no category.
_NO_CHIP = frozenset({"about_us", "constructive", "claims_fact", "sensitive", "sentiment"})
# From here on a case of it is somebody's to look after, and only then a chip says so.
_LEAST_CHANCES = {"declaration": declarations.LEAST_CHANCE, "crisis": crises.LEAST_CHANCE}
# Said by the other one already, where that one is sure.
_IMPLIED = {"toxic": "offensive", "negative": "complaint", "positive": "praise"}


@dataclass(frozen=True, slots=True)
class Chip:
    """One word about a post; `tone` is its colour, `why` the tooltip, `label` what the judges call it."""

    words: str
    tone: str
    why: str
    label: str = ""
    unsure: bool = False
    checked: bool = False


def chips(evaluation: Evaluation) -> list[Chip]:
    """What is believed of a post, the weightiest first and never many; what is ordinary is not said."""
    judged: dict[str, dict[str, Any]] = evaluation.labels
    known = [label for label in judged_words.LABELS if label in judged and label not in _NO_CHIP]
    taught = sorted(label for label in judged if label not in judged_words.LABELS)
    own = company_labels.names() if taught else {}
    taught = [label for label in taught if label in own]  # what was removed stays stored until it is evaluated anew
    found = [_chip(label, judged[label], own) for label in [*known, *taught] if _is_worth_a_word(label, judged)]
    shown = [*_about_another(judged), *found, *_mood(judged)][:MOST_CHIPS]
    if evaluation.urgency >= URGENT:
        shown.append(
            Chip(_("urgent"), "soon", _("Urgency %(part)s of 100") % {"part": round(evaluation.urgency * 100)})
        )
    if holds(judged, "sensitive"):
        shown.append(_hint(judged["sensitive"]))
    return shown


def shown_value(judged: Mapping[str, Any]) -> str:
    """What is believed of a label: a person's word, else the judge's."""
    return str(judged.get("said") or judged.get("value", "")).lower()


def holds(judged: Mapping[str, Mapping[str, Any]], label: str) -> bool:
    """Whether a yes-or-no label is believed to hold."""
    return label in judged and shown_value(judged[label]) == "true"


def is_unsure(judged: Mapping[str, Any]) -> bool:
    """Whether the judge doubts, and nobody has looked."""
    return bool(judged.get("unsure")) and not judged.get("said")


def _is_worth_a_word(label: str, judged: Mapping[str, Mapping[str, Any]]) -> bool:
    if not holds(judged, label) or _is_implied(label, judged):
        return False
    one = judged[label]
    chance = float(one.get("probability") or 0)
    return bool(one.get("said")) or chance >= _LEAST_CHANCES.get(label, _LEAST_CHANCE)


def _is_implied(what: str, judged: Mapping[str, Mapping[str, Any]]) -> bool:
    by = _IMPLIED.get(what)
    return by is not None and holds(judged, by) and not is_unsure(judged[by])


def _chip(label: str, judged: Mapping[str, Any], own: Mapping[str, str]) -> Chip:
    return _believed(judged, judged_words.name_of(label, own), _TONES.get(label, ""), label)


def _mood(judged: Mapping[str, Mapping[str, Any]]) -> list[Chip]:
    one = judged.get("sentiment", {})
    mood = shown_value(one)
    if mood not in _MOODS or (_is_implied(mood, judged) and not one.get("said")):
        return []
    return [_believed(one, words.word("sentiments", mood), _MOODS[mood], "sentiment")]


def _about_another(judged: Mapping[str, Mapping[str, Any]]) -> list[Chip]:
    """That a post is about us is ordinary; what is surely about something else is worth a word."""
    one = judged.get("about_us", {})
    if shown_value(one) != "false" or is_unsure(one):
        return []
    return [_believed(one, _("not about us"), "", "about_us")]


def _hint(judged: Mapping[str, Any]) -> Chip:
    """Not what the post is about: that it is to be handled with care."""
    why = str(judged_words.LABELS_EXPLAINED["sensitive"])
    return Chip(_("sensitive details"), "", why, "sensitive", is_unsure(judged), bool(judged.get("said")))


def _believed(judged: Mapping[str, Any], text: str, tone: str, label: str) -> Chip:
    if judged.get("said"):
        return Chip(text, tone, _("Checked by somebody here"), label, checked=True)
    chance = float(judged.get("probability") or 0)
    sure = judged_words.sureness(chance)
    share = judged_words.share_right(chance, version=str(judged.get("version", "")))
    why = f"{sure[:1].upper()}{sure[1:]}. {share}".rstrip()
    if is_unsure(judged):
        return Chip(_("perhaps: %(label)s") % {"label": text}, "", why, label, unsure=True)
    return Chip(text, tone, why, label)
