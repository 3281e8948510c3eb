"""Lists of work. No list sorts, filters or counts by another colleague's name: "mine" is the only person it knows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from django.db.models.functions import Left

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.service.models import Case, CasePost, CaseState, Outgoing, OutgoingState

PAGE = 50
MOST_SHOWN = 300
"""So much of a text a row of a list shows at most; a post may have a hundred thousand characters."""
MOST_COUNTED = 1000


class View(StrEnum):
    """Which cases a list shows."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"
    WAITING = "waiting"
    LATE = "late"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None and "" narrow nothing."""

    channel_id: int | None = None
    topic_id: int | None = None
    intent: str = ""


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last case shown: the list goes on after it."""

    due_at: datetime | None
    case_id: int


def cases(
    *,
    user: User,
    view: View,
    search: str = "",
    filters: Filters = EVERYTHING,
    after: Cursor | None = None,
    among: Collection[int] | None = None,
) -> list[Case]:
    """At most `PAGE` cases, soonest due first, those without a due time last (resolved: newest first).

    Each has `latest_text` and `latest_author`, the newest post in it by somebody else. `among` gives those of these
    cases that belong to the list, all of them: what became of rows that stand on an open page already.
    """
    if among is None:
        found = _first(user, view, search, filters, after, most=PAGE)
    else:
        parts = (_narrowed(part, search, filters).filter(pk__in=among) for part in _parts(user, view))
        found = _ordered(_united([part.values("pk") for part in parts]), view)
    newest = CasePost.objects.filter(case=OuterRef("pk"), post__speaker="OUTSIDER").order_by("-post__posted_at", "-id")
    return list(
        found.annotate(
            latest_text=Subquery(newest.annotate(begins=Left("post__text", MOST_SHOWN)).values("begins")[:1]),
            latest_author=Subquery(newest.values("post__author_name")[:1]),
            latest_handle=Subquery(newest.values("post__author_handle")[:1]),
        ).select_related("channel", "assignee", "topic")
    )


def count(*, user: User, view: View, search: str = "", filters: Filters = EVERYTHING, most: int = MOST_COUNTED) -> int:
    """How many cases the list has; counting ends at `most`."""
    return _first(user, view, search, filters, None, most=most).count()


def _first(user: User, view: View, search: str, filters: Filters, after: Cursor | None, *, most: int) -> QuerySet[Case]:
    """The first cases of a list, or those after the cursor.

    Each part of a list lies in the order of an index, so its first cases are read without looking at the others,
    however many there are. What "or" would join is read part by part, each as far as needed.
    """
    parts = [_narrowed(part, search, filters) for part in _parts(user, view)]
    if after is not None:
        parts = [part.filter(follows) for part in parts for follows in _follows(after, view)]
    if len(parts) == 1:
        return _ordered(parts[0], view)[:most]
    return _ordered(_united([_ordered(part, view).values("pk")[:most] for part in parts]), view)[:most]


def _united(parts: Sequence[QuerySet[Case, Any]]) -> QuerySet[Case]:
    return Case.objects.filter(pk__in=parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0])


def _parts(user: User, view: View) -> list[QuerySet[Case]]:
    """What a list consists of; a case may stand in several parts."""
    found = Case.objects.filter(state=CaseState.RESOLVED if view is View.RESOLVED else CaseState.OPEN)
    if view is View.MINE:
        return [found.filter(assignee=user)]
    if view is View.TEAM:
        teams = [found.filter(team=team) for team in user.teams.order_by("pk").values_list("pk", flat=True)]
        return [found.filter(assignee=user), found.filter(team__isnull=True, assignee__isnull=True), *teams]
    if view is View.WAITING:
        return [found.filter(answer_due_at__isnull=False)]
    if view is View.LATE:
        return [found.filter(answer_due_at__lt=clock.now())]
    return [found]


def _narrowed(found: QuerySet[Case], search: str, filters: Filters) -> QuerySet[Case]:
    if search.strip():
        said = Q(post__text__icontains=search) | Q(post__author_handle__icontains=search)
        found = found.filter(Exists(CasePost.objects.filter(said, case=OuterRef("pk"))))
    return _filtered(found, filters)


def _filtered(found: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    if filters.channel_id is not None:
        found = found.filter(channel_id=filters.channel_id)
    if filters.topic_id is not None:
        found = found.filter(topic_id=filters.topic_id)
    return found.filter(intent=filters.intent) if filters.intent else found


def _ordered(found: QuerySet[Case], view: View) -> QuerySet[Case]:
    if view is View.RESOLVED:
        return found.order_by("-resolved_at", "-id")
    return found.order_by(F("answer_due_at").asc(nulls_last=True), "id")


def _follows(after: Cursor, view: View) -> list[Q | TupleGreaterThan | TupleLessThan]:
    """What comes after the cursor, in parts of which each is one range of an index.

    Rows are compared as a whole: with "or" the planner expects too few of them and sorts all instead.
    """
    if view is View.RESOLVED:
        return [TupleLessThan((F("resolved_at"), F("id")), (after.due_at, after.case_id))] if after.due_at else [Q()]
    if after.due_at is None:
        return [Q(answer_due_at__isnull=True, id__gt=after.case_id)]
    later = TupleGreaterThan((F("answer_due_at"), F("id")), (after.due_at, after.case_id))
    return [later, Q(answer_due_at__isnull=True)]


def cursor_after(*, shown: list[Case], view: View) -> Cursor | None:
    """Where the next page begins; None when this was the last."""
    if len(shown) < PAGE:
        return None
    last = shown[-1]
    return Cursor(last.resolved_at if view is View.RESOLVED else last.answer_due_at, last.pk)


def next_case(*, user: User) -> Case | None:
    """What to do next: the soonest due of one's own, then of the team."""
    for view in (View.MINE, View.TEAM):
        found = _first(user, view, "", EVERYTHING, None, most=1).first()
        if found is not None and found.answer_due_at is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the navigation tells on every page: one's own open cases, all that are late, whether any is open."""

    mine: int
    late: int
    some_open: bool


_WAITING = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM service_case WHERE state = 'OPEN' AND assignee_id = %s LIMIT %s) mine),
       (SELECT count(*) FROM (SELECT 1 FROM service_case WHERE state = 'OPEN' AND answer_due_at < %s LIMIT %s) late),
       (SELECT id FROM service_case WHERE state = 'OPEN' ORDER BY answer_due_at, id LIMIT 1) IS NOT NULL
"""


def waiting(*, user: User, most: int = MOST_COUNTED) -> Waiting:
    """One query that reads nothing but indexes; counting ends at `most`."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [user.pk, most, clock.now(), most])
        return Waiting(*cursor.fetchone())


def in_time_to_undo(*, user: User) -> list[Outgoing]:
    """What this user may still take back."""
    now = clock.now()
    return list(
        Outgoing.objects.filter(author=user, state=OutgoingState.QUEUED, attempt=0, due_at__gt=now)
        .filter(created_at__gt=now - timedelta(minutes=1))
        .order_by("-created_at", "-id")
    )
