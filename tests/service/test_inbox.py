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
from resonanz.service.lists import inbox
from resonanz.service.lists.filtering import meant
from resonanz.service.lists.inbox import Counted, Cursor, Filters, View
from resonanz.service.models import Case

pytestmark = pytest.mark.django_db

MANY = 4_000
# One in ten is open; of these one in ten is mine, one in ten of my team, one in ten nobody's, one in twenty not due.
# Of the open ones, one in 33 is snoozed, I work on one in 77, and some forty came back.
_MADE = {
    "root_native_id": "'made-' || n",
    "state": "CASE WHEN n %% 10 = 0 THEN 'OPEN' ELSE 'RESOLVED' END",
    "team_id": "CASE n / 10 %% 10 WHEN 2 THEN NULL WHEN 3 THEN %(team)s ELSE %(other_team)s END",
    "assignee_id": "CASE n / 10 %% 10 WHEN 1 THEN %(user)s WHEN 2 THEN NULL WHEN 3 THEN NULL ELSE %(other)s END",
    "answer_due_at": "CASE WHEN n %% 10 = 0 AND n %% 200 > 0"
    " THEN %(now)s + (7919 * n %% %(many)s - %(many)s / 2) * interval '1 min' END",
    "resolved_at": "CASE WHEN n %% 10 > 0 THEN %(now)s - (7919 * n %% %(many)s) * interval '1 second' END",
    "is_snoozed": "n %% 330 = 0",
    "claimed_by_id": "CASE WHEN n %% 770 = 0 AND n %% 330 > 0 THEN %(user)s END",
    "claimed_until": "%(now)s + interval '1 hour'",
    "returned_at": "CASE WHEN n %% 10 = 0 AND n %% (%(many)s / 20) < 20 AND n %% 330 > 0"
    " THEN %(now)s - n * interval '1 second' END",
}
"""What the cases made differ in; all else they have from the case they are made of."""


def make_many(case: Case, user: User, other: User, many: int) -> None:
    team, other_team = Team.objects.create(name="Ours"), Team.objects.create(name="Theirs")
    user.teams.add(team)
    made: dict[str, Any] = {
        "pattern": case.pk, "team": team.pk, "other_team": other_team.pk, "user": user.pk, "other": other.pk,
        "now": clock.now(), "many": many,
    }  # fmt: skip
    own = [column for column in Case._meta.concrete_fields if not column.primary_key and not column.generated]
    columns = [str(column.column) for column in own]
    values = [_MADE.get(column, f"pattern.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO service_case ({', '.join(columns)}) SELECT {', '.join(values)}"
            " FROM generate_series(1, %(many)s) n, service_case pattern WHERE pattern.id = %(pattern)s",
            made,
        )
        cursor.execute("ANALYZE service_case")


@pytest.fixture
def many(quiet_case: Case, agent: User, colleague: User) -> None:
    make_many(quiet_case, agent, colleague, MANY)


def walked(user: User, view: View) -> list[Case]:
    """All pages of a list."""
    found: list[Case] = []
    after: Cursor | None = None
    while True:
        shown = inbox.page(user=user, view=view, after=after)
        found += shown.cases
        after = shown.onward
        if after is None:
            return found


@pytest.mark.parametrize("view", [View.MINE, View.TEAM, View.LATE])
@pytest.mark.usefixtures("many")
def test_pages_of_a_list_follow_each_other_without_gap_or_repetition(agent: User, view: View) -> None:
    everything = Case.objects.filter(state="OPEN")
    open_ones = [case for case in everything if not case.is_snoozed]
    mine = {case.pk for case in open_ones if agent.pk in (case.assignee_id, case.claimed_by_id)}
    ours = {case.pk for case in open_ones if case.team_id in {team.pk for team in agent.teams.all()}}
    nobodys = {case.pk for case in open_ones if case.assignee_id is None and case.team_id is None}
    now = clock.now()
    late = {case.pk for case in everything if case.answer_due_at and case.answer_due_at < now}
    wanted = {View.MINE: mine, View.TEAM: mine | ours | nobodys, View.LATE: late}[view]

    shown = walked(agent, view)

    assert [case.pk for case in shown] == [
        case.pk
        for case in sorted(
            Case.objects.filter(pk__in=wanted),
            key=lambda case: (
                *((case.returned_at is None, now - (case.returned_at or now)) if view is not View.LATE else ()),
                case.answer_due_at is None,
                case.answer_due_at or now,
                case.pk,
            ),
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
    found = inbox.page(user=user, view=view).onward
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
    "counts": lambda user: inbox.counts(
        user=user,
        of=[Counted(view, Filters(conditions=meant(text="is:late", user=user).conditions)) for view in View],
        most=100,
    ),
    **{
        f"typed {text}": lambda user, text=text: inbox.cases(  # type: ignore[misc]
            user=user, view=View.ALL, filters=Filters(conditions=meant(text=text, user=user).conditions)
        )
        for text in ("is:late", "is:snoozed", "is:mine", "is:returned", "assignee:ours")
    },
    "ids": lambda user: inbox.ids(user=user, view=View.TEAM, most=100),
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
                # Ten thousand that are open may be sorted quicker than read in the order of the index.
                most = 10_000 if name == "counts" else 5_000
                assert step["Actual Rows"] + step.get("Rows Removed by Filter", 0) <= most, name


@pytest.mark.usefixtures("many")
def test_counting_ends_where_nobody_reads_on(agent: User) -> None:
    mine = sum(
        agent.pk in (case.assignee_id, case.claimed_by_id)
        for case in Case.objects.filter(state="OPEN", is_snoozed=False)
    )

    assert len(inbox.ids(user=agent, view=View.MINE, most=1000)) == mine == inbox.waiting(user=agent).mine
    assert len(inbox.ids(user=agent, view=View.ALL, most=70)) == 70
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
    assert inbox.ids(user=agent, view=View.ALL, search="wann", most=5) == [quiet_case.pk]
    assert inbox.ids(user=agent, view=View.ALL, search="warum", most=5) == []
    assert inbox.cases(user=agent, view=View.ALL, search="wann", among=[quiet_case.pk, 0]) == [quiet_case]
    assert inbox.cases(user=agent, view=View.ALL, search="warum", among=[quiet_case.pk]) == []


def test_search_of_all_looks_at_what_is_resolved_and_others_stay_among_their_own(quiet_case: Case, agent: User) -> None:
    Case.objects.update(state="RESOLVED", resolved_at=clock.now(), answer_due_at=None)

    assert inbox.cases(user=agent, view=View.ALL, search="wann") == [quiet_case]
    assert inbox.cases(user=agent, view=View.RESOLVED, search="wann") == [quiet_case]
    assert inbox.cases(user=agent, view=View.TEAM, search="wann") == []
    only_open = Filters(conditions=meant(text="is:open", user=agent).conditions)
    assert inbox.cases(user=agent, view=View.ALL, search="wann", filters=only_open) == []


def test_nothing_waits_where_nothing_is(agent: User) -> None:
    assert inbox.waiting(user=agent) == inbox.Waiting(mine=0, late=0, some_open=False)
    assert inbox.next_case(user=agent) is None


def test_the_database_looks_again_soon_after_many_cases_moved() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE oid = 'service_case'::regclass")
        (options,) = cursor.fetchone()

    assert "autovacuum_analyze_scale_factor=0.01" in options
