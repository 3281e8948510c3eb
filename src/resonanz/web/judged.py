"""One judgement of a post, looked into: what was decided, how surely, by which words, and what else it may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from resonanz.listening.models import Post
from resonanz.service import naming
from resonanz.triage import about_us, nearest, reasons
from resonanz.triage.contract import Piece
from resonanz.triage.feedback import LABELS
from resonanz.triage.learning import labels as company_labels
from resonanz.triage.reasons import Reasons
from resonanz.web import evaluations, marking
from resonanz.web.wording import judged_words

_MOODS = ("negative", "neutral", "positive")
_SURELY_NO: Mapping[str, Any] = {"value": False, "because": [], "version": ""}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person may say of a label. `is_judged`: the judge's own decision; `comes_next`: its key says this one."""

    code: str
    words: str
    is_judged: bool
    is_said: bool
    comes_next: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A label with what is believed of it, in words; `unsure` is the judge's doubt, `checked` that a person looked."""

    label: str
    name: str
    words: str
    sureness: str
    unsure: bool
    checked: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """All that is shown of one label of one post.

    `decided`: what the judge said, whatever people said after it. `is_mixed`: the pieces do not speak for and against a
    label but sound positive and negative. `is_of_the_whole`: no single words decided.
    """

    told: Told
    decided: str
    meaning: str
    share_right: str
    text: SafeString
    speaking_for: Sequence[str]
    speaking_against: Sequence[str]
    is_mixed: bool
    is_of_the_whole: bool
    choices: Sequence[Choice]
    others: Sequence[Told]
    missing: Sequence[tuple[str, str]]
    has_similar: bool
    version: str


def judged(*, post: Post, label: str) -> Judged:
    """What is behind one label of an evaluated post. A label that was surely no can be looked into like any other."""
    stored: dict[str, dict[str, Any]] = post.evaluation.labels
    own = company_labels.names()
    one = stored.get(label) or _not_stored(post, label)
    why = _reasons(post, label, one)
    hidden = naming.pieces(post.text)
    quoted = [marking.quotes(post.text, side, hidden) for side in (why.speaking_for, why.speaking_against)]
    return Judged(
        told=_told(label, one, own),
        decided=judged_words.said_as(label, str(one.get("value", "")).lower(), own) if _was_judged(one) else "",
        meaning=str(judged_words.LABELS_EXPLAINED.get(label, "")),
        share_right=_share_right(one) if _was_judged(one) else "",
        text=marking.weighed(post.text, why.speaking_for, why.speaking_against, hidden),
        speaking_for=quoted[0],
        speaking_against=quoted[1],
        is_mixed=label == "sentiment" and one.get("value") == "neutral",
        is_of_the_whole=_is_of_the_whole(label, one, why),
        choices=_choices(label, one, own),
        others=[_told(each, stored[each], own) for each in _in_order(stored) if each != label and _has_name(each, own)],
        missing=_missing(stored, label, own),
        has_similar=nearest.are_there(post_id=post.pk, label=label),
        version=str(one.get("version", "")),
    )


def is_label(label: str) -> bool:
    """Whether there is such a label to look into."""
    return _has_name(label, company_labels.names())


def _has_name(label: str, own: Mapping[str, str]) -> bool:
    """Not so a label of the company that was removed: it stays with evaluations until posts are evaluated anew."""
    return label in LABELS or label in own


def first_label(post: Post) -> str:
    """What to look into first: the weightiest thing that is believed of a post, else its mood."""
    shown = (chip.label for chip in evaluations.chips(post.evaluation) if chip.label)
    return next(shown, "sentiment")


def _not_stored(post: Post, label: str) -> Mapping[str, Any]:
    """A label that was surely no: its chance is kept, its reasons are not."""
    chance = post.evaluation.chances.get(label)
    others = (each for other, each in post.evaluation.labels.items() if other != about_us.LABEL)
    versions = (each.get("version", "") for each in others)
    if chance is None:
        return _SURELY_NO
    return {**_SURELY_NO, "probability": 1 - chance, "version": next(versions, "")}


def _was_judged(one: Mapping[str, Any]) -> bool:
    """Where a person spoke of a label that nobody judges, an even chance is kept, and no version."""
    return one.get("version") != "" and one.get("probability") is not None and one.get("value") is not None


def _share_right(one: Mapping[str, Any]) -> str:
    return judged_words.share_right(float(one["probability"]), version=str(one.get("version", "")))


def _reasons(post: Post, label: str, one: Mapping[str, Any]) -> Reasons:
    """Both sides where this very model judged it, else what was stored with it; of what is sensitive none."""
    if label == "sensitive" or not _was_judged(one):
        return Reasons()
    language, version = post.evaluation.language, str(one.get("version", ""))
    found = reasons.of(text=post.text, label=label, value=one["value"], language=language, version=version)
    return found or Reasons(tuple(_stored_pieces(one.get("because", ()), len(post.text))))


def _is_of_the_whole(label: str, one: Mapping[str, Any], why: Reasons) -> bool:
    decided = why.speaking_against if one.get("value") is False else why.speaking_for
    return label != "sensitive" and _was_judged(one) and not decided


def _stored_pieces(because: Iterable[Any], length: int) -> Iterable[Piece]:
    for piece in because:
        if isinstance(piece, Mapping) and 0 <= piece["start"] < piece["end"] <= length and piece["weight"] > 0:
            yield Piece(piece["start"], piece["end"], piece["weight"])


def _told(label: str, one: Mapping[str, Any], own: Mapping[str, str]) -> Told:
    sure = judged_words.sureness(float(one["probability"])) if _was_judged(one) else ""
    value, checked = evaluations.shown_value(one), bool(one.get("said"))
    said = judged_words.said_as(label, value, own)
    return Told(label, judged_words.name_of(label, own), said, sure, evaluations.is_unsure(one), checked)


def _choices(label: str, one: Mapping[str, Any], own: Mapping[str, str]) -> list[Choice]:
    """The judge's decision first, so that the first key confirms it; then what it could be instead."""
    decided, said = str(one.get("value", "")).lower(), str(one.get("said") or "")
    every = _MOODS if label == "sentiment" else ("true", "false")
    values = sorted(every, key=lambda value: value != decided)
    after = values[(values.index(said or decided) + 1) % len(values)] if (said or decided) in values else values[0]
    return [
        Choice(
            f"{label}:{value}", judged_words.said_as(label, value, own), value == decided, value == said, value == after
        )
        for value in values
    ]


def _in_order(labels: Iterable[str]) -> list[str]:
    """What holds as chips stand, and what the company taught behind it."""
    order = list(judged_words.LABELS)
    return sorted(labels, key=lambda label: (order.index(label) if label in order else len(order), label))


def _missing(stored: Mapping[str, Mapping[str, Any]], label: str, own: Mapping[str, str]) -> list[tuple[str, str]]:
    """What nobody believes of it so far, to be added."""
    every = [each for each in _in_order([*LABELS, *own]) if each not in ("sentiment", label)]
    return [
        (f"{each}:true", judged_words.said_as(each, "true", own))
        for each in every
        if not evaluations.holds(stored, each)
    ]
