"""What there is to learn from and to measure on: read afresh from posts each time, so that what is gone teaches nobody.

Left out: what tells of somebody's health, beliefs or the like; what was written in private, unless the company says so;
what its author has changed since somebody looked; and what nobody outside said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from resonanz.core.secrets import keyed_hash
from resonanz.listening.models import Speaker, Visible
from resonanz.triage.datasets import Value
from resonanz.triage.models import Feedback, LabelExample, LearningChoices

MOST_TEXTS = 5000
"""The newest; a head of more hardly gets better, and takes longer than somebody waits for."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Taught:
    """A text with what a person said of it. `key` is what a head remembers of having learnt it."""

    key: tuple[str, int, str]
    text: str
    language: str
    value: Value
    judged: tuple[Value, float] | None = None
    """What the judge had decided when somebody looked, and how probable it found that."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a head learns from, and what it is measured on; no text is in both."""

    learnt: Sequence[Taught]
    clean: Sequence[Taught]


def material(*, label: str, most: int | None = MOST_TEXTS) -> Material:
    """What there is of a label, the newest first; None gives all of it."""
    said = list(_said(label, most))
    clean = [taught for is_clean, taught in said if is_clean]
    kept_apart = {_folded(taught.text) for taught in clean}
    teaching = [taught for is_clean, taught in said if not is_clean] + list(_typed(label))
    # Somebody may have said in two places word for word the same.
    return Material([one for one in teaching if _folded(one.text) not in kept_apart], clean)


def usable() -> Q:
    """The feedback that may teach, but for what is sensitive (`is_sensitive`)."""
    unchanged = Q(post__edited_at__isnull=True) | Q(at__gte=F("post__edited_at"))
    found = unchanged & Q(post__speaker=Speaker.OUTSIDER) & ~Q(post__text="")
    return found if learns_from_private() else found & Q(post__visibility=Visible.PUBLIC)


def is_sensitive(judged: Any) -> bool:
    """Whether the label `sensitive` of an evaluation, or a person's word on it, says so."""
    if not isinstance(judged, dict):
        return False
    said = judged.get("said")
    return said == "true" if said else bool(judged.get("value"))


def value_of(stored: str) -> Value:
    """What feedback stores as text."""
    return {"true": True, "false": False}.get(stored, stored)


def fingerprint(text: str) -> str:
    """By which a head knows that a text it learnt from is still the same; nobody can guess the text back."""
    return keyed_hash("triage.learnt_text", text).hex()[:16]


def learns_from_private() -> bool:
    """Whether the company lets what was written in private teach."""
    return LearningChoices.objects.filter(learns_from_private=True).exists()


def _said(label: str, most: int | None) -> Iterable[tuple[bool, Taught]]:
    rows = Feedback.objects.filter(usable(), label=label).order_by("-at", "-pk")[:most]
    fields = ("pk", "in_clean_sample", "value", "judged_value", "judged_probability", "post__text", "post__language")
    for *row, sensitive in rows.values_list(*fields, "post__evaluation__labels__sensitive"):
        if not is_sensitive(sensitive):
            pk, clean, value, judged, chance, text, language = row
            before = None if chance is None else (value_of(judged), chance)
            yield clean, Taught(("post", pk, fingerprint(text)), text, language, value_of(value), before)


def _typed(label: str) -> Iterable[Taught]:
    number = label.removeprefix("own-")
    if number == label or not number.isdecimal():
        return
    for pk, text, value in LabelExample.objects.filter(label=int(number)).values_list("pk", "text", "value"):
        yield Taught(("typed", pk, fingerprint(text)), text, "", value)


def _folded(text: str) -> str:
    """What two texts share that say word for word the same; one without words is itself."""
    return " ".join(_WORD.findall(text.casefold())) or text
