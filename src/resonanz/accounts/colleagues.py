"""Colleagues and teams: who works here, in which role, in which team."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import IntegrityError, transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import Membership, Role, Team, User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.privacy import audit

Gone = Callable[[User, User], None]
"""Called with who is shut out and who did it, within the transaction."""
_when_gone: list[Gone] = []


class EmailTaken(ResonanzError):
    """Another colleague has this address."""

    code = "colleague.email_taken"


class TeamNameTaken(ResonanzError):
    """Another team bears this name."""

    code = "team.name_taken"


class LastAdministrator(ResonanzError):
    """Without this colleague nobody could manage the house any more."""

    code = "colleague.last_administrator"


def when_gone(do: Gone) -> None:
    """Register what else is to be done when somebody may come in no more; once, however often it is called."""
    if do not in _when_gone:
        _when_gone.append(do)


def add(*, name: str, email: str, role: str, team_ids: Sequence[int], actor: User) -> User:
    """A new colleague without a password: a sign-in link lets them in the first time. Raises EmailTaken."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, name=name, role=role, created_at=clock.now())
            _put_into_teams(user, team_ids)
            audit.record(act="colleague.added", actor=actor_of(actor), thing="user", thing_id=user.pk)
    except IntegrityError as error:
        raise EmailTaken(email=email) from error
    return user


def change(
    *, user_id: int, name: str, role: str, team_ids: Sequence[int], is_active: bool, actor: User,
    reads_employee_names: bool | None = None, connects_accounts: bool | None = None,
) -> User:  # fmt: skip
    """Change a colleague's name, role, teams or whether they may come in; raises LastAdministrator.

    `reads_employee_names`: whether they are a neutral person, `connects_accounts`: whether they may connect accounts
    although their role does not say so; None leaves it as it is.
    """
    with transaction.atomic():
        # Not the key: whoever gives a case to somebody needs it, and would wait for us who wait for the case.
        every = User.objects.select_for_update(no_key=True)
        administrators = list(every.filter(role=Role.ADMIN, is_active=True).order_by("id"))
        user = every.get(pk=user_id)
        if administrators == [user] and not (role == Role.ADMIN and is_active):
            raise LastAdministrator(name=str(user))
        leaves = user.is_active and not is_active
        user.name, user.role, user.is_active = name, role, is_active
        user.save(update_fields=["name", "role", "is_active"])
        _put_into_teams(user, team_ids)
        audit.record(act="colleague.changed", actor=actor_of(actor), thing="user", thing_id=user.pk)
        _name_neutral(user, reads_employee_names, actor)
        _let_connect(user, connects_accounts, actor)
        for do in _when_gone if leaves else ():
            do(user, actor)
    return user


def _name_neutral(user: User, wanted: bool | None, actor: User) -> None:
    if wanted is None or wanted == user.reads_employee_names:
        return
    user.reads_employee_names = wanted
    user.save(update_fields=["reads_employee_names"])
    act = "colleague.named_neutral" if wanted else "colleague.neutral_no_more"
    audit.record(act=act, actor=actor_of(actor), thing="user", thing_id=user.pk)


def _let_connect(user: User, wanted: bool | None, actor: User) -> None:
    if wanted is None or wanted == user.connects_accounts:
        return
    user.connects_accounts = wanted
    user.save(update_fields=["connects_accounts"])
    act = "colleague.may_connect" if wanted else "colleague.may_connect_no_more"
    audit.record(act=act, actor=actor_of(actor), thing="user", thing_id=user.pk)


def add_team(*, name: str, actor: User) -> Team:
    """A new, empty team; raises TeamNameTaken."""
    try:
        with transaction.atomic():
            team = Team.objects.create(name=name)
            audit.record(act="team.added", actor=actor_of(actor), thing="team", thing_id=team.pk)
    except IntegrityError as error:
        raise TeamNameTaken(name=name) from error
    return team


def set_preferences(*, user: User, language: str, time_zone: str) -> None:
    """What a colleague chose for their own pages; "" leaves it to the browser and the company."""
    user.language, user.time_zone = language, time_zone
    user.save(update_fields=["language", "time_zone"])


def _put_into_teams(user: User, team_ids: Sequence[int]) -> None:
    Membership.objects.filter(user=user).exclude(team_id__in=team_ids).delete()
    Membership.objects.bulk_create([Membership(user=user, team_id=team) for team in team_ids], ignore_conflicts=True)
