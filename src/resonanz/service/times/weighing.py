"""The urgency of a case: what was said and how, how far it spread, and how much of the promised time has passed.

    urgency = min(1, said × how × spread)      stored with the case, and reckoned anew when something happens
    now     = min(1, urgency × waited)         as the clock stands; only told
    spread  = 1 + 0.5 × min(1, log10(1 + n) / 4), n = likes + 2 × replies + 3 × shares, as the network counts them
    waited  = 1 + 0.5 × age / promised time, at most 1.5

`said × how` is triage's (`triage.urgency`). Each part alone makes a case more urgent, none less; what spreads without
anything being wanted stays at 0. Lists are sorted by due time and urgency (`Case.rank_at`), so that they need no clock.
Who wrote, and who follows them, is no part of it, on purpose.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from math import log10

from django.db import transaction
from django.db.models import F, QuerySet

from resonanz.listening.models import Post
from resonanz.service.models import Case, CasePost, CasePostState, CaseState

_SPREAD = 0.5
_WIDEST = 4.0
"""Tens of thousands are as far as anything spreads: log10."""
_WAITED = 0.5


@dataclass(frozen=True, slots=True)
class Weighed:
    """The score as the clock stands, 0 to 1, and the parts it is the product of."""

    score: float
    said_and_how: float
    spread: float
    waited: float


def spread(*, likes: int | None, shares: int | None, replies: int | None) -> float:
    """How much more a post matters that many people saw: 1 to 1.5. A share carries it on, a like does not."""
    counted = max(0, likes or 0) + 2 * max(0, replies or 0) + 3 * max(0, shares or 0)
    return 1 + _SPREAD * min(1.0, log10(1 + counted) / _WIDEST)


def waited(*, age: timedelta, promised: timedelta | None) -> float:
    """How much of the promised time has passed: 1 to 1.5; where nothing is promised, nothing presses."""
    if promised is None:
        return 1.0
    if promised <= timedelta():
        return 1 + _WAITED
    return 1 + _WAITED * min(1.0, max(0.0, age / promised))


def weighed(
    *, said_and_how: float, likes: int | None, shares: int | None, replies: int | None, age: timedelta,
    promised: timedelta | None,
) -> Weighed:  # fmt: skip
    """All parts of one post's urgency."""
    far, long = spread(likes=likes, shares=shares, replies=replies), waited(age=age, promised=promised)
    return Weighed(min(1.0, said_and_how * far * long), said_and_how, far, long)


def of_post(*, post: Post, said_and_how: float) -> float:
    """What of it is stored with the case: all but the clock."""
    return min(1.0, said_and_how * spread(likes=post.likes, shares=post.shares, replies=post.replies))


def weigh(*, case_ids: Collection[int]) -> list[int]:
    """Reckon the urgency of these open cases anew, from the posts that wait in them; which of them changed.

    Due times stay: what was promised when somebody wrote does not become less because others share it.
    """
    with transaction.atomic():
        rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=case_ids, state=CaseState.OPEN)
        cases = {case.pk: case for case in rows.order_by("pk")}
        found = _most_urgent(cases)
        changed = [cases[pk] for pk, urgency in found.items() if abs(cases[pk].urgency - urgency) > 0.001]
        for case in changed:
            case.urgency = found[case.pk]
        Case.objects.bulk_update(changed, ["urgency"])
    return [case.pk for case in changed]


def waiting_among(*, post_ids: Collection[int]) -> list[int]:
    """Those of the posts that wait for an answer in an open case."""
    return sorted(set(_waiting(post_ids).values_list("post_id", flat=True)))


def cases_with(*, post_ids: Collection[int]) -> list[int]:
    """The open cases in which one of these posts waits."""
    return sorted(set(_waiting(post_ids).values_list("case_id", flat=True)))


def _waiting(post_ids: Collection[int]) -> QuerySet[CasePost]:
    open_ones = CasePost.objects.filter(state=CasePostState.OPEN, case__state=CaseState.OPEN)
    return open_ones.filter(post_id__in=list(post_ids))


def _most_urgent(cases: Collection[int]) -> dict[int, float]:
    waiting = CasePost.objects.filter(case__in=cases, state=CasePostState.OPEN, post__evaluation__isnull=False)
    said = waiting.annotate(said=F("post__evaluation__urgency")).select_related("post")
    found: dict[int, float] = {}
    for place in said.order_by("pk"):
        urgency = of_post(post=place.post, said_and_how=place.said)
        found[place.case_id] = max(found.get(place.case_id, 0.0), urgency)
    return found
