from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.service import cases
from resonanz.service.models import Case
from resonanz.service.notices import CHANNEL, Doing, notify, notify_presence
from resonanz.service.work import leases

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """A connection beside Django's that hears what is committed."""

    def __init__(self, link: psycopg.Connection[Any]) -> None:
        self._link = link
        link.execute(f"LISTEN {CHANNEL}")

    def heard(self) -> list[dict[str, Any]]:
        """Everything told so far."""
        return [json.loads(notice.payload) for notice in self._link.notifies(timeout=0.2)]


@pytest.fixture
def listener(db: None) -> Iterator[Listener]:
    parameters = connection.get_connection_params()
    address = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname") if name in parameters}
    with psycopg.connect(**address, autocommit=True) as link:
        yield Listener(link)


def test_notices_of_many_cases_are_cut_to_what_the_database_takes(listener: Listener) -> None:
    most = 2**63 - 1
    notify(case_ids=range(most - 700, most), posts=9)

    told = listener.heard()
    assert [len(notice["cases"]) for notice in told] == [80] * 8 + [60]
    assert sum(notice["posts"] for notice in told) == 9
    assert len({case for notice in told for case in notice["cases"]}) == 700


def test_nothing_is_told_of_nothing(listener: Listener) -> None:
    notify(case_ids=[])

    assert listener.heard() == []


def test_presence_names_the_colleague_however_long_the_name(listener: Listener, agent: User) -> None:
    agent.name = "\N{PILE OF POO}" * 120
    notify_presence(case_id=7, user=agent, doing="writing")
    agent.name = "Miriam Kolb"
    notify_presence(case_id=7, user=agent, doing=Doing.GONE)

    first, second = (notice["presence"] for notice in listener.heard())
    assert first["name"] == "\N{PILE OF POO}" * 120
    assert second == {"case": 7, "user": agent.pk, "name": "Miriam Kolb", "initials": "MK", "doing": "gone"}


def test_unknown_presence_is_refused(agent: User) -> None:
    with pytest.raises(ValueError, match="sleeping"):
        notify_presence(case_id=7, user=agent, doing="sleeping")


def test_every_act_on_a_case_is_told(listener: Listener, case: Case, agent: User) -> None:
    listener.heard()
    cases.assign(case_id=case.pk, assignee_id=None, actor=agent)

    assert listener.heard() == [{"cases": [case.pk], "posts": 0, "whose": [[case.team_id, None, None]]}]


def test_notice_says_for_whom_a_case_waits_and_whether_it_stays_where_it_stood(
    listener: Listener, case: Case, agent: User
) -> None:
    listener.heard()
    leases.work_on(case_id=case.pk, user=agent, writes=True)
    Case.objects.filter(pk=case.pk).update(state="RESOLVED", resolved_at=clock.now())
    notify(case_ids=[case.pk, 2**63 - 1])

    claimed, resolved = listener.heard()
    case.refresh_from_db()
    assert claimed["stays"]
    assert claimed["whose"] == [[case.team_id, case.assignee_id, agent.pk]]
    assert "stays" not in resolved
    assert resolved["whose"] == [None, None]


def test_largest_notice_fits(listener: Listener) -> None:
    largest = 2**63 - 1
    told = {"cases": [largest] * 80, "whose": [[largest] * 3] * 80, "posts": 9, "stays": True, "approvals": True}

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s::jsonb::text)", [CHANNEL, json.dumps(told)])

    assert listener.heard() == [told]
