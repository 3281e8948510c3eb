"""Rows of the lists of cases. A row is a value: what looks the same is drawn once a minute, whoever looks at it.

Fifty colleagues look at the same fifty rows; drawing one costs many times what its value costs. What counts down counts
by the minute, so the first look in a new minute drops what was drawn in the last: a row tells of people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from resonanz.core import clock
from resonanz.service import naming
from resonanz.service.models import Case
from resonanz.web import marking

MOST_SHOWN = 240
_MOST_KEPT = 5000
_MINUTE = timedelta(minutes=1)


class Tag(NamedTuple):
    """What a row shows of a tag."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """All that a row shows; `query` carries the list on, `minutes_left` is below zero where the answer is late."""

    case_id: int
    query: str
    is_current: bool
    name: str
    channel: str
    network: str
    due_at: datetime | None
    minutes_left: int
    text: str
    has_returned: bool
    is_snoozed: bool
    snoozed_until: datetime | None
    intent: str
    by_hand: bool
    declared: bool
    others_alike: int
    is_crisis: bool
    breached_clause: str
    topic: str
    tags: tuple[Tag, ...]
    holder: str
    assignee: str


def drawn(case: Case, *, query: str, current_id: int | None) -> SafeString:
    """The row of a case of `service.lists.inbox.cases`, in the reader's language and zone."""
    now = clock.now()
    row = _row(case, query, current_id, now)
    looks = (row, get_language(), timezone.get_current_timezone_name())
    kept = _drawn_within_minute(now)
    if looks not in kept:
        html = cast(SafeString, get_template("web/case_row.html").render({"row": row}))
        if len(kept) >= _MOST_KEPT:
            return html
        kept[looks] = html
    return kept[looks]


def _row(case: Case, query: str, current_id: int | None, now: datetime) -> Row:
    shown: Any = case  # with what `lists.rows` adds to it
    held = case.is_held
    return Row(
        case_id=case.pk,
        query=query,
        is_current=case.pk == current_id,
        name=shown.latest_author or "–",
        channel=shown.channel_name,
        network=shown.network,
        due_at=case.answer_due_at,
        minutes_left=(case.answer_due_at - now) // _MINUTE if case.answer_due_at else 0,
        text=naming.masked(shown.latest_text, mask=marking.mask())[:MOST_SHOWN],
        has_returned=case.returned_at is not None,
        is_snoozed=case.is_snoozed,
        snoozed_until=case.snoozed_until,
        intent=case.intent,
        by_hand=shown.by_hand,
        declared=shown.declared,
        others_alike=shown.others_alike,
        is_crisis=case.crisis_at is not None,
        breached_clause=case.breached_clause,
        topic=shown.topic_name,
        tags=tuple(Tag(*tag) for tag in shown.tags),
        holder=shown.holder_name if held else "",
        assignee="" if held else shown.owner_name,
    )


_Looks = tuple[Row, str | None, str]
_drawn: tuple[datetime, dict[_Looks, SafeString]] = (datetime.min.replace(tzinfo=UTC), {})


def _drawn_within_minute(now: datetime) -> dict[_Looks, SafeString]:
    global _drawn
    minute = now.replace(second=0, microsecond=0)
    if _drawn[0] != minute:
        _drawn = (minute, {})
    return _drawn[1]
