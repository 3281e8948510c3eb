"""Connecting a channel by hand: its form asks for what the network needs, as the network declares it."""

from __future__ import annotations

import pytest
from django.test import Client

from resonanz.networks import channels, registry
from resonanz.networks.channels import account_of
from resonanz.networks.contract import Capability, Entries, Entry, Limits, Option
from resonanz.networks.models import Channel

pytestmark = pytest.mark.django_db
NEW = "/channels/new/"


class Listening:
    """A network without accounts, where words are all that is listened for."""

    name = "listening"
    title = "Listening Post"
    capabilities = frozenset({Capability.LISTEN_WIDER})
    limits = Limits()
    asks_for = Entries(address=Entry("https://other.example", is_needed=False))
    options = (Option("words", is_needed=True), Option("hashtags"))


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._BY_NAME, "listening", Listening())


def page(client: Client, network: str = "") -> str:
    return client.get(NEW, {"network": network} if network else {}).content.decode()


def asked(shown: str) -> set[str]:
    return {name for name in ("name", "address", "handle", "secret", "words", "hashtags") if f'name="{name}"' in shown}


def test_networks_are_offered_and_nothing_is_asked_before_one_is_chosen(signed_in: Client) -> None:
    shown = page(signed_in)
    assert '<a href="?network=mastodon#by-hand">Mastodon</a>' in shown
    assert '<a href="?network=feeds#by-hand">Feed</a>' in shown
    assert "?network=files" not in shown
    assert asked(shown) == set()


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize(
    ("network", "fields", "example"),
    [
        ("feeds", {"name", "address"}, "https://blog.example/feed.xml"),
        ("memory", {"name", "address", "handle", "secret"}, "http://127.0.0.1:8099"),
        ("listening", {"name", "address", "words"}, "https://other.example"),
    ],
)
def test_form_asks_for_what_the_network_declares(
    signed_in: Client, network: str, fields: set[str], example: str
) -> None:
    shown = page(signed_in, network)
    assert asked(shown) == fields
    assert f'placeholder="{example}"' in shown


def test_feed_is_connected_by_its_address(signed_in: Client) -> None:
    typed = {"network": "feeds", "name": "Forum", "address": "https://forum.example/feed", "handle": "passed over"}
    answer = signed_in.post(NEW, typed)
    made = Channel.objects.get()
    assert answer.headers["Location"] == f"/channels/{made.pk}/"
    assert (made.network, made.address, made.handle, made.settings) == ("feeds", "https://forum.example/feed", "", {})


@pytest.mark.parametrize("missing", ["address", "handle", "secret"])
def test_account_needs_all_that_its_network_needs(signed_in: Client, missing: str) -> None:
    typed = {"network": "memory", "name": "Us", "address": "http://127.0.0.1:1", "handle": "@us", "secret": "word"}
    answer = signed_in.post(NEW, typed | {missing: ""})
    assert answer.context["form"].errors.keys() == {missing}
    assert not Channel.objects.exists()


@pytest.mark.usefixtures("planted")
def test_what_a_channel_needs_to_hear_anything_is_asked_at_once(signed_in: Client) -> None:
    typed = {"network": "listening", "name": "Words", "address": "", "words": ""}
    assert signed_in.post(NEW, typed).context["form"].errors.keys() == {"words"}

    signed_in.post(NEW, typed | {"words": "#nordhain, lastenrad"})
    made = Channel.objects.get()
    assert account_of(made).settings == {"words": "nordhain lastenrad"}

    shown = signed_in.get(f"/channels/{made.pk}/").content.decode()
    assert "so this is all that is heard" in shown
    assert 'value="nordhain lastenrad"' in shown
    signed_in.post(f"/channels/{made.pk}/change/", {"words": ""})
    made.refresh_from_db()
    assert made.settings["words"] == "nordhain lastenrad"


@pytest.mark.parametrize("network", ["files", "nowhere", "__class__"])
def test_what_is_no_network_to_connect_asks_nothing(signed_in: Client, network: str) -> None:
    answer = signed_in.post(NEW, {"network": network, "name": "x", "address": "https://x.example"})
    assert (answer.status_code, asked(answer.content.decode())) == (200, set())
    assert not Channel.objects.exists()


def test_name_that_is_taken_is_told(signed_in: Client) -> None:
    channels.connect(network="feeds", name="Forum", actor=None)
    typed = {"network": "feeds", "name": "Forum", "address": "https://forum.example/feed"}
    assert "There is already a channel called Forum." in signed_in.post(NEW, typed).content.decode()
