"""Who may do what: one table from role to acts, asked by every page and every call of the API."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from resonanz.accounts.models import Role, User


class Act(StrEnum):
    """Something a colleague may or may not do."""

    ENTER = "enter"  # the start page and one's own settings
    READ_POSTS = "read_posts"
    CORRECT_TRIAGE = "correct_triage"
    READ_CASES = "read_cases"
    READ_PEOPLE = "read_people"
    READ_EMPLOYEE_NAMES = "read_employee_names"  # in the words of others; no role has it, a neutral person does
    ANSWER = "answer"
    ASSIGN = "assign"
    PUT_RIGHT_FOR_OTHERS = "put_right_for_others"  # correct or withdraw what a colleague answered
    READ_GUIDELINE = "read_guideline"  # and acknowledge it
    WRITE_GUIDELINE = "write_guideline"  # its versions, who has read it, what it would change
    GROUP_PEOPLE = "group_people"  # put a person into a target group, or take them out
    MANAGE_GROUPS = "manage_groups"
    MANAGE_MACROS = "manage_macros"
    MANAGE_TAGS = "manage_tags"
    MANAGE_SNIPPETS = "manage_snippets"
    MANAGE_KNOWN_ISSUES = "manage_known_issues"  # their wordings, and the message to all
    MANAGE_TOPICS = "manage_topics"
    MANAGE_JUDGES = "manage_judges"  # what they learn, and who judges from now on
    MANAGE_CHANNELS = "manage_channels"
    CONNECT_ACCOUNTS = "connect_accounts"  # on the network's own page, and see how channels are; also given by itself
    MANAGE_APPLICATIONS = "manage_applications"  # the company's own at networks: what IT does before channels
    MANAGE_RESPONSIBILITIES = "manage_responsibilities"
    MANAGE_COLLEAGUES = "manage_colleagues"
    SET_UP = "set_up"  # the first start, and what the company uses


_READER = frozenset({Act.ENTER, Act.READ_POSTS, Act.CORRECT_TRIAGE, Act.READ_GUIDELINE})
_AGENT = _READER | {Act.READ_CASES, Act.READ_PEOPLE, Act.ANSWER, Act.ASSIGN, Act.GROUP_PEOPLE}
_LEAD = _AGENT | {
    Act.PUT_RIGHT_FOR_OTHERS,
    Act.MANAGE_MACROS,
    Act.MANAGE_TAGS,
    Act.MANAGE_SNIPPETS,
    Act.MANAGE_KNOWN_ISSUES,
    Act.MANAGE_TOPICS,
    Act.MANAGE_JUDGES,
    Act.MANAGE_RESPONSIBILITIES,
    Act.WRITE_GUIDELINE,
    Act.MANAGE_GROUPS,
}

ACTS_BY_ROLE: dict[str, frozenset[Act]] = {
    Role.ANALYST: _READER,
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    Role.ADMIN: frozenset(Act) - {Act.READ_EMPLOYEE_NAMES},
}


def may(user: User | AnonymousUser, act: Act) -> bool:
    """Whether `user` may do `act`; nobody who is signed out or shut out may do anything."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if act is Act.READ_EMPLOYEE_NAMES:
        return user.reads_employee_names
    if act is Act.CONNECT_ACCOUNTS and user.connects_accounts and user.role in ACTS_BY_ROLE:
        return True
    return act in ACTS_BY_ROLE.get(user.role, frozenset())


def who_connects() -> QuerySet[User]:
    """All who may connect accounts, by their role or by themselves."""
    given = Q(role__in=roles_with(Act.CONNECT_ACCOUNTS)) | Q(connects_accounts=True)
    return User.objects.filter(given, is_active=True).order_by("name", "id")


def roles_with(act: Act) -> list[str]:
    """The roles that may do it."""
    return [role for role, acts in ACTS_BY_ROLE.items() if act in acts]
