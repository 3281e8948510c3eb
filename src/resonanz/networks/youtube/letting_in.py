"""Letting us in: the company's own application at Google, and tokens that last an hour and get their successors."""

from __future__ import annotations

from dataclasses import replace

from resonanz.core import text
from resonanz.networks import oauth
from resonanz.networks.authorising import AppEntry, AppTerms, ConnectTerms, Shown, Step
from resonanz.networks.contract import Account, App
from resonanz.networks.errors import NotAuthorised, TryLater
from resonanz.networks.youtube.client import API, WAIT_SECONDS, base, get
from resonanz.networks.youtube.posts import FAULTS, NAME, ORIGIN, checked_id

RIGHT = "https://www.googleapis.com/auth/youtube.force-ssl"
_PAGE = "https://accounts.google.com/o/oauth2/v2/auth"
_TOKENS = "https://oauth2.googleapis.com/token"
TERMS = ConnectTerms(
    rights=(RIGHT,),
    needs=("youtube.own_app", "youtube.channel"),
    sees=("youtube.comments", "youtube.films", "youtube.search"),
    sees_not=("youtube.elsewhere", "youtube.history"),
    costs=("youtube.quota",),
    server=API,
)
APP = AppTerms(
    console="https://console.cloud.google.com/apis/credentials",
    steps=(
        Step("youtube.project"),
        Step("youtube.enable"),
        Step("youtube.consent", (Shown.RIGHTS,)),
        Step("youtube.publish"),
        Step("youtube.client", (Shown.REDIRECT,)),
        Step("youtube.terms"),
    ),
    entries=(
        AppEntry("client_id", "Client ID", is_secret=False, example="1234567890-abc.apps.googleusercontent.com"),
        AppEntry("client_secret", "Client secret"),
    ),
)


def authorize_url(server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
    """Google's page. It gives a renewal only where it is asked for one, and again only where it asks again."""
    return oauth.page_url(
        _PAGE if server == API else f"{server}/o/oauth2/v2/auth", app, rights=(RIGHT,), redirect_uri=redirect_uri,
        state=state, challenge=challenge, more={"access_type": "offline", "prompt": "consent"},
    )  # fmt: skip


def sign_in(server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
    """The channel that was chosen on Google's page; none where the person has none."""
    tokens = oauth.exchange(
        _tokens_of(server), app, redirect_uri=redirect_uri, code=code, verifier=verifier, in_header=False
    )
    if tokens.rights and RIGHT not in tokens.rights:  # Google lets people take single rights away
        raise NotAuthorised(status=403)
    bare = Account(
        network=NAME,
        address=server,
        origin=ORIGIN,
        secret=tokens.secret,
        renewal=tokens.renewal,
        expires_at=tokens.expires_at,
        app=app,
    )
    found = get(bare, "channels", {"part": "snippet", "mine": "true"}, answers=True)
    return tuple(_known(one, bare) for one in found["items"][:1])


def renew(account: Account) -> Account:
    """A new token; Google keeps the renewal until somebody takes it back, or half a year after its last use."""
    if account.app is None or not account.renewal:
        raise NotAuthorised(status=401)
    tokens = oauth.renewed(_tokens_of(base(account)), account.app, account.renewal, in_header=False)
    return replace(account, secret=tokens.secret, renewal=tokens.renewal, expires_at=tokens.expires_at)


def _known(found: object, account: Account) -> Account:
    try:
        snippet = found["snippet"]  # type: ignore[index] # what it is, is caught
        handle = snippet.get("customUrl") or ""
        native_id = checked_id(found["id"])  # type: ignore[index] # likewise
        name, handle = text.clean(snippet["title"], most=200), text.clean(handle, most=100).lstrip("@")
    except FAULTS as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error
    return replace(account, native_id=native_id, handle=handle or name, name=name)


def _tokens_of(server: str) -> str:
    return _TOKENS if server == API else f"{server}/token"
