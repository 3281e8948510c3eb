"""A network whose accounts let us in through the company's own application, against `oauth_server`; for tests alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from tests.networks.oauth_server import CLIENT_ID, CLIENT_SECRET, OAuthServer

from resonanz.accounts.models import User
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks import asking, oauth, registry, signatures
from resonanz.networks.authorising import AppEntry, AppTerms, ConnectTerms, Shown, Step
from resonanz.networks.connections import applications
from resonanz.networks.contract import Account, App, Batch, Capability, Entries, Limits
from resonanz.networks.webhooks import Delivery, Keys, Proof, Told, WebhookTerms

NAME = "grove"
RIGHTS = ("read", "write")
SIGNATURE = "x-grove-signature"


class GroveNetwork:
    """Account.native_id is the id there. A poll asks who we are, and brings nothing."""

    name = NAME
    title = "Grove"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.CONNECT,
            Capability.APP,
            Capability.RENEW,
            Capability.WEBHOOK,
            Capability.APP_WEBHOOK,
        }
    )
    limits = Limits()
    asks_for = Entries()
    app = AppTerms(
        console="https://grove.example/apps",
        steps=(
            Step("grove.make"),
            Step("grove.address", (Shown.REDIRECT,)),
            Step("grove.webhook", (Shown.WEBHOOK, Shown.VERIFY)),
            Step("grove.rights", (Shown.RIGHTS,)),
        ),
        entries=(
            AppEntry("client_id", "Client ID", is_secret=False),
            AppEntry("client_secret", "Client secret"),
            AppEntry("signing_key", "Signing key", is_needed=False),
        ),
        signs_with="signing_key",
    )
    webhook = WebhookTerms(headers=(), asks=True)

    def __init__(self, server: str) -> None:
        self.connecting = ConnectTerms(rights=RIGHTS, needs=("account",), costs=("grove.costs",), server=server)

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """Whether the token is good."""
        _accounts(account.address, account.secret)
        return iter(())

    def authorize_url(self, server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
        """The server's page."""
        page = f"{server}/authorize"
        return oauth.page_url(page, app, rights=RIGHTS, redirect_uri=redirect_uri, state=state, challenge=challenge)

    def sign_in(self, server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
        """All accounts of whoever agreed."""
        tokens = oauth.exchange(f"{server}/token", app, redirect_uri=redirect_uri, code=code, verifier=verifier)
        return tuple(
            Account(
                network=NAME,
                address=server,
                native_id=one["id"],
                handle=one["name"],
                name=one["name"].title(),
                secret=tokens.secret,
                renewal=tokens.renewal,
                expires_at=tokens.expires_at,
            )
            for one in _accounts(server, tokens.secret)
        )

    def renew(self, account: Account) -> Account:
        """Another token, and another renewal."""
        assert account.app is not None
        tokens = oauth.renewed(f"{account.address}/token", account.app, account.renewal)
        return replace(account, secret=tokens.secret, renewal=tokens.renewal, expires_at=tokens.expires_at)

    def is_genuine(self, delivery: Delivery, keys: Keys) -> bool:
        """Signed by the application's key."""
        return signatures.fits_hex(keys.app_secret, delivery.body, delivery.headers.get(SIGNATURE, ""))

    def prove(self, asked: Mapping[str, str], keys: Keys) -> Proof | None:
        """It shows our word and wants its own back."""
        return Proof(asked["challenge"]) if signatures.fits(keys.secret, asked.get("word", "")) else None

    def name_of(self, delivery: Delivery) -> str:
        """It has none."""
        return ""

    def addressees(self, delivery: Delivery) -> frozenset[str]:
        """Those it names."""
        return frozenset(json.loads(delivery.body)["to"])

    def read(self, account: Account, delivery: Delivery) -> Told:
        """Nothing."""
        return Told()


def _accounts(server: str, token: str) -> list[dict[str, str]]:
    answer = asking.ask("GET", f"{server}/me", headers={"Authorization": f"Bearer {token}"})
    found: list[dict[str, str]] = json.loads(answer.body)
    return found


def put_up(monkeypatch: pytest.MonkeyPatch, server: OAuthServer) -> GroveNetwork:
    """The network is one of those that the house knows, while the test runs."""
    monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
    network = GroveNetwork(server.url)
    monkeypatch.setitem(registry._BY_NAME, NAME, network)
    return network


def register(actor: User) -> None:
    """IT has registered the company's application there."""
    typed = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "signing_key": "k3y"}
    applications.keep(network=NAME, typed=typed, actor=actor)
