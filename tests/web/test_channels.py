"""Connecting a channel by hand: its form asks for what the network needs, as the network declares it."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.networks.mail_server import SECRET, USER, FakeMail

from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks import registry
from resonanz.networks.connections import channels
from resonanz.networks.connections.channels import account_of
from resonanz.networks.contract import BadEvent, Capability, Entries, Entry, Limits, Option
from resonanz.networks.models import Channel
from resonanz.pipeline import putting_aside

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
    fields = ("name", "address", "handle", "secret", "words", "hashtags", "smtp", "mailbox")
    return {name for name in fields if f'name="{name}"' in shown}


def test_networks_are_offered_and_nothing_is_asked_before_one_is_chosen(signed_in: Client) -> None:
    shown = page(signed_in)
    assert '<a href="?network=mastodon#by-hand">Mastodon</a>' in shown
    assert '<a href="?network=feeds#by-hand">Feed</a>' in shown
    assert "?network=files" not in shown
    assert 'aria-label="Connect Mastodon">Mastodon</a>' in shown
    assert asked(shown) == set()


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize(
    ("network", "fields", "example"),
    [
        ("feeds", {"name", "address"}, "https://blog.example/feed.xml"),
        ("memory", {"name", "address", "handle", "secret"}, "http://127.0.0.1:8099"),
        ("listening", {"name", "address", "words"}, "https://other.example"),
        ("mail", {"name", "address", "handle", "secret", "smtp", "mailbox"}, "info@nordhain.example"),
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


def test_what_a_network_calls_otherwise_is_called_so(signed_in: Client) -> None:
    shown = page(signed_in, "mail")
    assert ">Mailbox<" in shown
    assert ">Handle<" not in shown
    assert 'type="url"' not in shown
    assert "Only that of a role" in shown


def test_a_persons_mailbox_is_not_connected_unless_somebody_says_that_it_is_none(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = {"network": "mail", "name": "Eva", "handle": "eva.muster@shop.example", "secret": "word"}
    answer = signed_in.post(NEW, typed)
    assert "looks like a person’s own mailbox" in answer.content.decode()

    with FakeMail() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.allowed)
        here = {"address": server.account.address, "smtp": f" {server.account.settings['smtp']} ", "secret": SECRET}
        refused = signed_in.post(NEW, typed | here | {"mailbox": "role", "mail_name": "Nordhain, der Laden"})
        assert "does not let this account in" in refused.content.decode()
        signed_in.post(NEW, typed | here | {"handle": USER, "mail_name": "Nordhain, der Laden"})
        settings = {"smtp": server.account.settings["smtp"], "mail_name": "Nordhain, der Laden"}
        expected = server.account.address

    made = Channel.objects.get()
    assert (made.handle, made.native_id, made.address) == (USER, USER, expected)
    assert {key: value for key, value in made.settings.items() if value} == settings
    assert SECRET.encode() not in bytes(made.encrypted_secret)


def test_what_was_not_taken_in_is_counted_on_the_page_of_the_channel(signed_in: Client) -> None:
    made = channels.connect(network="feeds", name="Forum", actor=None)
    assert "Put aside" not in signed_in.get(f"/channels/{made.pk}/").content.decode()
    reasons = ["mail.unknown_notice", "mail.unknown_notice", "event.ValueError", "entry.not_an_object"]
    putting_aside.keep(made, [BadEvent("<script>", reason) for reason in reasons])

    answer = signed_in.get(f"/channels/{made.pk}/")

    assert sorted(number for _, number in answer.context["put_aside"]) == [2, 2]
    assert "stays unread in the mailbox" in answer.content.decode()
    assert "ValueError" not in answer.content.decode()
