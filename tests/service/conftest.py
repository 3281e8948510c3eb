"""A practice network with somebody who asks, and a channel of ours on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.responsibilities import set_responsibility
from resonanz.guidelines.in_force import ensure_starter
from resonanz.listening.models import Post
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel
from resonanz.pipeline.polling import poll_once
from resonanz.privacy.models import Purpose
from resonanz.service.cases import settle
from resonanz.service.models import Case, CasePost
from tests.networks.memory_process import MemoryProcess

# Installing a model of 120 MB is asked for by whoever wants it: RESONANZ_TEST_MODEL=1.
collect_ignore = [] if os.environ.get("RESONANZ_TEST_MODEL") else ["test_real_model.py"]


@dataclass
class MovingClock:
    """A clock that tests push forward."""

    ahead: timedelta = field(default_factory=timedelta)

    def forward(self, **span: float) -> None:
        self.ahead += timedelta(**span)


@pytest.fixture
def moving_clock() -> Iterator[MovingClock]:
    started, moving = clock.now, MovingClock()
    begin = started()
    zero = clock.monotonic()

    def moment() -> datetime:
        return begin + timedelta(seconds=clock.monotonic() - zero) + moving.ahead

    with clock.moved_to(moment):
        yield moving


@pytest.fixture
def network(memory_network: MemoryProcess) -> MemoryProcess:
    return memory_network


@pytest.fixture
def stranger(network: MemoryProcess) -> Account:
    return network.open_account("jonas", "Jonas B.")


@pytest.fixture
def agent(db: None) -> User:
    ensure_starter()
    calendars.ensure_defaults()
    return User.objects.create_user("miriam@nordhain.example", name="Miriam", role=Role.AGENT, created_at=clock.now())


@pytest.fixture
def colleague(agent: User) -> User:
    return User.objects.create_user("ole@nordhain.example", name="Ole", role=Role.AGENT, created_at=clock.now())


@pytest.fixture
def quiet_case(agent: User) -> Case:
    """A question that no network knows of."""
    made = {"network": "memory", "created_at": clock.now()}
    channel, _ = Channel.objects.get_or_create(name="Quiet", defaults=made)
    asked = Post.objects.create(
        network="memory", native_id="1", kind="COMMENT", visibility="PUBLIC", speaker="OUTSIDER", text="Wann?",
        author_native_id="jonas", root_native_id="1", posted_at=clock.now(), received_at=clock.now(),
        purpose=Purpose.SERVICE, source="memory", delete_on=date(2099, 1, 1),
    )  # fmt: skip
    case = Case.objects.create(
        channel=channel, network=channel.network, root_native_id="1", visibility="PUBLIC", intent="QUESTION",
        opened_at=clock.now(),
        last_post_at=clock.now(),
    )  # fmt: skip
    CasePost.objects.create(case=case, post=asked, due_at=clock.now() + timedelta(hours=4))
    settle(case=case)
    return case


@pytest.fixture
def channel(network: MemoryProcess, agent: User) -> Channel:
    ours = network.open_account("nordhain")
    made = connect(
        network="memory", name="Practice", address=network.url, handle=ours.handle, native_id=ours.native_id,
        secret=ours.secret, actor=agent,
    )  # fmt: skip
    set_responsibility(
        channel_id=made.pk, topic_id=None, intent="", owner_id=agent.pk, deputy_id=None, team_id=None, actor=agent
    )
    return made


@pytest.fixture
def case(network: MemoryProcess, channel: Channel, stranger: Account) -> Case:
    """Jonas asked something, and it was taken in."""
    network.say(stranger, "@nordhain Wann kommt mein Rad?")
    poll_once(channel.pk)
    return Case.objects.select_related("channel").get()
