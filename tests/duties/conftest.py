"""A company with two channels and four people."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from resonanz.accounts.models import Membership, Role, Team, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.models import Responsibility
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening.models import Topic
from resonanz.networks.models import Channel, ChannelState

Say = Callable[..., Responsibility]


@pytest.fixture
def people(db: None) -> dict[str, User]:
    calendars.ensure_defaults()
    names = {"anna": Role.AGENT, "ben": Role.AGENT, "cleo": Role.AGENT, "dora": Role.LEAD}
    return {
        name: User.objects.create_user(f"{name}@nordhain.example", name=name.title(), role=role, created_at=clock.now())
        for name, role in names.items()
    }


@pytest.fixture
def team(people: dict[str, User]) -> Team:
    made = Team.objects.create(name="Service")
    Membership.objects.bulk_create(
        [Membership(team=made, user=people["cleo"]), Membership(team=made, user=people["dora"])]
    )
    return made


@pytest.fixture
def channel(people: dict[str, User]) -> Channel:
    return Channel.objects.create(network="files", name="Nordhain", state=ChannelState.WAITING, created_at=clock.now())


@pytest.fixture
def topic(db: None) -> Topic:
    now = clock.now()
    return Topic.objects.create(name="Product B", query="b", created_at=now, changed_at=now)


@pytest.fixture
def say(people: dict[str, User]) -> Say:
    """Say who answers; what is not said is left open."""

    def set_row(channel: Channel | None = None, owner: str = "", deputy: str = "", **more: object) -> Responsibility:
        asked: dict[str, object] = {"topic_id": None, "intent": "", "team_id": None} | more
        return set_responsibility(
            channel_id=channel.pk if channel else None,
            owner_id=people[owner].pk if owner else None,
            deputy_id=people[deputy].pk if deputy else None,
            actor=people["dora"],
            **asked,  # type: ignore[arg-type] # what tests name
        )

    return set_row
