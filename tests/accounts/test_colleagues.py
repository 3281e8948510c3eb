from __future__ import annotations

import pytest

from resonanz.accounts import colleagues
from resonanz.accounts.models import Role, Team, User
from resonanz.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return User.objects.create_user("miriam@nordhain.example", name="Miriam", role=Role.ADMIN, created_at=clock.now())


def test_added_colleague_has_teams_and_no_password(administrator: User) -> None:
    team = Team.objects.create(name="Service")

    added = colleagues.add(
        name="Nora", email="Nora@Nordhain.example", role=Role.AGENT, team_ids=[team.pk], actor=administrator
    )

    assert (added.email, list(added.teams.all()), added.has_usable_password()) == (
        "nora@nordhain.example",
        [team],
        False,
    )


def test_address_is_taken_whatever_its_case(administrator: User) -> None:
    with pytest.raises(colleagues.EmailTaken):
        colleagues.add(name="M", email="MIRIAM@nordhain.example", role=Role.AGENT, team_ids=[], actor=administrator)


@pytest.mark.parametrize(("role", "is_active"), [(Role.AGENT, True), (Role.ADMIN, False)])
def test_last_administrator_stays(administrator: User, role: Role, is_active: bool) -> None:
    with pytest.raises(colleagues.LastAdministrator):
        colleagues.change(
            user_id=administrator.pk, name="M", role=role, team_ids=[], is_active=is_active, actor=administrator
        )
