"""What became of the posts that wanted an answer: answered in time, answered late, or still waiting.

Whether an answer was late is reckoned as its due time was: by the calendar and the targets in force, from when the post
was said. PostgreSQL counts; only answers that took longer than the shortest target are looked at one by one, because
an answer within so many minutes by the clock is within as many business minutes, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from resonanz.insights import days
from resonanz.service import calendars


class Answer(StrEnum):
    """What became of a post that wanted an answer."""

    IN_TIME = "in_time"
    LATE = "late"
    WAITING = "waiting"


# The conditions on posts are those of `listening.posts.said`; what was settled without an answer wanted none. A post
# that stands in two cases is one post.
_ASKED = """
WITH asked AS (
    SELECT post.id, post.network, post.posted_at, (post.posted_at AT TIME ZONE %(zone)s)::date AS day,
        bool_or(place.state = 'OPEN') AS waits,
        CASE WHEN NOT bool_or(place.state = 'OPEN') THEN
            (SELECT min(sent_at) FROM service_outgoing WHERE in_reply_to_id = post.id AND state = 'SENT')
        END AS sent_at
    FROM listening_post post JOIN service_casepost place ON place.post_id = post.id AND place.state <> 'NONE_NEEDED'
    WHERE NOT post.is_context AND post.speaker = 'OUTSIDER' AND post.visibility = 'PUBLIC'
        AND post.posted_at >= %(since)s AND post.posted_at < %(until)s
    GROUP BY post.id
), told AS (
    SELECT *, sent_at > posted_at + interval '1 minute' *
        (SELECT least(min(business_minutes), %(shortest)s) FROM service_responsetarget) AS is_slow
    FROM asked
)
"""
_PER_DAY = """
SELECT day, waits, network, CASE WHEN is_slow THEN posted_at END AS said_at, CASE WHEN is_slow THEN sent_at END AS sent,
    count(*)
FROM told GROUP BY day, waits, network, said_at, sent
"""
_EACH = "SELECT id, waits, network, posted_at, sent_at FROM told"


@dataclass(frozen=True, slots=True)
class Became:
    """How many posts were answered in time, answered late, and still wait."""

    in_time: int = 0
    late: int = 0
    waiting: int = 0

    def with_more(self, answer: Answer, count: int) -> Became:
        """The same and `count` more."""
        return replace(self, **{answer.value: getattr(self, answer.value) + count})


NOTHING = Became()


def of_days(first: date, last: date, *, zone: ZoneInfo) -> dict[date, Became]:
    """What became of the posts of each day on which any wanted an answer."""
    found: dict[date, Became] = {}
    answer_to = _judge()
    for day, waits, network, said_at, sent_at, count in _rows(_PER_DAY, first, last, zone):
        found[day] = found.get(day, NOTHING).with_more(answer_to(waits, network, said_at, sent_at), count)
    return found


def posts_of(*, day: date, zone: ZoneInfo, answer: Answer) -> list[int]:
    """The ids of the posts behind one of the numbers of a day."""
    answer_to = _judge()
    rows = _rows(_EACH, day, day, zone)
    return [post for post, waits, network, said, sent in rows if answer_to(waits, network, said, sent) is answer]


def _rows(query: str, first: date, last: date, zone: ZoneInfo) -> list[tuple[Any, ...]]:
    span: dict[str, Any] = {"since": days.beginning(first, zone), "until": days.span(last, zone)[1], "zone": zone.key}
    with connection.cursor() as cursor:
        cursor.execute(_ASKED + query, {**span, "shortest": calendars.DEFAULT_BUSINESS_MINUTES})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _judge() -> Callable[[bool, str, datetime | None, datetime | None], Answer]:
    """Says what became of a post; reads the targets of a network once, and only when an answer took long."""
    due_finder = lru_cache(lambda network: calendars.due_finder(network=network))

    def judge(waits: bool, network: str, said_at: datetime | None, sent_at: datetime | None) -> Answer:
        if waits:
            return Answer.WAITING
        if said_at is None or sent_at is None:
            return Answer.IN_TIME
        return Answer.LATE if sent_at > due_finder(network)(said_at) else Answer.IN_TIME

    return judge
