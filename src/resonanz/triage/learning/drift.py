"""Drift: whether a label is judged otherwise than when its judge was made, week by week, for a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from resonanz.triage.learning import counting
from resonanz.triage.models import LabelWeek, LearntHead, Place

_FIRST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """How the posts of a week were judged: shares of yes (of sentiments: negative) and unsure, mean chance of a yes.

    `corrected` of the `checked` posts were judged otherwise by people.
    """

    monday: date
    posts: int
    yes: float
    mean: float
    unsure: float
    checked: int = 0
    corrected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Weeks, the oldest first, beside the `base`: a head's when it was made, a shipped judge's first four weeks."""

    label: str
    base: Week | None
    weeks: Sequence[Week]


def of(*, label: str) -> Drift:
    """The last weeks of a label; where nothing was counted yet, it is counted now."""
    if not LabelWeek.objects.exists():
        counting.count_weeks()
    rows = list(LabelWeek.objects.filter(label=label, posts__gt=0).order_by("monday"))
    weeks = [_week(row) for row in rows]
    champion = LearntHead.objects.filter(label=label, place=Place.CHAMPION).defer("weights", "learnt_from").first()
    base = _base_of(champion) if champion else _together(weeks[:_FIRST])
    return Drift(label=label, base=base, weeks=weeks[-counting.WEEKS :])


def newest() -> dict[str, Week]:
    """The newest counted week of each label, in one query."""
    rows = LabelWeek.objects.filter(posts__gt=0).order_by("label", "-monday").distinct("label")
    return {row.label: _week(row) for row in rows}


def _week(row: LabelWeek) -> Week:
    return Week(
        monday=row.monday, posts=row.posts, yes=row.yes / row.posts, mean=row.mean, unsure=row.unsure / row.posts,
        checked=row.checked, corrected=row.corrected,
    )  # fmt: skip


def _base_of(head: LearntHead) -> Week | None:
    if not head.base:
        return None
    monday = counting.monday_of(counting.local_day(head.trained_at))
    return Week(
        monday=monday, posts=int(head.base["posts"]), yes=head.base["yes"], mean=head.base["mean"],
        unsure=head.base["unsure"],
    )  # fmt: skip


def _together(weeks: Sequence[Week]) -> Week | None:
    posts = sum(week.posts for week in weeks)
    if not posts:
        return None
    yes, mean, unsure = (
        sum(getattr(week, name) * week.posts for week in weeks) / posts for name in ("yes", "mean", "unsure")
    )
    return Week(monday=weeks[0].monday, posts=posts, yes=yes, mean=mean, unsure=unsure)
