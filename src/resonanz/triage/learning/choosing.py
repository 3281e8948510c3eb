"""Look at these twenty: posts of which a person's word teaches most, and posts drawn at random so that it stays honest.

Of twenty up to two are such that a colleague checked today for the clean sample, so that a second word tells how far
people agree. Of the others half are those of which the judge is least sure (for a label that nobody judges yet, those
nearest to its examples), and half are drawn from what was said of late. No post comes twice, none that the viewer may
not read, none that must not teach. Who looks twice sees the same, less what was checked meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import FloatField, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post, Speaker, Visible
from resonanz.triage import evaluations
from resonanz.triage.features import encoded
from resonanz.triage.learning import champions
from resonanz.triage.learning.material import is_sensitive, learns_from_private, material
from resonanz.triage.learning.refitting import told_by
from resonanz.triage.models import Feedback, How, LearntHead, Place

TWENTY = 20
AGAIN = 2
_LOOKED_AT = 3000
_JUDGED_NOW = 300
_DAYS = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A post to look at, and why; what the judge decided and how probable that is, "" and None where nobody judged.

    What a colleague said of it before is not told: a second word that knows the first one says nothing.
    """

    post: Post
    how: How
    value: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    pk: int
    doubt: float | None
    """How far from undecided, None where it was never judged."""


def twenty(*, label: str, viewer: User) -> list[Chosen]:
    """At most twenty posts, in an order that does not tell why each was chosen."""
    readable = _readable(viewer)
    again = _again(label, viewer, readable)
    candidates = _candidates(label, readable)
    hesitant = _hesitant(label, candidates, (TWENTY - len(again)) // 2)
    taken = {*again, *hesitant}
    drawn = sorted((one.pk for one in candidates if one.pk not in taken), key=lambda pk: _lot(label, pk))
    chosen = dict.fromkeys(again, How.AGAIN) | dict.fromkeys(hesitant, How.UNSURE)
    chosen |= dict.fromkeys(drawn[: TWENTY - len(chosen)], How.RANDOM)
    posts = Post.objects.select_related("evaluation").in_bulk(chosen)
    shown = [_chosen(post, label, chosen[pk]) for pk, post in posts.items()]
    return sorted(shown, key=lambda one: _lot(f"order of {label}", one.post.pk))


def _readable(viewer: User) -> QuerySet[Post]:
    """What may teach and this person may read: in public, or with the right to read cases and the company's consent."""
    said = Post.objects.filter(speaker=Speaker.OUTSIDER, evaluation__isnull=False).exclude(text="")
    if learns_from_private() and may(viewer, Act.READ_CASES):
        return said
    return said.filter(visibility=Visible.PUBLIC)


def _candidates(label: str, readable: QuerySet[Post]) -> list[_Candidate]:
    """The newest that nobody checked for this label, the newest first."""
    unchecked = readable.filter(posted_at__gt=clock.now() - _DAYS).exclude(feedback__label=label)
    rows = unchecked.order_by("-posted_at", "-pk").annotate(
        chance=Cast(KeyTextTransform(label, "evaluation__chances"), FloatField()),
        sensitive=KeyTransform("sensitive", "evaluation__labels"),
    )
    return [
        _Candidate(pk, None if chance is None else _doubt(label, chance))
        for pk, chance, sensitive in rows.values_list("pk", "chance", "sensitive")[:_LOOKED_AT]
        if not is_sensitive(sensitive)
    ]


def _doubt(label: str, chance: float) -> float:
    """The smaller, the less sure: how far a yes is from even, or how probable the sentiment decided for is."""
    return chance if label == "sentiment" else abs(chance - 0.5)


def _hesitant(label: str, candidates: Sequence[_Candidate], most: int) -> list[int]:
    judged = sorted((one.doubt, -one.pk) for one in candidates if one.doubt is not None)
    found = [-pk for _, pk in judged[:most]]
    if found:
        return found
    newest = [one.pk for one in candidates[:_JUDGED_NOW]]
    texts = dict(Post.objects.filter(pk__in=newest).values_list("pk", "text"))
    ranked = sorted(zip(_distances(label, [texts[pk] for pk in newest]), newest, strict=False))
    return [pk for _, pk in ranked[:most]]


def _distances(label: str, texts: Sequence[str]) -> list[float]:
    """Of texts that were never judged: what a head doubts, or how far they lie from the examples; or nothing."""
    if not texts:
        return []
    stored = LearntHead.objects.filter(label=label, place__in=[Place.CHALLENGER, Place.CHAMPION]).order_by("pk").last()
    if stored and (known := champions.load(stored, shipped=evaluations.shipped())):
        return [_doubt(label, 1 - chance if value is False else chance) for value, chance in told_by(known.head, texts)]
    examples = [one.text for one in material(label=label).learnt if one.value is True]
    if not examples:
        return []
    nearness: Any = encoded(texts) @ encoded(examples).mean(axis=0)
    return [-float(near) for near in nearness]


def _again(label: str, viewer: User, readable: QuerySet[Post]) -> list[int]:
    """What somebody else checked today for the clean sample and nobody looked at a second time."""
    sample = Feedback.objects.filter(label=label, in_clean_sample=True)
    signed = sample.filter(agreed__isnull=True, by__isnull=False).exclude(by=viewer)
    rows = signed.filter(post__in=readable).order_by("pk").values_list("post_id", "post__evaluation__labels__sensitive")
    return [pk for pk, sensitive in rows if not is_sensitive(sensitive)][:AGAIN]


def _lot(label: str, pk: int) -> str:
    """At random, but the same for everybody."""
    return hashlib.blake2b(f"{label} {pk}".encode(), digest_size=8).hexdigest()


def _chosen(post: Post, label: str, how: How) -> Chosen:
    judged = post.evaluation.labels.get(label) or {}
    if judged.get("version"):
        return Chosen(post=post, how=how, value=str(judged["value"]).lower(), probability=float(judged["probability"]))
    chance = post.evaluation.chances.get(label)
    if chance is None:
        return Chosen(post=post, how=how, value="", probability=None)
    return Chosen(post=post, how=how, value="false", probability=round(1 - float(chance), 4))
