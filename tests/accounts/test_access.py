from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from resonanz.accounts.access import ACTS_BY_ROLE, Act, may
from resonanz.accounts.models import Role, User


def test_every_role_has_its_acts() -> None:
    assert set(ACTS_BY_ROLE) == set(Role)


@pytest.mark.parametrize(
    ("role", "act", "allowed"),
    [
        (Role.ANALYST, Act.READ_POSTS, True),
        (Role.ANALYST, Act.READ_CASES, False),
        (Role.AGENT, Act.ANSWER, True),
        (Role.AGENT, Act.MANAGE_TOPICS, False),
        (Role.ANALYST, Act.READ_GUIDELINE, True),
        (Role.AGENT, Act.WRITE_GUIDELINE, False),
        (Role.AGENT, Act.GROUP_PEOPLE, True),
        (Role.AGENT, Act.MANAGE_GROUPS, False),
        (Role.LEAD, Act.WRITE_GUIDELINE, True),
        (Role.LEAD, Act.MANAGE_RESPONSIBILITIES, True),
        (Role.LEAD, Act.MANAGE_COLLEAGUES, False),
        (Role.ADMIN, Act.MANAGE_CHANNELS, True),
        (Role.ADMIN, Act.CONNECT_ACCOUNTS, True),
        (Role.LEAD, Act.CONNECT_ACCOUNTS, False),
        (Role.AGENT, Act.CONNECT_ACCOUNTS, False),
    ],
)
def test_may_follows_the_role(role: Role, act: Act, allowed: bool) -> None:
    assert may(User(role=role), act) is allowed


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AGENT, Role.LEAD])
def test_who_connects_accounts_may_do_nothing_else_besides_their_role(role: Role) -> None:
    given, plain = (User(role=role, connects_accounts=wanted) for wanted in (True, False))

    assert {act for act in Act if may(given, act)} - {act for act in Act if may(plain, act)} == {Act.CONNECT_ACCOUNTS}
    assert not may(User(role=role, connects_accounts=True, is_active=False), Act.CONNECT_ACCOUNTS)


@pytest.mark.parametrize("nobody", [AnonymousUser(), User(role=Role.ADMIN, is_active=False), User(role="CEO")])
def test_may_refuses_strangers_closed_accounts_and_unknown_roles(nobody: User | AnonymousUser) -> None:
    assert [act for act in Act if may(nobody, act)] == []
