"""The hub of a feed on the page of its channel: offered where the feed names one, told where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from tests.networks.conftest import reachable
from tests.networks.hub_server import HubServer

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.networks.connections import channels
from resonanz.networks.models import Channel, Lease, Webhook
from resonanz.networks.webhooks import BROUGHT_TO
from resonanz.pipeline import receiving

pytestmark = pytest.mark.django_db
ROOT = "https://edge.nordhain.example"


@pytest.fixture(autouse=True)
def reached_at() -> Iterator[None]:
    with override_settings(WEBHOOK_URL=ROOT):
        yield


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with reachable(HubServer(), monkeypatch) as server:
        yield server


@pytest.fixture
def channel(hub: HubServer) -> Channel:
    return channels.connect(network="feeds", name="Blog", address=hub.feed, is_live=True, actor=None)


def door(asked: dict[str, str]) -> str | None:
    proof = receiving.prove(key=Webhook.objects.get().key, asked=asked)
    return proof.body if proof else None


def page(client: Client, channel: Channel, language: str = "en") -> str:
    answer = client.get(f"/channels/{channel.pk}/", headers={"accept-language": language})
    return " ".join(answer.content.decode().split())


def health(client: Client, channel: Channel) -> str:
    return " ".join(client.get(f"/channels/{channel.pk}/webhook/health/").content.decode().split())


def bring(client: Client, channel: Channel) -> str:
    answer = client.post(f"/channels/{channel.pk}/webhook/brought/", follow=True)
    channel.refresh_from_db()
    return " ".join(answer.content.decode().split())


def test_page_asks_nobody_and_offers_no_button_before_it_looked(
    signed_in: Client, channel: Channel, hub: HubServer
) -> None:
    shown = page(signed_in, channel)

    assert "This feed is asked every five minutes" in shown
    assert "Look whether it names one" in shown
    assert "Have it brought" not in shown
    assert hub.fetched == 0


def test_button_is_there_where_the_feed_names_a_hub(signed_in: Client, channel: Channel, hub: HubServer) -> None:
    shown = health(signed_in, channel)

    assert f"<code>{ROOT}</code>" in shown
    assert "Have it brought" in shown
    assert hub.asked == []


def test_feed_without_a_hub_says_so_and_has_no_button(signed_in: Client, channel: Channel, hub: HubServer) -> None:
    hub.hubs = []
    shown = health(signed_in, channel)

    assert "This feed names no hub that could bring what is new, so it is asked every five minutes." in shown
    assert "Have it brought" not in shown


def test_feed_that_cannot_be_reached_says_so(signed_in: Client, channel: Channel, hub: HubServer) -> None:
    hub.refuses["/feed"] = (500, {}, b"")
    shown = health(signed_in, channel)

    assert "cannot be reached" in shown
    assert "Have it brought" not in shown


def test_hub_is_asked_and_its_answer_shows(signed_in: Client, channel: Channel, hub: HubServer) -> None:
    assert "The hub was asked." in bring(signed_in, channel)
    assert "It has not confirmed yet" in health(signed_in, channel)

    hub.verify(door)

    assert "brings what is new" in health(signed_in, channel)
    shown = page(signed_in, channel)
    assert "The hub of this feed brings what is new." in shown
    assert channel.settings[BROUGHT_TO] in shown
    assert hub.subscribed.popitem()[1].secret not in shown


def test_hub_that_says_no_shows_with_its_words(signed_in: Client, channel: Channel, hub: HubServer) -> None:
    bring(signed_in, channel)
    hub.deny(door, "<b>Only members</b>")
    shown = health(signed_in, channel)

    assert "refuses" in shown
    assert "&lt;b&gt;Only members&lt;/b&gt;" in shown


def test_end_of_its_time_shows(signed_in: Client, channel: Channel, hub: HubServer) -> None:
    bring(signed_in, channel)
    hub.verify(door)
    Lease.objects.update(began_at=clock.now() - timedelta(days=9), until=clock.now() - timedelta(minutes=1))

    assert "Its time is over" in health(signed_in, channel)


def test_other_hub_by_now_shows(signed_in: Client, channel: Channel, hub: HubServer) -> None:
    bring(signed_in, channel)
    hub.verify(door)
    hub.hubs = [f"{hub.url}/hub2"]

    assert "By now the feed names another hub" in health(signed_in, channel)


def test_list_of_channels_tells_where_it_stands(signed_in: Client, channel: Channel, hub: HubServer) -> None:
    def listed() -> str:
        return signed_in.get("/channels/").content.decode()

    bring(signed_in, channel)
    assert "hub asked" in listed()
    hub.verify(door)
    assert "brought by its hub" in listed()
    Lease.objects.update(began_at=clock.now() - timedelta(days=9), until=clock.now() - timedelta(minutes=1))
    assert "hub silent" in listed()
    door({"hub.mode": "denied", "hub.topic": hub.feed})
    assert "hub refuses" in listed()


def test_hub_that_refuses_at_once_leaves_the_button_and_says_why(
    signed_in: Client, channel: Channel, hub: HubServer
) -> None:
    hub.refuses["/hub"] = (403, {"Content-Type": "text/plain"}, b"members only")

    assert "members only" in bring(signed_in, channel)
    assert "Have it brought" in health(signed_in, channel)


def test_only_asking_ends_it(signed_in: Client, channel: Channel, hub: HubServer) -> None:
    bring(signed_in, channel)
    hub.verify(door)

    signed_in.post(f"/channels/{channel.pk}/webhook/asked/")

    assert hub.wishes[-1].mode == "unsubscribe"
    assert "Look whether it names one" in page(signed_in, channel)


@pytest.mark.parametrize("path", ["brought", "asked", "health"])
def test_who_may_not_manage_channels_may_not(
    signed_in: Client, miriam: User, channel: Channel, hub: HubServer, path: str
) -> None:
    miriam.role = Role.AGENT
    miriam.save()
    ask = signed_in.get if path == "health" else signed_in.post

    assert ask(f"/channels/{channel.pk}/webhook/{path}/").status_code == 403
    assert (hub.asked, hub.fetched) == ([], 0)


def test_network_that_brings_nothing_is_no_fault(signed_in: Client) -> None:
    news = channels.connect(network="hackernews", name="News", is_live=True, actor=None)
    assert signed_in.get(f"/channels/{news.pk}/webhook/health/").status_code == 200


def test_page_reads_in_german(signed_in: Client, channel: Channel, hub: HubServer) -> None:
    assert "Dieser Feed wird alle fünf Minuten abgefragt." in page(signed_in, channel, "de")
    bring(signed_in, channel)
    assert "Der Hub dieses Feeds bringt Neues." in page(signed_in, channel, "de")
