"""Posts like this one that people here have checked: the encoder's share of a reason, in words somebody understands.

Only public posts that still exist, and only what colleagues said of them: never a text that the model learnt from.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from resonanz.listening.models import Post, Speaker, Visible
from resonanz.triage.cleaning import clean_words, readable
from resonanz.triage.encoding.encoder import shared_encoder
from resonanz.triage.models import Feedback

Vectors = NDArray[np.float32]
MOST_LOOKED_AT = 500
LEAST_ALIKE = 0.4
"""Cosine of two vectors: posts on the same trouble lie above it, posts that share no more than a mood below."""
# Which kind of sensitive it is would be told by the company it keeps.
_NEVER = frozenset({"sensitive"})


@dataclass(frozen=True, slots=True)
class Near:
    """A post that people checked, what they said of it ("true", "false" or a sentiment), and how near it lies."""

    post: Post
    value: str
    alike: float


class _Known:
    """The vectors of what was checked, by label and feedback, for this process. What is gone goes at the next look."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_label: dict[str, dict[int, tuple[bytes, Vectors]]] = {}

    def vectors(self, label: str, rows: Sequence[Feedback]) -> Vectors:
        """A row a feedback, encoded once for as long as its text stays the same; of texts only marks are kept."""
        marks = {row.pk: hashlib.sha256(row.post.text.encode()).digest() for row in rows}
        with self._lock:
            before = self._by_label.get(label, {})
            known = {pk: before[pk] for pk, mark in marks.items() if pk in before and before[pk][0] == mark}
            new = [row for row in rows if row.pk not in known]
            encoded = _encoded([row.post.text for row in new])
            known |= {row.pk: (marks[row.pk], vector) for row, vector in zip(new, encoded, strict=True)}
            self._by_label[label] = known
        return np.array([known[row.pk][1] for row in rows])


_known = _Known()


def are_there(*, post_id: int, label: str) -> bool:
    """Whether anything was checked that could be near."""
    return label not in _NEVER and _checked(post_id, label).exists()


def nearest(*, post: Post, label: str, most: int = 3) -> list[Near]:
    """The nearest posts whose label people have checked, the nearest first. For readers who may read public posts."""
    rows = [] if label in _NEVER else list(_checked(post.pk, label)[:MOST_LOOKED_AT])
    if not rows:
        return []
    alike = _known.vectors(label, rows) @ _encoded([post.text])[0]
    order = np.argsort(-alike, kind="stable")[:most].tolist()
    return [
        Near(rows[place].post, rows[place].value, float(alike[place])) for place in order if alike[place] >= LEAST_ALIKE
    ]


def _checked(post_id: int, label: str) -> QuerySet[Feedback]:
    public = Feedback.objects.filter(label=label, post__visibility=Visible.PUBLIC, post__speaker=Speaker.OUTSIDER)
    return public.exclude(post_id=post_id).exclude(post__text="").select_related("post").order_by("-at", "-id")


def _encoded(texts: Sequence[str]) -> Vectors:
    return shared_encoder().vectors([readable(text, clean_words(text)) for text in texts])
