"""Letting us in: a person signs in to Facebook, and their Pages give a token each, which does not end by itself."""

from __future__ import annotations

from dataclasses import replace

from resonanz.networks.authorising import AppEntry, AppTerms, ConnectTerms, Shown, Step
from resonanz.networks.contract import Account, App
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.facebook.client import SERVER, graph, pages_of
from resonanz.networks.facebook.posts import NAME, ORIGIN
from resonanz.networks.meta.faults import WAIT_SECONDS
from resonanz.networks.meta.graph import VERSION
from resonanz.networks.meta.reading import FAULTS, Found, identifier, line, pages
from resonanz.networks.meta.signing_in import token
from resonanz.networks.oauth import page_url

CONSOLE = "https://developers.facebook.com/apps/"
RIGHTS = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_metadata",
    "pages_manage_engagement",
    "pages_messaging",
    "business_management",  # without it Facebook names no Page that belongs to a business portfolio
)
TERMS = ConnectTerms(
    rights=RIGHTS,
    needs=("facebook.page", "facebook.role"),
    sees=("facebook.page", "facebook.messages", "facebook.tagged"),
    sees_not=("password", "facebook.others", "facebook.insights"),
    server=SERVER,
)
APP = AppTerms(
    console=CONSOLE,
    steps=(
        Step("meta.create"),
        Step("facebook.products"),
        Step("meta.redirect", (Shown.REDIRECT,)),
        Step("meta.proof"),
        Step("facebook.webhook", (Shown.WEBHOOK, Shown.VERIFY)),
        Step("facebook.rights", (Shown.RIGHTS,)),
        Step("meta.roles"),
        Step("meta.live"),
    ),
    entries=(
        AppEntry("client_id", "App ID", is_secret=False, example="1234567890123456"),
        AppEntry("client_secret", "App secret"),
    ),
)
_MOST_PAGES = 4
_MODERATES = "MODERATE"
_FIELDS = "id,name,username,access_token,tasks"


def authorize_url(server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
    """Facebook's page on which a person chooses the Pages."""
    page = f"{pages_of(server)}/{VERSION}/dialog/oauth"
    return page_url(page, app, rights=RIGHTS, redirect_uri=redirect_uri, state=state, challenge=challenge)


def sign_in(server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
    """The Pages that the person may moderate. Got with a long-lived token, theirs do not end within hours."""
    url = f"{server}/{VERSION}/oauth/access_token"
    ours = {"client_id": app.client_id, "client_secret": app.client_secret}
    short = token(url, {**ours, "redirect_uri": redirect_uri, "code": code, "code_verifier": verifier})
    long = token(url, {**ours, "grant_type": "fb_exchange_token", "fb_exchange_token": short.secret})
    person = Account(network=NAME, address=server, secret=long.secret, app=app)
    found: list[Account] = []
    for page in pages(graph(person), "/me/accounts", most=_MOST_PAGES, fields=_FIELDS, limit=100):
        found += [_page(one, person) for one in page if _is_moderated(one)]
    return tuple(found)


def identified(account: Account) -> Account:
    """The Page whose token was typed. A person's own token is none of a Page, and is refused."""
    typed = replace(account, address=account.address or SERVER)
    try:
        found = graph(typed).get("/me", fields="id,name,username,category")
        return _known(found, replace(typed, secret=account.secret))
    except Refused as error:  # a person has no category
        raise NotAuthorised(status=403) from error
    except FAULTS as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error


def _is_moderated(one: object) -> bool:
    """Whether the person may answer and hide there; Facebook names what each may do."""
    if not isinstance(one, dict) or not one.get("access_token"):
        return False
    tasks = one.get("tasks")
    return not isinstance(tasks, list) or _MODERATES in tasks


def _page(one: Found, person: Account) -> Account:
    try:
        return _known(one, replace(person, secret=str(one["access_token"])))
    except FAULTS as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error


def _known(found: Found, account: Account) -> Account:
    name = line(found.get("name"), most=200)
    handle = line(found.get("username"), most=200)
    return replace(account, origin=ORIGIN, native_id=identifier(found["id"]), handle=handle, name=name)
