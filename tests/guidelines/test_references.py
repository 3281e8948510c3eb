from __future__ import annotations

from dataclasses import replace

import pytest

from resonanz.accounts.models import Membership, Role, Team, User
from resonanz.core import clock
from resonanz.guidelines.document import read
from resonanz.guidelines.references import Named, Reference, clauses_naming, gone, or_leads, unsigned
from resonanz.guidelines.ruling import LEADS, Approvers
from resonanz.people.models import TargetGroup
from tests.guidelines.documents import clause, document, rules
from tests.guidelines.published import publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_starter")]


def test_what_clauses_name_and_is_gone_is_told() -> None:
    now = clock.now()
    team = Team.objects.create(name="Presse")
    press = TargetGroup.objects.create(name="Presse", created_at=now, changed_at=now)
    left = User.objects.create_user("lea@nordhain.example", is_active=False, created_at=now)
    record = document(
        clause("1.1", rule={"outcome": "FORBIDDEN", "topics": [404], "groups": [press.pk]}),
        clause("1.2", must={"within_minutes": 60, "teams": [team.pk, 404]}),
        clause("1.3", rule={"outcome": "NEEDS_APPROVAL", "approvers": {"teams": [team.pk], "deputies": [left.pk]}}),
        clause("1.4", check={"check": "tone", "severity": "APPROVAL", "approvers": {"people": [404]}}),
    )

    assert gone(read(record)) == (
        Reference("1.1", Named.TOPIC, 404),
        Reference("1.2", Named.TEAM, 404),
        Reference("1.3", Named.PERSON, left.pk),
        Reference("1.4", Named.PERSON, 404),
    )


def test_clauses_that_name_something_are_found_before_it_is_removed() -> None:
    past = publish(rules({"outcome": "FORBIDDEN", "topics": [7]}), version=2)
    current = publish(rules({"outcome": "ALLOWED"}, {"outcome": "FORBIDDEN", "topics": [7]}), version=3)
    now = clock.now()
    draft = type(past).objects.create(
        state="DRAFT", document=rules({"outcome": "FORBIDDEN", "topics": [7]}), created_at=now, changed_at=now
    )

    assert clauses_naming(named=Named.TOPIC, id=7) == [(current, "1.2"), (draft, "1.1")]
    assert clauses_naming(named=Named.GROUP, id=7) == []


def test_leads_sign_where_nobody_who_was_named_can_any_more() -> None:
    now = clock.now()
    here = User.objects.create_user("arne@nordhain.example", role=Role.AGENT, created_at=now)
    left = User.objects.create_user("lea@nordhain.example", role=Role.AGENT, is_active=False, created_at=now)
    reads = User.objects.create_user("ana@nordhain.example", role=Role.ANALYST, created_at=now)
    team, empty = (Team.objects.create(name=name) for name in ("Presse", "Recht"))
    Membership.objects.create(user=here, team=team)
    lost = Approvers(people=(left.pk, reads.pk, 404), teams=(empty.pk,), within_minutes=30)
    kept = [
        Approvers(people=(left.pk,), deputies=(here.pk,)),
        Approvers(people=(left.pk,), teams=(team.pk,)),
        Approvers(roles=("AGENT",), people=(left.pk,)),
        LEADS,
    ]

    record = document(
        *(
            clause(f"1.{place}", rule={"outcome": "NEEDS_APPROVAL", "approvers": one.as_record()})
            for place, one in enumerate([lost, *kept], start=1)
        )
    )

    assert or_leads(lost) == replace(lost, roles=LEADS.roles)
    assert [or_leads(one) for one in kept] == kept
    assert unsigned(read(record)) == ("1.1",)
