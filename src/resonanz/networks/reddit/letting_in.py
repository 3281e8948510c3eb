"""Letting us in: an application that Reddit approved for the company, and tokens that last a day and get successors."""

from __future__ import annotations

from dataclasses import replace

from resonanz.networks import oauth
from resonanz.networks.authorising import AppEntry, AppTerms, ConnectTerms, Shown, Step
from resonanz.networks.contract import Account, App
from resonanz.networks.errors import NotAuthorised, TryLater
from resonanz.networks.reddit.client import API, WAIT_SECONDS, Reddit, base
from resonanz.networks.reddit.posts import NAME, ORIGIN, SITE, person

RIGHTS = ("identity", "read", "privatemessages", "history", "submit", "edit", "vote", "report")
TERMS = ConnectTerms(
    rights=RIGHTS,
    needs=("reddit.own_app", "account"),
    sees=("reddit.inbox", "reddit.own_posts", "reddit.public"),
    sees_not=("reddit.chats", "others", "account"),
    costs=("reddit.contract",),
    server=API,
)
APP = AppTerms(
    console=f"{SITE}/prefs/apps",
    steps=(
        Step("reddit.approval"),
        Step("reddit.create", (Shown.REDIRECT,)),
        Step("reddit.rights", (Shown.RIGHTS,)),
        Step("reddit.keys"),
    ),
    entries=(AppEntry("client_id", "client ID", is_secret=False), AppEntry("client_secret", "secret")),
)


def authorize_url(server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
    """Reddit's page. It gives a renewal only where the connection is to last."""
    return oauth.page_url(
        f"{_site_of(server)}/api/v1/authorize", app, rights=RIGHTS, redirect_uri=redirect_uri, state=state,
        challenge=challenge, more={"duration": "permanent"},
    )  # fmt: skip


def sign_in(server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
    """The account that let us in."""
    url = f"{_site_of(server)}/api/v1/access_token"
    tokens = oauth.exchange(url, app, redirect_uri=redirect_uri, code=code, verifier=verifier)
    bare = Account(
        network=NAME,
        address=server,
        origin=ORIGIN,
        secret=tokens.secret,
        renewal=tokens.renewal,
        expires_at=tokens.expires_at,
        app=app,
    )
    try:
        known = person(Reddit(bare).get("/api/v1/me").get("name"))
    except ValueError as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error
    if known is None:
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    return (replace(bare, native_id=known.native_id, handle=known.handle, name=known.name),)


def renew(account: Account) -> Account:
    """A new token; Reddit keeps the renewal until somebody takes it back."""
    if account.app is None or not account.renewal:
        raise NotAuthorised(status=401)
    tokens = oauth.renewed(f"{_site_of(base(account))}/api/v1/access_token", account.app, account.renewal)
    return replace(account, secret=tokens.secret, renewal=tokens.renewal, expires_at=tokens.expires_at)


def _site_of(server: str) -> str:
    """People are let in elsewhere than programs ask."""
    return SITE if server == API else server
