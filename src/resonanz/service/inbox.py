"""Lists of work. No list sorts, filters or counts by another colleague's name: "mine" is the only person it knows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.service.models import Case, CasePost, CaseState, Outgoing, OutgoingState

PAGE = 50


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

    Each has `latest_text` and `latest_author`, the newest post in it by somebody else. `among` narrows the list to
    these cases: what became of rows that stand on an open page already.
    """
    found = _ordered(_filtered(_searched(_seen_by(user, view), search), filters), view)
    if among is not None:
        found = found.filter(pk__in=among)
    if after is not None:
        found = found.filter(_follows(after, view))
    newest = CasePost.objects.filter(case=OuterRef("pk"), post__speaker="OUTSIDER").order_by("-post__posted_at", "-id")
    return list(
        found.annotate(
            latest_text=Subquery(newest.values("post__text")[:1]),
            latest_author=Subquery(newest.values("post__author_name")[:1]),
            latest_handle=Subquery(newest.values("post__author_handle")[:1]),
        ).select_related("channel", "assignee", "team", "topic", "identity")[:PAGE]
    )


def _seen_by(user: User, view: View) -> QuerySet[Case]:
    state = CaseState.RESOLVED if view is View.RESOLVED else CaseState.OPEN
    found = Case.objects.filter(state=state)
    if view is View.MINE:
        return found.filter(assignee=user)
    if view is View.TEAM:
        return found.filter(
            Q(team__in=user.teams.all()) | Q(assignee=user) | Q(team__isnull=True, assignee__isnull=True)
        )
    if view is View.WAITING:
        return found.filter(answer_due_at__isnull=False)
    if view is View.LATE:
        return found.filter(answer_due_at__lt=clock.now())
    return found


def _searched(found: QuerySet[Case], search: str) -> QuerySet[Case]:
    if not search.strip():
        return found
    said = Post.objects.filter(Q(text__icontains=search) | Q(author_handle__icontains=search))
    return found.filter(case_posts__post__in=said).distinct()


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


def _follows(after: Cursor, view: View) -> Q:
    if view is View.RESOLVED:
        if after.due_at is None:
            return Q()
        return Q(resolved_at__lt=after.due_at) | Q(resolved_at=after.due_at, id__lt=after.case_id)
    if after.due_at is None:
        return Q(answer_due_at__isnull=True, id__gt=after.case_id)
    later = Q(answer_due_at__gt=after.due_at) | Q(answer_due_at=after.due_at, id__gt=after.case_id)
    return later | Q(answer_due_at__isnull=True)


def cursor_after(*, shown: list[Case], view: View) -> Cursor | None:
    """Where the next page begins; None when this was the last."""
    if len(shown) < PAGE:
        return None
    last = shown[-1]
    return Cursor(last.resolved_at if view is View.RESOLVED else last.answer_due_at, last.pk)


def next_case(*, user: User) -> Case | None:
    """What to do next: the soonest due of one's own, then of the team."""
    for view in (View.MINE, View.TEAM):
        if found := _ordered(_seen_by(user, view).filter(answer_due_at__isnull=False), view).first():
            return found
    return None


@dataclass(frozen=True, slots=True)
class Today:
    """The numbers of the start page."""

    said: int
    waiting: int
    late: int
    answered: int


def today(*, since: datetime) -> Today:
    """What was said and answered since `since` (the beginning of the reader's day), and what waits now."""
    open_cases = Case.objects.filter(state=CaseState.OPEN, answer_due_at__isnull=False)
    return Today(
        said=Post.objects.filter(received_at__gte=since, speaker="OUTSIDER", is_context=False).count(),
        waiting=open_cases.count(),
        late=open_cases.filter(answer_due_at__lt=clock.now()).count(),
        answered=Outgoing.objects.filter(state=OutgoingState.SENT, sent_at__gte=since).count(),
    )


def in_time_to_undo(*, user: User) -> list[Outgoing]:
    """What this user may still take back."""
    now = clock.now()
    return list(
        Outgoing.objects.filter(author=user, state=OutgoingState.QUEUED, attempt=0, due_at__gt=now)
        .filter(created_at__gt=now - timedelta(minutes=1))
        .order_by("-created_at", "-id")
    )
