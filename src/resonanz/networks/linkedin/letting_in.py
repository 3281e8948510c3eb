"""Letting us in: the company's own application at LinkedIn, and tokens that last 60 days.

LinkedIn gives renewals only to applications that it approved for them; without one, a person signs in again in time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from resonanz.core import text
from resonanz.networks import oauth
from resonanz.networks.authorising import AppEntry, AppTerms, ConnectTerms, Shown, Step
from resonanz.networks.contract import Account, App
from resonanz.networks.errors import NotAuthorised, TryLater
from resonanz.networks.linkedin.client import API, WAIT_SECONDS, NotForUs, NotThere, base, elements, get
from resonanz.networks.linkedin.posts import FAULTS, NAME, ORIGIN

RIGHTS = ("r_organization_social", "w_organization_social", "rw_organization_admin")
_PAGE = "https://www.linkedin.com/oauth/v2/authorization"
_TOKENS = "https://www.linkedin.com/oauth/v2/accessToken"
_ORGANISATION = re.compile(r"urn:li:organization:([0-9]{1,20})", re.ASCII)
_MOST_PAGES = 50
TERMS = ConnectTerms(
    rights=RIGHTS,
    needs=("linkedin.own_app", "linkedin.admin"),
    sees=("linkedin.comments", "linkedin.mentions"),
    sees_not=("linkedin.messages", "linkedin.search", "linkedin.profiles"),
    costs=("linkedin.days",),
    server=API,
)
APP = AppTerms(
    console="https://www.linkedin.com/developers/apps",
    steps=(
        Step("linkedin.create"),
        Step("linkedin.verify"),
        Step("linkedin.product", (Shown.RIGHTS,)),
        Step("linkedin.redirect", (Shown.REDIRECT,)),
        Step("linkedin.keys"),
    ),
    entries=(
        AppEntry("client_id", "Client ID", is_secret=False),
        AppEntry("client_secret", "Primary Client Secret"),
    ),
)


def authorize_url(server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
    """LinkedIn's page, which is not where its interface is. It compares no challenge, and takes no offence at one."""
    page = _PAGE if server == API else f"{server}/oauth/v2/authorization"
    return oauth.page_url(page, app, rights=RIGHTS, redirect_uri=redirect_uri, state=state, challenge=challenge)


def sign_in(server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
    """The Pages of which whoever signed in is an administrator."""
    url = _tokens_of(server)
    tokens = oauth.exchange(url, app, redirect_uri=redirect_uri, code=code, verifier=verifier, in_header=False)
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
        return tuple(_pages(bare))
    except NotForUs as error:
        raise NotAuthorised(status=403) from error


def renew(account: Account) -> Account:
    """Another token. The renewal itself ends a year after somebody signed in, however often it was used."""
    if account.app is None or not account.renewal:
        raise NotAuthorised(status=401)
    tokens = oauth.renewed(_tokens_of(base(account)), account.app, account.renewal, in_header=False)
    return replace(account, secret=tokens.secret, renewal=tokens.renewal, expires_at=tokens.expires_at)


def _pages(account: Account) -> Iterator[Account]:
    asked = "q=roleAssignee&role=ADMINISTRATOR&state=APPROVED"
    roles = elements(get(account, f"/organizationAcls?{asked}&start=0&count={_MOST_PAGES}"))
    numbers = dict.fromkeys(number for role in roles if (number := _number(role)))
    for number in numbers:
        try:
            found = get(account, f"/organizations/{number}")
        except NotThere:
            continue
        yield replace(account, native_id=f"urn:li:organization:{number}", **_called(found, number))


def _number(role: Any) -> str:
    """Of the organisation, "" for other things that have roles, too."""
    try:
        found = _ORGANISATION.fullmatch(role.get("organization") or role["organizationTarget"])
    except FAULTS:
        return ""
    return found[1] if found else ""


def _called(found: Any, number: str) -> dict[str, Any]:
    try:
        handle = text.clean(found.get("vanityName") or number, most=100)
        return {"handle": handle, "name": text.clean(found["localizedName"], most=200)}
    except FAULTS as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error


def _tokens_of(server: str) -> str:
    return _TOKENS if server == API else f"{server}/oauth/v2/accessToken"
