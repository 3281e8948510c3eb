"""Letting us in: the company's own application, OAuth 2 with PKCE, and tokens that last two hours."""

from __future__ import annotations

from dataclasses import replace

from resonanz.core import text
from resonanz.networks import oauth
from resonanz.networks.authorising import AppEntry, AppTerms, ConnectTerms, Shown, Step
from resonanz.networks.contract import Account, App
from resonanz.networks.errors import NotAuthorised, TryLater
from resonanz.networks.x import tariff
from resonanz.networks.x.client import API, WAIT_SECONDS, base, get
from resonanz.networks.x.posts import FAULTS, NAME, ORIGIN, checked_id

RIGHTS = ("tweet.read", "tweet.write", "tweet.moderate.write", "users.read", "offline.access")
SIGNS = "consumer_secret"
_PAGE = "https://x.com/i/oauth2/authorize"
TERMS = ConnectTerms(
    rights=RIGHTS,
    needs=("x.own_app", "x.account"),
    sees=("x.mentions", "x.own_posts"),
    sees_not=("x.messages", "x.protected"),
    costs=("x.each_use", "x.links"),
    server=API,
)
APP = AppTerms(
    console="https://console.x.com",
    steps=(
        Step("x.create"),
        Step("x.credits"),
        Step("x.user_auth", (Shown.REDIRECT, Shown.RIGHTS)),
        Step("x.keys"),
        Step("x.webhook", (Shown.WEBHOOK,)),
    ),
    entries=(
        AppEntry("client_id", "OAuth 2.0 Client ID", is_secret=False),
        AppEntry("client_secret", "OAuth 2.0 Client Secret"),
        AppEntry("bearer", "Bearer Token", is_needed=False),
        AppEntry(SIGNS, "API Key Secret (Consumer Secret)", is_needed=False),
    ),
    signs_with=SIGNS,
)


def authorize_url(server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
    """X's page, which is not where its interface is."""
    page = _PAGE if server == API else f"{server}/i/oauth2/authorize"
    return oauth.page_url(page, app, rights=RIGHTS, redirect_uri=redirect_uri, state=state, challenge=challenge)


def sign_in(server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
    """The account that let us in."""
    tokens = oauth.exchange(f"{server}/2/oauth2/token", app, redirect_uri=redirect_uri, code=code, verifier=verifier)
    bare = Account(
        network=NAME,
        address=server,
        origin=ORIGIN,
        secret=tokens.secret,
        renewal=tokens.renewal,
        expires_at=tokens.expires_at,
        app=app,
    )
    return (identified(bare),)


def identified(account: Account) -> Account:
    """The account whose token it is."""
    user = get(account, "/2/users/me", {"user.fields": ("id", "name", "username")}).get("data")
    account.meter.count(tariff.USER_READ)
    try:
        native_id, handle = checked_id(user["id"]), user["username"]  # type: ignore[index] # what it is, is caught
        name = user.get("name")  # type: ignore[union-attr] # likewise
        if not isinstance(handle, str) or not handle:
            raise TypeError("no handle")
    except FAULTS as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error
    return _named(account, native_id, text.clean(handle, most=255), name if isinstance(name, str) else "")


def renew(account: Account) -> Account:
    """A new token, and the renewal that is good from now on: X takes each only once."""
    if account.app is None or not account.renewal:
        raise NotAuthorised(status=401)
    tokens = oauth.renewed(f"{base(account)}/2/oauth2/token", account.app, account.renewal)
    return _with_tokens(account, tokens)


def _named(account: Account, native_id: str, handle: str, name: str) -> Account:
    return replace(account, native_id=native_id, handle=handle, name=text.clean(name, most=200))


def _with_tokens(account: Account, tokens: oauth.Tokens) -> Account:
    return replace(account, secret=tokens.secret, renewal=tokens.renewal, expires_at=tokens.expires_at)
