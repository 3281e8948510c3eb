"""Letting us in by a Facebook login: a person signs in, and their Pages give a token each, which ends by no date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from resonanz.networks.authorising import AppEntry
from resonanz.networks.contract import Account, App
from resonanz.networks.errors import TryLater
from resonanz.networks.meta.client import graph, pages_of
from resonanz.networks.meta.faults import WAIT_SECONDS
from resonanz.networks.meta.graph import VERSION
from resonanz.networks.meta.reading import FAULTS, Found, pages
from resonanz.networks.meta.signing_in import token
from resonanz.networks.oauth import page_url

CONSOLE = "https://developers.facebook.com/apps/"
ENTRIES = (
    AppEntry("client_id", "App ID", is_secret=False, example="1234567890123456"),
    AppEntry("client_secret", "App secret"),
)
_MOST_PAGES = 4
_MODERATES = "MODERATE"


def authorize_url(
    server: str, app: App, *, rights: tuple[str, ...], redirect_uri: str, state: str, challenge: str
) -> str:
    """Facebook's page on which a person chooses the Pages."""
    page = f"{pages_of(server)}/{VERSION}/dialog/oauth"
    return page_url(page, app, rights=rights, redirect_uri=redirect_uri, state=state, challenge=challenge)


def accounts_of_pages(
    person: Account,
    *,
    redirect_uri: str,
    code: str,
    verifier: str,
    fields: str,
    known: Callable[[Found, Account], Account | None],
) -> Iterator[Account]:
    """Of each Page that the person may moderate, the account, where it has one.

    Got with a long-lived token, a Page's does not end within hours.
    """
    app = person.app or App()
    url = f"{person.address}/{VERSION}/oauth/access_token"
    ours = {"client_id": app.client_id, "client_secret": app.client_secret}
    short = token(url, {**ours, "redirect_uri": redirect_uri, "code": code, "code_verifier": verifier})
    long = token(url, {**ours, "grant_type": "fb_exchange_token", "fb_exchange_token": short.secret})
    person = replace(person, secret=long.secret)
    fields = f"access_token,tasks,{fields}"
    for page in pages(graph(person), "/me/accounts", most=_MOST_PAGES, fields=fields, limit=100):
        for one in filter(_is_moderated, page):
            try:
                account = known(one, replace(person, secret=str(one["access_token"])))
            except FAULTS as error:
                raise TryLater(WAIT_SECONDS, "answer.unreadable") from error
            if account is not None:
                yield account


def _is_moderated(one: object) -> bool:
    """Whether the person may answer and hide there; Facebook names what each may do."""
    if not isinstance(one, dict) or not one.get("access_token"):
        return False
    tasks = one.get("tasks")
    return not isinstance(tasks, list) or _MODERATES in tasks
