"""Where Meta's Graph is asked by those whom a Facebook login let in, and what the token of a Page may do there."""

from __future__ import annotations

from resonanz.networks.contract import Account
from resonanz.networks.meta.graph import Graph

SERVER = "https://graph.facebook.com"
_PAGES = "https://www.facebook.com"


def graph(account: Account) -> Graph:
    """The API with the Page's token."""
    return Graph(account, account.address or SERVER)


def pages_of(server: str) -> str:
    """Where people meet Facebook itself, who ask this server."""
    return _PAGES if server == SERVER else server
