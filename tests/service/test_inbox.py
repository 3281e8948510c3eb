from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import Team, User
from resonanz.core import clock
from resonanz.service import inbox
from resonanz.service.inbox import Cursor, View
from resonanz.service.models import Case

pytestmark = pytest.mark.django_db

MANY = 4_000
# One in ten is open; of these one in ten is mine, one in ten of my team, one in ten nobody's, one in twenty not due.
_MAKE = """
INSERT INTO service_case (channel_id, origin, root_native_id, visibility, state, intent, urgency, team_id, assignee_id,
    opened_at, last_post_at, answer_due_at, resolved_at)
SELECT %(channel)s, '', 'made-' || n, 'PUBLIC', CASE WHEN n %% 10 = 0 THEN 'OPEN' ELSE 'RESOLVED' END, 'QUESTION', 0,
    CASE n / 10 %% 10 WHEN 2 THEN NULL WHEN 3 THEN %(team)s ELSE %(other_team)s END,
    CASE n / 10 %% 10 WHEN 1 THEN %(user)s WHEN 2 THEN NULL WHEN 3 THEN NULL ELSE %(other)s END,
    %(now)s, %(now)s,
    CASE WHEN n %% 10 = 0 AND n %% 200 > 0 THEN %(now)s + (7919 * n %% %(many)s - %(many)s / 2) * interval '1 min' END,
    CASE WHEN n %% 10 > 0 THEN %(now)s - (7919 * n %% %(many)s) * interval '1 second' END
FROM generate_series(1, %(many)s) n
"""


def make_many(case: Case, user: User, other: User, many: int) -> None:
    team, other_team = Team.objects.create(name="Ours"), Team.objects.create(name="Theirs")
    user.teams.add(team)
    made: dict[str, Any] = {
        "channel": case.channel_id, "team": team.pk, "other_team": other_team.pk, "user": user.pk, "other": other.pk,
        "now": clock.now(), "many": many,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, made)
        cursor.execute("ANALYZE service_case")


@pytest.fixture
def many(quiet_case: Case, agent: User, colleague: User) -> None:
    make_many(quiet_case, agent, colleague, MANY)


def walked(user: User, view: View) -> list[Case]:
    """All pages of a list."""
    found: list[Case] = []
    after: Cursor | None = None
    while True:
        shown = inbox.cases(user=user, view=view, after=after)
        found += shown
        after = inbox.cursor_after(shown=shown, view=view)
        if after is None:
            return found


@pytest.mark.parametrize("view", [View.MINE, View.TEAM, View.LATE])
@pytest.mark.usefixtures("many")
def test_pages_of_a_list_follow_each_other_without_gap_or_repetition(agent: User, view: View) -> None:
    open_ones = Case.objects.filter(state="OPEN")
    mine = {case.pk for case in open_ones if case.assignee_id == agent.pk}
    ours = {case.pk for case in open_ones if case.team_id in {team.pk for team in agent.teams.all()}}
    nobodys = {case.pk for case in open_ones if case.assignee_id is None and case.team_id is None}
    now = clock.now()
    late = {case.pk for case in open_ones if case.answer_due_at and case.answer_due_at < now}
    wanted = {View.MINE: mine, View.TEAM: mine | ours | nobodys, View.LATE: late}[view]

    shown = walked(agent, view)

    assert [case.pk for case in shown] == [
        case.pk
        for case in sorted(
            Case.objects.filter(pk__in=wanted),
            key=lambda case: (case.answer_due_at is None, case.answer_due_at or now, case.pk),
        )
    ]


def plans(look: Callable[[], object]) -> list[dict[str, Any]]:
    """What PostgreSQL did for each query on cases."""
    with CaptureQueriesContext(connection) as asked:
        look()
    found = []
    with connection.cursor() as cursor:
        for query in asked:
            if "service_case" in query["sql"]:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
                answer = cursor.fetchone()[0]
                found.append((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])
    return found


def steps(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(step for part in plan.get("Plans", []) for step in steps(part))]


def after(user: User, view: View) -> Cursor:
    found = inbox.cursor_after(shown=inbox.cases(user=user, view=view), view=view)
    assert found is not None
    return found


LOOKS: dict[str, Callable[[User], object]] = {
    **{view: lambda user, view=view: inbox.cases(user=user, view=view) for view in View},  # type: ignore[misc]
    **{
        f"{view}, second page": lambda user, view=view: inbox.cases(  # type: ignore[misc]
            user=user, view=view, after=after(user, view)
        )
        for view in View
    },
    "count": lambda user: inbox.count(user=user, view=View.TEAM, most=100),
    "next": lambda user: inbox.next_case(user=user),
    "navigation": lambda user: inbox.waiting(user=user, most=100),
}


@pytest.mark.slow
def test_lists_read_a_small_part_of_a_hundred_thousand(quiet_case: Case, agent: User, colleague: User) -> None:
    make_many(quiet_case, agent, colleague, 100_000)

    for name, look in LOOKS.items():
        for step in (step for plan in plans(functools.partial(look, agent)) for step in steps(plan)):
            if step.get("Relation Name") == "service_case":
                assert step["Node Type"] != "Seq Scan", name
                assert step["Actual Rows"] + step.get("Rows Removed by Filter", 0) <= 5_000, name


@pytest.mark.usefixtures("many")
def test_counting_ends_where_nobody_reads_on(agent: User) -> None:
    mine = Case.objects.filter(state="OPEN", assignee=agent).count()

    assert inbox.count(user=agent, view=View.MINE) == mine == inbox.waiting(user=agent).mine
    assert inbox.count(user=agent, view=View.ALL, most=70) == 70
    told = inbox.waiting(user=agent, most=30)
    assert (told.mine, told.late, told.some_open) == (30, 30, True)


@pytest.mark.usefixtures("many")
def test_all_of_the_rows_on_a_page_are_found_again(agent: User) -> None:
    shown = [case.pk for case in walked(agent, View.TEAM)[:120]]
    Case.objects.filter(pk=shown[0]).update(state="RESOLVED", resolved_at=clock.now(), answer_due_at=None)

    assert [case.pk for case in inbox.cases(user=agent, view=View.TEAM, among=shown)] == shown[1:]


def test_search_finds_a_case_once_by_what_was_said(quiet_case: Case, agent: User) -> None:
    assert inbox.cases(user=agent, view=View.ALL, search="WANN") == [quiet_case]
    assert inbox.cases(user=agent, view=View.TEAM, search="wann") == [quiet_case]
    assert inbox.count(user=agent, view=View.ALL, search="warum") == 0


def test_nothing_waits_where_nothing_is(agent: User) -> None:
    assert inbox.waiting(user=agent) == inbox.Waiting(mine=0, late=0, some_open=False)
    assert inbox.next_case(user=agent) is None
