"""The Page's own Graph: where it is asked, and what its token may do there."""

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
