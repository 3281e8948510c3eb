from __future__ import annotations

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.service import mentions, notes
from resonanz.service.lists import filtering, inbox
from resonanz.service.lists.inbox import Filters, View
from resonanz.service.models import Case, NoteMention

pytestmark = pytest.mark.django_db


def person(name: str, role: Role = Role.AGENT, is_active: bool = True) -> User:
    email = f"{name.replace(' ', '.').lower()}@nordhain.example"
    return User.objects.create_user(email, name=name, role=role, is_active=is_active, created_at=clock.now())


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Ole, siehst du das?", ["Ole"]),
        ("Frag @miriam kessler oder @Ole.", ["Miriam Kessler", "Ole"]),
        ("@Miriam", []),  # two bear this first name
        ("an ole@nordhain.example", []),
        ("@Olexandra und @@Ole", []),
        ("<b>@Ole</b>", ["Ole"]),
        ("@ allein", []),
    ],
)
def test_a_text_calls_by_name(db: None, text: str, called: list[str]) -> None:
    among = [person("Miriam Kessler"), person("Miriam Ott"), person("Ole")]

    assert sorted(user.name for user in mentions.called(text=text, among=among)) == called


def test_only_who_may_see_cases_is_called_or_offered(quiet_case: Case, agent: User, colleague: User) -> None:
    person("Anton Analyst", role=Role.ANALYST)
    person("Olga Weg", is_active=False)

    notes.write(case_id=quiet_case.pk, text="@Ole @Anton Analyst @Olga Weg @Miriam", author=agent)

    assert [mention.user for mention in NoteMention.objects.all()] == [colleague]
    assert [user.name for user in mentions.beginning(typed="o", most=8)] == ["Ole"]
    assert mentions.beginning(typed="a", most=8) == []


def test_whoever_is_called_finds_the_case_and_nobody_else_does(quiet_case: Case, agent: User, colleague: User) -> None:
    written = notes.write(case_id=quiet_case.pk, text="@Ole bitte", author=agent)

    def listed(user: User) -> list[Case]:
        meant = filtering.meant(text="erwähnt:mich", user=user)
        assert meant.problems == ()
        return inbox.cases(user=user, view=View.ALL, filters=Filters(conditions=meant.conditions))

    assert listed(colleague) == [quiet_case]
    assert listed(agent) == []
    assert mentions.lately(user=colleague, since=quiet_case.opened_at) == [written]
    assert filtering.meant(text="mentions:ole", user=agent).problems[0].code == "filter.unknown_value"
