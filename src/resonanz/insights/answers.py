"""What became of the posts that wanted an answer: answered in time, answered late, or still waiting.

Late is a fact: an answer was sent after the moment by which it was due when the post began to wait. Targets that change
later change nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from resonanz.insights import days


class Answer(StrEnum):
    """What became of a post that wanted an answer."""

    IN_TIME = "in_time"
    LATE = "late"
    WAITING = "waiting"


# The conditions on posts are those of `listening.posts.said`; what was settled without an answer wanted none. A post
# that stands in two cases is one post.
_ASKED = """
WITH asked AS (
    SELECT post.id, (post.posted_at AT TIME ZONE %(zone)s)::date AS day,
        bool_or(place.state = 'OPEN') AS waits, min(place.due_at) AS due_at,
        CASE WHEN NOT bool_or(place.state = 'OPEN') THEN
            (SELECT min(sent_at) FROM service_outgoing WHERE in_reply_to_id = post.id AND state = 'SENT')
        END AS sent_at
    FROM listening_post post JOIN service_casepost place ON place.post_id = post.id AND place.state <> 'NONE_NEEDED'
    WHERE NOT post.is_context AND post.speaker = 'OUTSIDER' AND post.visibility = 'PUBLIC'
        AND post.posted_at >= %(since)s AND post.posted_at < %(until)s
    GROUP BY post.id
), told AS (
    SELECT id, day, CASE WHEN waits THEN 'waiting' WHEN sent_at > due_at THEN 'late' ELSE 'in_time' END AS answer
    FROM asked
)
"""
_PER_DAY = "SELECT day, answer, count(*) FROM told GROUP BY day, answer"
_EACH = "SELECT id FROM told WHERE answer = %(answer)s"


@dataclass(frozen=True, slots=True)
class Became:
    """How many posts were answered in time, answered late, and still wait."""

    in_time: int = 0
    late: int = 0
    waiting: int = 0


NOTHING = Became()


def of_days(first: date, last: date, *, zone: ZoneInfo) -> dict[date, Became]:
    """What became of the posts of each day on which any wanted an answer."""
    found: dict[date, Became] = {}
    for day, answer, count in _rows(_PER_DAY, first, last, zone):
        found[day] = replace(found.get(day, NOTHING), **{answer: count})
    return found


def posts_of(*, day: date, zone: ZoneInfo, answer: Answer) -> list[int]:
    """The ids of the posts behind one of the numbers of a day."""
    return [post for (post,) in _rows(_EACH, day, day, zone, answer=answer.value)]


def _rows(query: str, first: date, last: date, zone: ZoneInfo, **more: str) -> list[tuple[Any, ...]]:
    span: dict[str, Any] = {"since": days.beginning(first, zone), "until": days.span(last, zone)[1], "zone": zone.key}
    with connection.cursor() as cursor:
        cursor.execute(_ASKED + query, {**span, **more})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
