"""Connecting review sites by the keys that a person pastes, and LinkedIn by none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from tests.networks.app_store_server import APP, ISSUER, KEY_ID, AppStoreServer
from tests.networks.review_asking import NOON
from tests.networks.signing_keys import ec_key, pem

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks import app_store
from resonanz.networks.connections.channels import account_of
from resonanz.networks.models import Channel

pytestmark = pytest.mark.django_db
NEW = "/channels/new/"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppStoreServer]:
    """App Store Connect on the loopback: its address is Apple's own and nothing that people type."""
    with clock.moved_to(NOON), AppStoreServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        monkeypatch.setattr(app_store, "API", server.url)
        yield server


def typed(**other: str) -> dict[str, str]:
    # A field of one line takes the line breaks of a pasted key away.
    key = pem(ec_key()).replace("\n", "")
    known = {"network": "app_store", "name": "Unsere App", "handle": APP, "secret": key}
    return known | {"key_id": KEY_ID, "issuer_id": ISSUER} | other


@pytest.mark.parametrize(
    ("network", "fields", "words"),
    [
        ("app_store", ("handle", "secret", "key_id", "issuer_id"), "Customer Support"),
        ("google_play", ("handle", "secret"), "service account"),
        ("trustpilot", ("handle", "secret", "trustpilot_key", "business_user"), "Trustpilot Business"),
    ],
)
def test_form_asks_for_the_keys_and_says_where_they_are(
    signed_in: Client, network: str, fields: tuple[str, ...], words: str
) -> None:
    shown = signed_in.get(NEW, {"network": network}).content.decode()

    assert all(f'name="{field}"' in shown for field in fields)
    assert 'name="address"' not in shown
    assert words in shown


def test_app_is_connected_by_its_key_which_is_shown_nowhere(signed_in: Client, store: AppStoreServer) -> None:
    signed_in.post(NEW, typed())

    made = Channel.objects.get()
    account = account_of(made)
    assert (account.native_id, account.settings) == (APP, {"key_id": KEY_ID, "issuer_id": ISSUER})
    shown = signed_in.get(f"/channels/{made.pk}/").content.decode()
    assert "PRIVATE KEY" not in shown
    assert account.secret.encode() not in bytes(made.encrypted_secret)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"handle": "nordhain"}, "App Store knows nothing that is spelt like this."),
        ({"key_id": "OTHER"}, "App Store does not let this account in with this token."),
        ({"secret": "geheim"}, "App Store does not let this account in with this token."),
    ],
)
def test_what_is_wrong_is_told_by_the_name_of_the_network(
    signed_in: Client, store: AppStoreServer, other: dict[str, str], sentence: str
) -> None:
    shown = signed_in.post(NEW, typed(**other)).content.decode()

    assert sentence in shown
    assert "geheim" not in shown
    assert not Channel.objects.exists()


def test_network_that_asks_for_nothing_is_not_offered_by_hand(signed_in: Client) -> None:
    shown = signed_in.get(NEW).content.decode()

    assert "/channels/connect/linkedin/" in shown
    assert "?network=linkedin" not in shown
    assert "?network=app_store" in shown
    assert signed_in.get(NEW, {"network": "linkedin"}).context["form"] is None
