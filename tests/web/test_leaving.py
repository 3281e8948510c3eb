"""Before a colleague leaves, their page tells which channels use their rights; in an emergency it stops nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.networks.connections import channels, hanging
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel

pytestmark = pytest.mark.django_db
LEAVES = {"name": "Mona", "role": "ANALYST"}


@pytest.fixture
def mona() -> User:
    return User.objects.create_user(
        "mona@nordhain.example", name="Mona", role=Role.ANALYST, connects_accounts=True, created_at=clock.now()
    )


@pytest.fixture
def channel(mona: User) -> Channel:
    """Connected by her."""
    return channels.connect(network="memory", name="<b>Radwerk", native_id="7", secret="t", actor=mona)


def test_page_tells_before_which_channels_hang_on_somebody_and_who_else_connects(
    signed_in: Client, mona: User, miriam: User, channel: Channel
) -> None:
    channels.connect(network="memory", name="Another", secret="t", actor=miriam)
    channels.connect(network="feeds", name="Feed without a token", actor=mona)

    page = signed_in.get(f"/colleagues/{mona.pk}/").content.decode()

    assert "&lt;b&gt;Radwerk" in page
    assert f"Accounts are also connected by: {miriam}" in page
    assert "Another" not in page
    assert "Feed without" not in page
    assert "Not yet saved" not in page


def test_leaving_is_asked_once_more_and_then_done(signed_in: Client, mona: User, channel: Channel) -> None:
    asked = signed_in.post(f"/colleagues/{mona.pk}/", LEAVES)
    mona.refresh_from_db()
    assert (asked.status_code, mona.is_active) == (200, True)
    assert "Not yet saved" in asked.content.decode()

    done = signed_in.post(f"/colleagues/{mona.pk}/", {**LEAVES, "anyway": "1"})
    mona.refresh_from_db()
    assert (done.status_code, mona.is_active) == (302, False)
    assert Channel.objects.get().connected_by == mona


def test_nothing_is_asked_where_no_channel_hangs_on_somebody_or_they_stay(
    signed_in: Client, mona: User, channel: Channel, miriam: User
) -> None:
    assert signed_in.post(f"/colleagues/{mona.pk}/", {**LEAVES, "is_active": "on"}).status_code == 302
    account = Account(network="memory", address="", native_id="7", secret="u")
    channels.reconnect(channel_id=channel.pk, account=account, actor=miriam)

    assert signed_in.post(f"/colleagues/{mona.pk}/", LEAVES).status_code == 302
    mona.refresh_from_db()
    assert not mona.is_active


def test_who_connected_is_forgotten_once_gone_and_once_what_the_network_gave_has_ended(
    mona: User, channel: Channel
) -> None:
    day = clock.now().date()
    Channel.objects.update(expires_at=clock.now() + timedelta(days=1))
    User.objects.filter(pk=mona.pk).update(is_active=False)
    assert hanging.forget_gone(day, 10) == 0  # whose rights they are has to be known

    with clock.moved_to(clock.now() + timedelta(days=2)):
        User.objects.filter(pk=mona.pk).update(is_active=True)
        assert hanging.forget_gone(day, 10) == 0
        User.objects.filter(pk=mona.pk).update(is_active=False)
        assert hanging.forget_gone(day, 10) == 1
    assert Channel.objects.get().connected_by is None


def test_somebody_who_is_deleted_leaves_the_channel(mona: User, channel: Channel) -> None:
    mona.delete()

    assert Channel.objects.get().connected_by is None


@pytest.mark.parametrize("role", [Role.LEAD, Role.AGENT])
def test_only_administration_sees_what_hangs_on_somebody(client: Client, mona: User, role: str) -> None:
    user = User.objects.create_user("jan@nordhain.example", name="Jan", role=role, created_at=clock.now())
    client.force_login(user, backend=BACKEND)

    assert client.get(f"/colleagues/{mona.pk}/").status_code == 403
