"""Whoever lost the key file begins with a new one: pages still open, and everything can be typed and made anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from tests.networks import oauth_network
from tests.networks.mastodon_process import MastodonProcess
from tests.networks.oauth_network import NAME
from tests.networks.oauth_server import CLIENT_ID, CLIENT_SECRET, OAuthServer

from resonanz.accounts.models import User
from resonanz.networks.connections import applications, batch_keys, channels, connecting
from resonanz.networks.models import Application, Channel, Registration, Webhook
from resonanz.pipeline import polling

pytestmark = pytest.mark.django_db
FOREIGN = Fernet(Fernet.generate_key()).encrypt(b"{}")
PAGE = f"/channels/applications/{NAME}/"


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch, miriam: User) -> Iterator[OAuthServer]:
    """That of the company, whose keys nobody can read any more."""
    with OAuthServer() as running:
        oauth_network.put_up(monkeypatch, running)
        oauth_network.register(miriam)
        Application.objects.update(sealed=FOREIGN)
        yield running


@pytest.fixture
def agency(miriam: User) -> Channel:
    made = channels.connect(network="service_provider", name="Agency", is_live=True, actor=miriam)
    batch_keys.make(channel_id=made.pk, actor=miriam)
    Webhook.objects.update(encrypted_secret=FOREIGN)
    return made


def test_keys_of_an_application_are_typed_anew(signed_in: Client, application: OAuthServer) -> None:
    assert "Keys not readable" in signed_in.get(PAGE).content.decode()
    assert "First IT, once" in signed_in.get(f"/channels/connect/{NAME}/").content.decode()

    signed_in.post(PAGE, {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "signing_key": "k3y"})

    assert "Keys not readable" not in signed_in.get(PAGE).content.decode()
    app = applications.app_of(network=NAME)
    assert app is not None
    assert app.client_secret == CLIENT_SECRET


def test_secret_that_nobody_can_read_does_not_count_as_typed_before(
    signed_in: Client, application: OAuthServer
) -> None:
    signed_in.post(PAGE, {"client_id": CLIENT_ID, "client_secret": "", "signing_key": ""})

    assert bytes(Application.objects.get().sealed) == FOREIGN


def test_provider_gets_a_new_key(signed_in: Client, agency: Channel) -> None:
    assert "Make a key" in signed_in.get(f"/channels/{agency.pk}/").content.decode()

    signed_in.post(f"/channels/{agency.pk}/batch-keys/")

    assert len(batch_keys.good(channel=agency)) == 1


def test_we_are_made_known_to_a_server_anew(mastodon: MastodonProcess) -> None:
    begun = connecting.begin(network="mastodon", typed=mastodon.url, redirect_uri="http://localhost:8000/")
    Registration.objects.update(encrypted_client_secret=FOREIGN, client_id="before")

    again = connecting.begin(network="mastodon", typed=mastodon.url, redirect_uri="http://localhost:8000/")

    assert again.server == begun.server
    assert Registration.objects.get().client_id != "before"


def test_channel_says_what_is_wrong_and_goes_on_with_the_right_file(signed_in: Client, miriam: User) -> None:
    feed = channels.connect(network="memory", name="Wir", secret="token", is_live=True, actor=miriam)
    kept = bytes(feed.encrypted_secret)
    Channel.objects.update(encrypted_secret=FOREIGN)

    polled = polling.poll_once(feed.pk)

    feed.refresh_from_db()
    assert (polled.well, feed.state, feed.failure_code) == (False, "ACTIVE", "secrets.not_ours")
    assert "encrypted with another key file" in signed_in.get(f"/channels/{feed.pk}/").content.decode()
    Channel.objects.update(encrypted_secret=kept)
    polling.poll_once(feed.pk)
    feed.refresh_from_db()
    assert feed.failure_code != "secrets.not_ours"
