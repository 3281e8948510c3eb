"""How each label was judged in each week, counted by the clock and kept as numbers of nobody in particular."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Q

from resonanz.privacy.retention import today
from resonanz.triage.models import Feedback, LabelWeek

WEEKS = 26
_WEEK = timedelta(days=7)

_JUDGED = """
WITH said AS (
    SELECT evaluation.chances, evaluation.labels
    FROM listening_post post JOIN triage_evaluation evaluation ON evaluation.post_id = post.id
    WHERE post.posted_at >= %s AND post.posted_at < %s
), chances AS (
    SELECT key AS label, count(*) AS posts, avg(value::float8) AS mean
    FROM said, jsonb_each_text(said.chances) GROUP BY key
), decided AS (
    SELECT key AS label, count(*) FILTER (WHERE value->>'value' IN ('true', 'negative')) AS yes,
           count(*) FILTER (WHERE value->>'unsure' = 'true') AS unsure
    FROM said, jsonb_each(said.labels) WHERE value->>'version' <> '' GROUP BY key
)
SELECT label, posts, coalesce(yes, 0), coalesce(unsure, 0), mean FROM chances LEFT JOIN decided USING (label)
"""


def count_weeks(*, weeks: int = 2) -> None:
    """Count the week that is, and those before it, anew; all that pages show where nothing was counted yet."""
    known = LabelWeek.objects.exists()
    for monday in mondays(weeks if known else WEEKS):
        rows = _counted(monday)
        LabelWeek.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["label", "monday"],
            update_fields=["posts", "yes", "unsure", "mean", "checked", "corrected"],
        )


def mondays(number: int) -> Iterable[date]:
    """The Mondays of this week and of those before it, the newest first."""
    this = monday_of(today())
    return (this - _WEEK * ago for ago in range(number))


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def local_day(moment: datetime) -> date:
    """The company's day."""
    return moment.astimezone(_zone()).date()


def beginning_of(day: date) -> datetime:
    """The first moment of the company's day."""
    return datetime.combine(day, time.min, tzinfo=_zone()).astimezone(UTC)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.DEFAULT_TIME_ZONE)


def _counted(monday: date) -> list[LabelWeek]:
    begins, ends = beginning_of(monday), beginning_of(monday + _WEEK)
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED, [begins, ends])
        judged = {label: tuple(rest) for label, *rest in cursor.fetchall()}
    said = _checked(begins, ends)
    return [
        LabelWeek(
            label=label, monday=monday, posts=posts, yes=yes, unsure=unsure, mean=mean,
            checked=said.get(label, (0, 0))[0], corrected=said.get(label, (0, 0))[1],
        )
        for label in sorted({*judged, *said})
        for posts, yes, unsure, mean in [judged.get(label, (0, 0, 0, 0.0))]
    ]  # fmt: skip


def _checked(begins: datetime, ends: datetime) -> dict[str, tuple[int, int]]:
    """How many posts people checked of which a judge had said something, and how often they said otherwise."""
    rows = Feedback.objects.filter(at__gte=begins, at__lt=ends).exclude(judged_value="").values_list("label")
    counts = rows.annotate(checked=Count("pk"), corrected=Count("pk", filter=~Q(value=F("judged_value"))))
    return {label: (checked, corrected) for label, checked, corrected in counts}
