"""Letting us in: a person signs in with the company's account, whose token lasts for sixty days and is renewed."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from resonanz.networks import asking
from resonanz.networks.authorising import AppEntry, AppTerms, ConnectTerms, Shown, Step
from resonanz.networks.contract import Account, App
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.meta.faults import WAIT_SECONDS
from resonanz.networks.meta.graph import accepted
from resonanz.networks.meta.letting_in import CONSOLE
from resonanz.networks.meta.reading import FAULTS, identifier, line
from resonanz.networks.meta.signing_in import Token, as_token, token
from resonanz.networks.oauth import page_url
from resonanz.networks.threads.posts import NAME, ORIGIN, SERVER, graph

_PAGES = "https://threads.com"
RIGHTS = (
    "threads_basic",
    "threads_content_publish",
    "threads_read_replies",
    "threads_manage_replies",
    "threads_manage_mentions",
)
TERMS = ConnectTerms(
    rights=RIGHTS,
    needs=("threads.account",),
    sees=("threads.replies", "threads.mentions"),
    sees_not=("password", "threads.others", "threads.private"),
    server=SERVER,
)
APP = AppTerms(
    console=CONSOLE,
    steps=(
        Step("threads.create"),
        Step("threads.redirect", (Shown.REDIRECT,)),
        Step("threads.keys"),
        Step("threads.webhook", (Shown.WEBHOOK, Shown.VERIFY)),
        Step("threads.rights", (Shown.RIGHTS,)),
        Step("threads.testers"),
        Step("meta.live"),
    ),
    entries=(
        AppEntry("client_id", "Threads App ID", is_secret=False, example="1234567890123456"),
        AppEntry("client_secret", "Threads App secret"),
    ),
)


def authorize_url(server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
    """The page on which an account lets us in."""
    page = f"{_PAGES if server == SERVER else server}/oauth/authorize"
    return page_url(page, app, rights=RIGHTS, redirect_uri=redirect_uri, state=state, challenge=challenge)


def sign_in(server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
    """The account that signed in, with a token for sixty days in place of the first one's hour."""
    ours = {"client_id": app.client_id, "client_secret": app.client_secret}
    form = {**ours, "grant_type": "authorization_code", "redirect_uri": redirect_uri, "code": code}
    short = token(f"{server}/oauth/access_token", {**form, "code_verifier": verifier})
    asked = {"grant_type": "th_exchange_token", "client_secret": app.client_secret, "access_token": short.secret}
    long = _asked(f"{server}/access_token", asked)
    return (identified(_with(Account(network=NAME, address=server, app=app), long)),)


def identified(account: Account) -> Account:
    """Whose token it is."""
    typed = replace(account, address=account.address or SERVER)
    try:
        found = graph(typed).get("/me", fields="id,username,name")
        handle, name = line(found.get("username"), most=200), line(found.get("name"), most=200)
        return replace(typed, origin=ORIGIN, native_id=identifier(found["id"]), handle=handle, name=name)
    except Refused as error:
        raise NotAuthorised(status=403) from error
    except FAULTS as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error


def renew(account: Account) -> Account:
    """Sixty days more; a token is its own renewal, as long as it is good."""
    asked = {"grant_type": "th_refresh_token", "access_token": account.renewal}
    return _with(account, _asked(f"{account.address}/refresh_access_token", asked))


def _asked(url: str, question: dict[str, str]) -> Token:
    """Threads takes these secrets in the address alone, which is written down nowhere."""
    answer = asking.ask("GET", f"{url}?{urlencode(question)}", headers={"Accept": "application/json"}, denied=())
    return as_token(accepted(answer, reads=True))


def _with(account: Account, found: Token) -> Account:
    return replace(account, secret=found.secret, renewal=found.secret, expires_at=found.ends_at)
