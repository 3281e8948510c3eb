"""Which heads of the company judge now. Every process asks every two seconds, so a head that is taken is used at once.

A batch costs no query in between, however many posts it has; what this process changes itself it knows at once.
"""

from __future__ import annotations

import logging
import threading
from functools import lru_cache

from resonanz.core import clock
from resonanz.triage.evaluate import Evaluator
from resonanz.triage.learning.company_judge import Champion, CompanyJudge
from resonanz.triage.learning.weights import DamagedHead, unpack
from resonanz.triage.models import LearntHead, Place

KNOWN_SECONDS = 2.0

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_known: tuple[float, tuple[int, ...]] | None = None
_granted: tuple[int, ...] | None = None


def beside(shipped: Evaluator) -> Evaluator:
    """The shipped judges with the heads that were taken beside them."""
    ids = _current(shipped.features)
    return _joined(shipped, ids) if ids else shipped


def versions(shipped: Evaluator) -> dict[str, str]:
    """The version of whoever judges each label now."""
    return beside(shipped).versions


def look_again() -> None:
    """What this process knows has just changed."""
    global _known
    _known = None


def take_for_granted(ids: tuple[int, ...] | None) -> None:
    """Which heads judge until this is called again; None looks them up. For tests without a database."""
    global _granted
    _granted = ids
    look_again()


def load(head: LearntHead, *, shipped: Evaluator) -> Champion | None:
    """A stored head, ready to judge; None where it is damaged, which is logged, or stands on other features than the
    shipped judges have."""
    if head.code != shipped.features:
        return None
    try:
        return Champion(unpack(bytes(head.weights), encoder=shipped.encoder), head.version)
    except DamagedHead:
        logger.exception("a head of the company is damaged")
        return None


def _current(features: str) -> tuple[int, ...]:
    global _known
    if _granted is not None:
        return _granted
    now = clock.monotonic()
    with _lock:
        if _known is None or now - _known[0] > KNOWN_SECONDS:
            _known = (now, _taken(features))
        return _known[1]


def _taken(features: str) -> tuple[int, ...]:
    taken = LearntHead.objects.filter(place=Place.CHAMPION, code=features).order_by("label")
    return tuple(taken.values_list("pk", flat=True))


@lru_cache(maxsize=4)
def _joined(shipped: Evaluator, ids: tuple[int, ...]) -> Evaluator:
    """Heads are replaced, never changed: the same ids are the same judges."""
    stored = LearntHead.objects.filter(pk__in=ids).order_by("label")
    judge = CompanyJudge([champion for head in stored if (champion := load(head, shipped=shipped))])
    return shipped.beside(judge, versions=judge.versions)
