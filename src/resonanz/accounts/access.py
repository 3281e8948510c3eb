"""Who may do what: one table from role to acts, asked by every page and every call of the API."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser

from resonanz.accounts.models import Role, User


class Act(StrEnum):
    """Something a colleague may or may not do."""

    ENTER = "enter"  # the start page and one's own settings
    READ_POSTS = "read_posts"
    CORRECT_TRIAGE = "correct_triage"
    READ_CASES = "read_cases"
    READ_PEOPLE = "read_people"
    ANSWER = "answer"
    ASSIGN = "assign"
    MANAGE_TOPICS = "manage_topics"
    MANAGE_CHANNELS = "manage_channels"
    MANAGE_RESPONSIBILITIES = "manage_responsibilities"
    MANAGE_COLLEAGUES = "manage_colleagues"
    SET_UP = "set_up"  # the first start, and what the company uses


_READER = frozenset({Act.ENTER, Act.READ_POSTS, Act.CORRECT_TRIAGE})
_AGENT = _READER | {Act.READ_CASES, Act.READ_PEOPLE, Act.ANSWER, Act.ASSIGN}
_LEAD = _AGENT | {Act.MANAGE_TOPICS, Act.MANAGE_RESPONSIBILITIES}

ACTS_BY_ROLE: dict[str, frozenset[Act]] = {
    Role.ANALYST: _READER,
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    Role.ADMIN: frozenset(Act),
}


def may(user: User | AnonymousUser, act: Act) -> bool:
    """Whether `user` may do `act`; nobody who is signed out or shut out may do anything."""
    return isinstance(user, User) and user.is_active and act in ACTS_BY_ROLE.get(user.role, frozenset())
