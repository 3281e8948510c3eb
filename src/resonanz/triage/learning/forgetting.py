"""How erasure reaches what was learnt: a head that learnt from a text that is gone does not outlive it.

Each head remembers which texts it learnt from. Where one is gone, masked, changed or may teach no longer, challengers
and earlier champions that learnt from it are deleted at once, and the champion is learnt anew from what remains, which
takes seconds, and replaced whatever the figures say. Asked after every erasure, and every night after what was due.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from resonanz.core import clock
from resonanz.core.jobs import job
from resonanz.triage import evaluations
from resonanz.triage.learning import runs
from resonanz.triage.learning.material import material
from resonanz.triage.models import UNDER_WAY, LearningRun, LearntHead, Place, RunKind

_AGAIN = timedelta(seconds=10)


@job(name="triage.forget")
def forget(**_: object) -> None:
    """Unlearn what may no longer teach. A refit that is under way may have read it before: then once more after it."""
    under_way = LearningRun.objects.filter(kind=RunKind.REFIT, state__in=UNDER_WAY).exists()
    for label in LearntHead.objects.order_by("label").values_list("label", flat=True).distinct():
        _forget(label)
    if under_way:
        forget.later(at=clock.now() + _AGAIN)


def relearn_outdated() -> None:
    """After an upgrade, or when the larger encoder came or went: heads that stand on other features are learnt anew."""
    outdated = LearntHead.objects.exclude(code=evaluations.shipped().features)
    for label in outdated.order_by("label").values_list("label", flat=True).distinct():
        _forget(label)


def _forget(label: str) -> None:
    """What stands on other features than those here now cannot be used either, and goes the same way."""
    features = evaluations.shipped().features
    found = material(label=label, most=None)
    allowed = {list_key(taught.key) for taught in found.learnt}
    heads = LearntHead.objects.filter(label=label).defer("weights")
    stale = [head for head in heads if head.code != features or not allowed.issuperset(map(list_key, head.learnt_from))]
    if not stale:
        return
    with transaction.atomic():
        LearntHead.objects.filter(pk__in=[head.pk for head in stale if head.place != Place.CHAMPION]).delete()
        if any(head.place == Place.CHAMPION for head in stale):
            runs.begin_forgetting(label=label)


def list_key(key: object) -> tuple[object, ...]:
    """A key as it comes out of JSON, comparable to one that never was there."""
    return tuple(key) if isinstance(key, list | tuple) else (key,)
