"""Letting us in: a person signs in to Facebook, and chooses of the accounts of the Pages that they may moderate."""

from __future__ import annotations

from dataclasses import replace

from resonanz.networks.authorising import AppTerms, ConnectTerms, Shown, Step
from resonanz.networks.contract import Account, App
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.instagram.posts import NAME, ORIGIN
from resonanz.networks.meta import letting_in
from resonanz.networks.meta.client import SERVER, graph
from resonanz.networks.meta.faults import WAIT_SECONDS
from resonanz.networks.meta.reading import FAULTS, Found, identifier, line

RIGHTS = (
    "instagram_basic",
    "instagram_manage_comments",
    "instagram_manage_messages",
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_metadata",
    "pages_messaging",
    "business_management",
)
TERMS = ConnectTerms(
    rights=RIGHTS,
    needs=("instagram.account", "instagram.page"),
    sees=("instagram.comments", "instagram.mentions", "instagram.messages"),
    sees_not=("password", "instagram.stories", "instagram.others"),
    server=SERVER,
)
APP = AppTerms(
    console=letting_in.CONSOLE,
    steps=(
        Step("meta.create"),
        Step("instagram.products"),
        Step("meta.redirect", (Shown.REDIRECT,)),
        Step("meta.proof"),
        Step("instagram.webhook", (Shown.WEBHOOK, Shown.VERIFY)),
        Step("instagram.rights", (Shown.RIGHTS,)),
        Step("meta.roles"),
        Step("meta.live"),
    ),
    entries=letting_in.ENTRIES,
)
_FIELDS = "id,instagram_business_account{id,username,name}"
_NONE = "no professional account belongs to this Page"


def authorize_url(server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
    """Facebook's page on which a person chooses the accounts and their Pages."""
    return letting_in.authorize_url(
        server, app, rights=RIGHTS, redirect_uri=redirect_uri, state=state, challenge=challenge
    )


def sign_in(server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
    """The accounts that belong to Pages which the person may moderate."""
    person = Account(network=NAME, address=server, app=app)
    found = letting_in.accounts_of_pages(
        person, redirect_uri=redirect_uri, code=code, verifier=verifier, fields=_FIELDS, known=_known
    )
    return tuple(found)


def identified(account: Account) -> Account:
    """The account that belongs to the Page whose token was typed."""
    typed = replace(account, address=account.address or SERVER)
    try:
        known = _known(graph(typed).get("/me", fields=_FIELDS), typed)
    except Refused as error:  # a person has no such account
        raise NotAuthorised(status=403) from error
    except FAULTS as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error
    if known is None:
        raise Refused(_NONE)
    return known


def _known(found: Found, account: Account) -> Account | None:
    """None for a Page to which no account belongs."""
    one = found.get("instagram_business_account")
    if not isinstance(one, dict):
        return None
    handle = line(one.get("username"), most=200)
    return replace(account, origin=ORIGIN, native_id=identifier(one["id"]), handle=handle, name="")
