"""Lists of work. No list sorts, filters or counts by another colleague's name: "mine" is the only person it knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from psycopg.sql import SQL

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.guidelines.acknowledging import COUNT_UNREAD
from resonanz.service.answers.signing import COUNT_SIGNABLE
from resonanz.service.lists import search as history
from resonanz.service.lists.rows import rows
from resonanz.service.models import Case, CaseState, Outgoing, OutgoingState

PAGE = 50
HITS_PAGE = 25
"""A search shows fewer at once: most look at the first few hits, and nobody has drawn their rows before."""
MOST_COUNTED = 1000
MOST_LOOKED_AT = 1000


class View(StrEnum):
    """Which cases a list shows."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"
    WAITING = "waiting"
    LATE = "late"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


_WITH_RETURNED = (View.MINE, View.TEAM, View.ALL)
_BY: Mapping[View, str] = {View.RESOLVED: "resolved_at", View.WAITING: "answer_due_at", View.LATE: "answer_due_at"}
"""By which moment a list is sorted, where not by `rank_at`: who asks what is late wants to see what is latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None and "" narrow nothing. `conditions`: what was typed (see `filtering`)."""

    channel_id: int | None = None
    topic_id: int | None = None
    intent: str = ""
    conditions: tuple[Q, ...] = ()


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last case shown, and the moment it stands by: the list goes on after it."""

    at: datetime | None
    case_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list, and where the next begins; a search that has more hits than it gives says how many it gave."""

    cases: list[Case]
    onward: Cursor | None = None
    most_found: int = 0


@dataclass(frozen=True, slots=True)
class _Reader:
    """All that tells one person's lists from another's; `teams` only where the list is of them."""

    user_id: int
    teams: tuple[int, ...]
    now: datetime


_SOMEBODY = _Reader(-1, (), datetime.max.replace(tzinfo=UTC))


def _reader(user: User, view: View) -> _Reader:
    teams = sorted(team.pk for team in user.teams.all()) if view is View.TEAM else []
    return _Reader(user.pk, tuple(teams), clock.now())


def cases(
    *,
    user: User,
    view: View,
    search: str = "",
    filters: Filters = EVERYTHING,
    after: Cursor | None = None,
    among: Collection[int] | None = None,
) -> list[Case]:
    """At most `PAGE` cases, soonest due first, what is urgent as if it were due sooner, those without a due time last.

    What is late stands by its due time alone, what is resolved newest first. What came back from being put aside stands
    before all of them, on the first page. Each case has what its row says of others (`service.lists.rows`). `among`
    gives those of these cases that belong to the list, all of them: what became of rows that stand on an open page.

    With words to `search` for, the newest hit stands first, `HITS_PAGE` at a time, and after `search.MOST_FOUND` of
    them comes none; the list of all looks at the whole history, at what is resolved, too.
    """
    if search.strip():
        return rows(case_ids=_hits(user, view, search, filters, among, after))
    if among is None:
        return rows(case_ids=page_ids(user=user, view=view, filters=filters, after=after))
    parts = (_filtered(part, filters).filter(pk__in=among) for part in _parts(_reader(user, view), view))
    standing = _ordered(_united([part.values("pk") for part in parts]), view, returned_first=True)
    return rows(case_ids=list(standing.values_list("pk", flat=True)))


def page(
    *, user: User, view: View, search: str = "", filters: Filters = EVERYTHING, after: Cursor | None = None
) -> Page:
    """What `cases` gives, and how the list goes on."""
    if not search.strip():
        shown = cases(user=user, view=view, filters=filters, after=after)
        return Page(cases=shown, onward=_cursor_after(shown, view) if len(shown) == PAGE else None)
    found = _hits_until(after, user, view, search, filters)
    start = _start(found, after)
    shown = rows(case_ids=found[start : start + HITS_PAGE])
    if shown and start + HITS_PAGE < len(found):
        return Page(cases=shown, onward=_cursor_after(shown, view))
    return Page(cases=shown, most_found=len(found) if len(found) == history.MOST_FOUND else 0)


def _hits(
    user: User, view: View, search: str, filters: Filters, among: Collection[int] | None, after: Cursor | None
) -> list[int]:
    """Cases in which the words stand, the newest hit first: a page of them, or all that are `among` these."""
    if among is not None:
        return _all_hits(user, view, search, filters, among)
    found = _hits_until(after, user, view, search, filters)
    start = _start(found, after)
    return found[start : start + HITS_PAGE]


def _hits_until(after: Cursor | None, user: User, view: View, search: str, filters: Filters) -> list[int]:
    """All hits behind a first page; for the first page, which is all that most look at, those of it and one more."""
    return _all_hits(user, view, search, filters, None, most=history.MOST_FOUND if after else HITS_PAGE + 1)


def _start(found: list[int], after: Cursor | None) -> int:
    return found.index(after.case_id) + 1 if after and after.case_id in found else 0


def _all_hits(
    user: User, view: View, search: str, filters: Filters, among: Collection[int] | None, most: int = history.MOST_FOUND
) -> list[int]:
    cases = None if view is View.ALL and filters == EVERYTHING else matching(user=user, view=view, filters=filters)
    if among is not None:
        cases = (Case.objects.all() if cases is None else cases).filter(pk__in=among)
    return [hit.case_id for hit in history.found(words=search, among=cases, most=most)]


def ids(*, user: User, view: View, search: str = "", filters: Filters = EVERYTHING, most: int) -> list[int]:
    """The ids of the first cases of a list, in its order."""
    if search.strip():
        return _all_hits(user, view, search, filters, None)[:most]
    return list(_first(_reader(user, view), view, filters, None, most=most).values_list("pk", flat=True))


def page_ids(
    *, user: User, view: View, search: str = "", filters: Filters = EVERYTHING, after: Cursor | None = None
) -> list[int]:
    """The ids of what `cases` gives, in its order: which case is the next costs a fraction of what the rows cost."""
    if search.strip():
        return _hits(user, view, search, filters, None, after)
    reader = _reader(user, view)
    if filters == EVERYTHING and after is None:
        return _ids_of_whole(reader, view)
    return list(_first(reader, view, filters, after, most=PAGE).values_list("pk", flat=True))


def _ids_of_whole(reader: _Reader, view: View) -> list[int]:
    sql, values = _composed(view, reader.teams)
    real: dict[Any, Any] = {_SOMEBODY.user_id: reader.user_id, _SOMEBODY.now: reader.now}
    with connection.cursor() as cursor:
        cursor.execute(sql, [real.get(value, value) for value in values])
        return [case_id for (case_id,) in cursor.fetchall()]


@lru_cache(maxsize=256)
def _composed(view: View, teams: tuple[int, ...]) -> tuple[str, tuple[Any, ...]]:
    """The statement of a whole list as `_SOMEBODY` would ask it: to compose it takes longer than to answer it."""
    somebody = replace(_SOMEBODY, teams=teams)
    return _first(somebody, view, EVERYTHING, None, most=PAGE).values_list("pk").query.sql_with_params()


def matching(*, user: User, view: View, filters: Filters = EVERYTHING) -> QuerySet[Case]:
    """All cases of a list, in no order; what looks for words looks among these, and in the list of all everywhere."""
    if view is View.ALL:
        return _filtered(Case.objects.all(), filters)
    # One condition on each row: joined as a union, all of a team's cases would be read for a few hits among them.
    return _filtered(reduce(or_, _parts(_reader(user, view), view)), filters)


@dataclass(frozen=True, slots=True)
class Counted:
    """A list whose cases are to be counted."""

    view: View
    filters: Filters = EVERYTHING


@dataclass(frozen=True, slots=True)
class Number:
    """How many cases; `or_more` where counting ended before the list did."""

    cases: int
    or_more: bool


def counts(*, user: User, of: Sequence[Counted], most: int) -> list[Number]:
    """How many cases each list has, in one query for all of them.

    Counting ends at `most`, and looks at the first `MOST_LOOKED_AT` cases of a list: what few of very many pass would
    else be looked for in all of them each time a page counts.
    """
    if not of:
        return []
    selects, params = [], []
    for one in of:
        sql, given = _looked_at(user, one).query.get_compiler(connection=connection).as_sql()
        selects.append(
            SQL("(SELECT ARRAY[count(*) FILTER (WHERE passes), count(*)] FROM ({}) AS looked_at)").format(SQL(sql))
        )
        params += given
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT {}").format(SQL(", ").join(selects)), params)
        return [_number(passing, looked_at, most) for passing, looked_at in cursor.fetchone()]


def _looked_at(user: User, counted: Counted) -> QuerySet[Case, Any]:
    """The first cases of the list, each once, with whether it passes the filters."""
    passes = ExpressionWrapper(_passing(counted.filters), BooleanField())
    parts = [
        _ordered(part, counted.view).annotate(passes=passes).values("pk", "passes")[:MOST_LOOKED_AT]
        for part in _parts(_reader(user, counted.view), counted.view)
    ]
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]


def _number(passing: int, looked_at: int, most: int) -> Number:
    return Number(min(passing, most), passing > most or looked_at >= MOST_LOOKED_AT)


def _first(reader: _Reader, view: View, filters: Filters, after: Cursor | None, *, most: int) -> QuerySet[Case]:
    """The first cases of a list, or those after the cursor.

    Each part of a list lies in the order of an index, so its first cases are read without looking at the others,
    however many there are. What "or" would join is read part by part, each as far as needed.
    """
    parts = [_filtered(part, filters) for part in _parts(reader, view)]
    if view not in _WITH_RETURNED:
        return _cut(parts, after, view, most=most)
    others = [part.filter(returned_at__isnull=True) for part in parts]
    if after is not None:
        return _cut(others, after, view, most=most)
    # Few at any time, and by an index of their own: somebody acts on them, for they stand at the top.
    returned = reduce(or_, parts).filter(returned_at__isnull=False).order_by("-returned_at", "-id")
    both = [returned.values("pk")[:most], *(_ordered(part, view).values("pk")[:most] for part in others)]
    return _ordered(_united(both), view, returned_first=True)[:most]


def _cut(parts: Sequence[QuerySet[Case]], after: Cursor | None, view: View, *, most: int) -> QuerySet[Case]:
    if after is not None:
        parts = [part.filter(follows) for part in parts for follows in _follows(after, view)]
    if len(parts) == 1:
        return _ordered(parts[0], view)[:most]
    return _ordered(_united([_ordered(part, view).values("pk")[:most] for part in parts]), view)[:most]


def _united(parts: Sequence[QuerySet[Case, Any]]) -> QuerySet[Case]:
    return Case.objects.filter(pk__in=parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0])


def _parts(reader: _Reader, view: View) -> list[QuerySet[Case]]:
    """What a list consists of; a case may stand in several parts."""
    found = Case.objects.filter(state=CaseState.OPEN)
    if view is View.RESOLVED:  # what was merged goes on elsewhere
        found = Case.objects.filter(state=CaseState.RESOLVED, merged_into__isnull=True)
    if view in (View.MINE, View.TEAM):
        awake = found.filter(is_snoozed=False)
        mine = [awake.filter(assignee=reader.user_id)]
        mine += [awake.filter(claimed_by=reader.user_id, claimed_until__gt=reader.now)]
        if view is View.MINE:
            return mine
        teams = [awake.filter(team=team) for team in reader.teams]
        return [*mine, awake.filter(team__isnull=True, assignee__isnull=True), *teams]
    if view is View.SNOOZED:
        return [found.filter(is_snoozed=True)]
    if view is View.WAITING:
        return [found.filter(answer_due_at__isnull=False)]
    if view is View.LATE:
        return [found.filter(answer_due_at__lt=reader.now)]
    return [found]


def _filtered(found: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    return found.filter(_passing(filters)) if filters != EVERYTHING else found


def _passing(filters: Filters) -> Q:
    """What a case has to be to pass all of the filters."""
    passing = Q(pk__isnull=False)
    for name, wanted in (("channel", filters.channel_id), ("topic", filters.topic_id), ("intent", filters.intent)):
        if wanted:
            passing &= Q(**{name: wanted})
    for condition in filters.conditions:
        passing &= condition
    return passing


def _ordered(found: QuerySet[Case], view: View, *, returned_first: bool = False) -> QuerySet[Case]:
    if view is View.RESOLVED:
        return found.order_by("-resolved_at", "-id")
    due: list[OrderBy | str] = [F(_BY.get(view, "rank_at")).asc(nulls_last=True), "id"]
    if returned_first and view in _WITH_RETURNED:
        return found.order_by(F("returned_at").desc(nulls_last=True), *due)
    return found.order_by(*due)


def _follows(after: Cursor, view: View) -> list[Q | TupleGreaterThan | TupleLessThan]:
    """What comes after the cursor, in parts of which each is one range of an index.

    Rows are compared as a whole: with "or" the planner expects too few of them and sorts all instead.
    """
    if view is View.RESOLVED:
        return [TupleLessThan((F("resolved_at"), F("id")), (after.at, after.case_id))] if after.at else [Q()]
    by = _BY.get(view, "rank_at")
    if after.at is None:
        return [Q(**{f"{by}__isnull": True}, id__gt=after.case_id)]
    later = TupleGreaterThan((F(by), F("id")), (after.at, after.case_id))
    return [later, Q(**{f"{by}__isnull": True})]


def _cursor_after(shown: list[Case], view: View) -> Cursor:
    last = shown[-1]
    return Cursor(getattr(last, _BY.get(view, "rank_at")), last.pk)


def next_case(*, user: User) -> Case | None:
    """What to do next: the soonest due of one's own, then of the team, what is urgent first."""
    for view in (View.MINE, View.TEAM):
        found = _first(_reader(user, view), view, EVERYTHING, None, most=1).first()
        if found is not None and found.answer_due_at is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the navigation tells on every page: one's own open cases, all that are late, whether any is open, how many
    answers this colleague may sign, and how many versions of the guideline they have not read."""

    mine: int
    late: int
    some_open: bool
    to_sign: int = 0
    to_read: int = 0


_WAITING = f"""
SELECT (SELECT count(*) FROM (
           (SELECT id FROM service_case
               WHERE state = 'OPEN' AND NOT is_snoozed AND assignee_id = %(user)s LIMIT %(most)s)
           UNION
           (SELECT id FROM service_case
               WHERE state = 'OPEN' AND claimed_by_id = %(user)s AND claimed_until > %(now)s LIMIT %(most)s)
           LIMIT %(most)s) mine),
       (SELECT count(*) FROM (
           SELECT 1 FROM service_case WHERE state = 'OPEN' AND answer_due_at < %(now)s LIMIT %(most)s) late),
       (SELECT id FROM service_case WHERE state = 'OPEN' ORDER BY rank_at, id LIMIT 1) IS NOT NULL,
       ({COUNT_SIGNABLE}),
       ({COUNT_UNREAD})
"""  # noqa: S608 # of constants


def waiting(*, user: User, most: int = MOST_COUNTED) -> Waiting:
    """One query that reads nothing but indexes; counting ends at `most`."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"user": user.pk, "role": user.role, "most": most, "now": clock.now()})
        return Waiting(*cursor.fetchone())


def in_time_to_undo(*, user: User) -> list[Outgoing]:
    """What this user may still take back."""
    now = clock.now()
    return list(
        Outgoing.objects.filter(author=user, state=OutgoingState.QUEUED, attempt=0, due_at__gt=now)
        .filter(planned_for__isnull=True)
        .filter(told_of_issue__isnull=True)  # those are taken back together, on the page of the issue
        .filter(created_at__gt=now - timedelta(minutes=1))
        .order_by("-created_at", "-id")
    )
