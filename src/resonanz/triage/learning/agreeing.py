"""How far people agree on a label: one figure over all of them, never one of somebody.

It is shown from ten posts on, and only where at least three people's words were compared on one day: between two, each
would know what the other one said. Who they were is forgotten after the day, with how many of them there were kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q

from resonanz.privacy.retention import today
from resonanz.triage.learning.counting import beginning_of, local_day, monday_of
from resonanz.triage.models import Feedback, LabelWeek

FEWEST_POSTS = 10
FEWEST_PEOPLE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of so many posts of the clean sample two people said something; in this share of them the same."""

    label: str
    posts: int
    agreed: float


def agreement(*, label: str) -> Agreement | None:
    """None where it rests on too few posts or people to be shown."""
    twice = Feedback.objects.filter(label=label, agreed__isnull=False)
    counts = twice.aggregate(posts=Count("pk"), same=Count("pk", filter=Q(agreed=True)))
    if counts["posts"] < FEWEST_POSTS or _people(label) < FEWEST_PEOPLE:
        return None
    return Agreement(label=label, posts=counts["posts"], agreed=counts["same"] / counts["posts"])


def forget_names(_day: date, limit: int) -> int:
    """Who said something of a label is forgotten after the day, a label and a day at a time; how many rows changed.

    How many people's words could be compared that day is kept: a number without anybody in it.
    """
    signed = Feedback.objects.filter(_SIGNED, at__lt=beginning_of(today())).order_by("at", "pk")
    oldest = signed.first()
    if oldest is None:
        return 0
    rows = [one for one in signed.filter(label=oldest.label) if local_day(one.at) == local_day(oldest.at)]
    _keep_people(oldest.label, monday_of(local_day(oldest.at)), _compared(rows))
    return Feedback.objects.filter(pk__in=[one.pk for one in rows]).update(by=None, second_by=None)


_SIGNED = Q(by__isnull=False) | Q(second_by__isnull=False)


def _people(label: str) -> int:
    counted = LabelWeek.objects.filter(label=label).aggregate(most=Max("people"))["most"] or 0
    return max(counted, _compared(Feedback.objects.filter(_SIGNED, label=label, at__gte=beginning_of(today()))))


def _compared(rows: Iterable[Feedback]) -> int:
    """How many different people said something that a second one said something of, too."""
    people = {who for one in rows if one.agreed is not None for who in (one.by_id, one.second_by_id)}
    return len(people - {None})


def _keep_people(label: str, monday: date, people: int) -> None:
    if people:
        week, _ = LabelWeek.objects.get_or_create(label=label, monday=monday)
        LabelWeek.objects.filter(pk=week.pk, people__lt=people).update(people=people)
