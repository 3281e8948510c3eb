"""How accounts let us in: what IT registers once, what a person is told first, the network's page, and renewal.

What each of them says to people stands in `web.wording.connecting_words`, by the codes that are named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from resonanz.networks.contract import Account, App, Network


class Shown(StrEnum):
    """What the checklist shows to be copied into the network's own form."""

    REDIRECT = "redirect"  # where the network leads people back to
    WEBHOOK = "webhook"  # with APP_WEBHOOK: where it brings what happens
    VERIFY = "verify"  # with APP_WEBHOOK: the secret of ours that it shows when it asks whether that address is ours
    RIGHTS = "rights"  # `ConnectTerms.rights`, each with its reason


@dataclass(frozen=True, slots=True)
class Step:
    """Something that IT does at the network; `code` has its words in `APP_STEPS`."""

    code: str
    shows: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class AppEntry:
    """Something of the application that IT types: `key` is a field of App, or one of `App.settings`.

    `called` is what the network itself calls it, the same in every language ("Client ID").
    """

    key: str
    called: str
    is_secret: bool = True
    is_needed: bool = True
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppTerms:
    """What registering the company's application takes.

    `console`: the network's page for it. `is_needed`: without it nothing can be connected there, else only some things
    not. `signs_with`: the entry whose value signs deliveries of webhooks (`Keys.app_secret`).
    """

    console: str
    steps: tuple[Step, ...]
    entries: tuple[AppEntry, ...]
    is_needed: bool = True
    signs_with: str = "client_secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectTerms:
    """What a person is told before they go on to the network's page.

    `rights` are those asked for, in the network's own words; why each one is, stands in `RIGHTS` as "network.right".
    `needs`, `sees`, `sees_not` and `costs` are codes in `CONNECT_NEEDS`, `CONNECT_SEES`, `CONNECT_SEES_NOT` and
    `CONNECT_COSTS`; no costs: it is free. `server`: the network's own, "" where accounts have servers of their own.
    """

    rights: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    sees_not: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()
    server: str = ""


class Connects(Network, Protocol):
    """Capability.CONNECT: OAuth 2 with PKCE (RFC 7636, S256), beside REGISTER or APP; `networks.oauth` helps.

    `app` is what `Registers.register` gave, or what IT typed.
    """

    connecting: ConnectTerms

    def authorize_url(self, server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
        """The server's page on which its account lets us in."""
        ...

    def sign_in(self, server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
        """The accounts that let us in, with token, handle and id; of several a person chooses. Raises a NetworkError.

        None: whoever signed in there has no account of the kind that can be connected.
        """
        ...


class Registers(Connects, Protocol):
    """Capability.REGISTER: each server has accounts of its own, and knows our application by itself."""

    def server_of(self, typed: str) -> str:
        """The address of the server a person means ("mastodon.example", "@we@mastodon.example"); raises ValueError."""
        ...

    def register(self, server: str, redirect_uri: str) -> App:
        """Make ourselves known to the server. Raises a NetworkError."""
        ...


class NeedsApp(Network, Protocol):
    """Capability.APP: the company's own application, registered by IT at the network's own page."""

    app: AppTerms


class Renews(Network, Protocol):
    """Capability.RENEW."""

    def renew(self, account: Account) -> Account:
        """The account with a new `secret` and `expires_at`, and the `renewal` that is good from now on.

        Raises NotAuthorised where the network gives none any more, so that a person has to connect it again. After
        another NetworkError it is tried again.
        """
        ...
