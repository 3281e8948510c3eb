"""X's webhook from the page of a channel: one address for the application, told, looked at, taken in, and ended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from tests.networks.x_asking import NOON
from tests.networks.x_server import BEARER, CLIENT_SECRET, SIGNED_WITH, TOKEN, US, XServer
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.listening.models import Post
from resonanz.networks.connections import applications, channels
from resonanz.networks.models import Channel
from resonanz.networks.x import bringing
from resonanz.pipeline import arrivals, channel_removal, receiving
from resonanz.pipeline.receiving import Received

pytestmark = pytest.mark.django_db
ROOT = "https://edge.nordhain.example"


@pytest.fixture
def x(monkeypatch: pytest.MonkeyPatch) -> Iterator[XServer]:
    bringing._looked.clear()
    with clock.moved_to(NOON), XServer() as server, override_settings(WEBHOOK_URL=ROOT):
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


@pytest.fixture
def channel(x: XServer, miriam: User) -> Channel:
    typed = {"client_id": "client", "client_secret": CLIENT_SECRET, "bearer": BEARER}
    applications.keep(network="x", typed=typed, actor=miriam)
    return channels.connect(
        network="x", name="X", address=x.url, handle="nordhain", native_id=US, secret=TOKEN, is_live=True, actor=None
    )


def address() -> str:
    return f"{ROOT}/webhooks/{applications.webhook_key(network='x')}"


def bring(client: Client, channel: Channel) -> str:
    return client.post(f"/channels/{channel.pk}/webhook/brought/", follow=True).content.decode()


def health(client: Client, channel: Channel) -> str:
    return client.get(f"/channels/{channel.pk}/webhook/health/").content.decode()


def test_page_offers_it_and_says_that_it_is_charged(signed_in: Client, channel: Channel, x: XServer) -> None:
    shown = signed_in.get(f"/channels/{channel.pk}/").content.decode()

    assert "what is brought is charged, too" in shown
    assert x.asked == []


def test_x_is_told_the_address_of_the_application_and_what_it_brings_is_taken_in(
    signed_in: Client, channel: Channel, x: XServer
) -> None:
    shown = bring(signed_in, channel)

    assert address() in shown
    assert [one["url"] for one in x.webhooks.values()] == [address()]
    assert "brings everything" in health(signed_in, channel)
    headers, body = x.event("post.mention.create", x.say("ada", "Wo seid ihr, @nordhain?"), header=SIGNED_WITH[1])
    key = address().rpartition("/")[2]
    assert receiving.receive(key=key, headers=headers, body=body) is Received.STORED
    arrivals.take_waiting()
    assert Post.objects.get().text == "Wo seid ihr, @nordhain?"
    proof = receiving.prove(key=key, asked={"crc_token": "abc"})
    assert proof is not None
    assert "sha256=" in proof.body


def test_address_that_x_does_not_take_for_ours_is_told_as_that_and_told_again(
    signed_in: Client, channel: Channel, x: XServer
) -> None:
    bring(signed_in, channel)
    x.webhooks["900"]["valid"] = x.proves = False

    assert "does not take it for ours" in health(signed_in, channel)
    assert "X asked this address for a proof and did not get it." in bring(signed_in, channel)
    x.proves = True
    bring(signed_in, channel)
    assert "brings everything" in health(signed_in, channel)


def test_account_is_ended_by_hand_and_with_its_channel(
    signed_in: Client, channel: Channel, x: XServer, miriam: User
) -> None:
    bring(signed_in, channel)
    signed_in.post(f"/channels/{channel.pk}/webhook/asked/")
    assert x.subscriptions == {}

    bring(signed_in, channel)
    assert x.subscriptions
    channel_removal.remove(channel_id=channel.pk, actor=miriam)
    assert x.subscriptions == {}


def test_without_the_token_of_the_application_the_page_says_what_is_missing(
    signed_in: Client, channel: Channel, x: XServer, miriam: User
) -> None:
    applications.forget(network="x", actor=miriam)
    applications.keep(network="x", typed={"client_id": "client", "client_secret": CLIENT_SECRET}, actor=miriam)

    assert "bearer token of the application" in bring(signed_in, channel)
    channel.refresh_from_db()
    assert not channel.settings.get("brought_to")
    assert x.asked == []


@pytest.mark.parametrize("role", [Role.LEAD, Role.AGENT, Role.ANALYST])
def test_who_may_not_manage_channels_tells_nothing(client: Client, channel: Channel, x: XServer, role: Role) -> None:
    jonas = User.objects.create_user("jonas@nordhain.example", name="Jonas", role=role, created_at=clock.now())
    client.force_login(jonas, backend=BACKEND)

    assert client.post(f"/channels/{channel.pk}/webhook/brought/").status_code == 403
    assert x.asked == []
