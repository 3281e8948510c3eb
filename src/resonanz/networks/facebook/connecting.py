"""Letting us in: a person signs in to Facebook, and chooses of the Pages that they may moderate."""

from __future__ import annotations

from dataclasses import replace

from resonanz.networks.authorising import AppTerms, ConnectTerms, Shown, Step
from resonanz.networks.contract import Account, App
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.facebook.posts import NAME, ORIGIN
from resonanz.networks.meta import letting_in
from resonanz.networks.meta.client import SERVER, graph
from resonanz.networks.meta.faults import WAIT_SECONDS
from resonanz.networks.meta.reading import FAULTS, Found, identifier, line

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
    console=letting_in.CONSOLE,
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
    entries=letting_in.ENTRIES,
)
_FIELDS = "id,name,username"


def authorize_url(server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
    """Facebook's page on which a person chooses the Pages."""
    return letting_in.authorize_url(
        server, app, rights=RIGHTS, redirect_uri=redirect_uri, state=state, challenge=challenge
    )


def sign_in(server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
    """The Pages that the person may moderate."""
    person = Account(network=NAME, address=server, app=app)
    found = letting_in.accounts_of_pages(
        person, redirect_uri=redirect_uri, code=code, verifier=verifier, fields=_FIELDS, known=_known
    )
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


def _known(found: Found, account: Account) -> Account:
    name = line(found.get("name"), most=200)
    handle = line(found.get("username"), most=200)
    return replace(account, origin=ORIGIN, native_id=identifier(found["id"]), handle=handle, name=name)
