"""Asking X on the loopback as a channel does: its account, its polls, its orders, and what its meter counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.networks import meters
from tests.networks.batches import until
from tests.networks.x_server import BEARER, CONSUMER_SECRET, TOKEN, US, XServer

from resonanz.networks.contract import Account, App, Batch, ReplyOrder, Visibility
from resonanz.networks.errors import NetworkError
from resonanz.networks.x import XNetwork
from resonanz.networks.x.tariff import TARIFF

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
APP = App(
    client_id="client", client_secret="client-secret", bearer=BEARER, settings={"consumer_secret": CONSUMER_SECRET}
)
network = XNetwork()


class Counting(meters.Counting):
    """By its tariff."""

    tariff = TARIFF
    anew = timedelta(days=10)


def account(
    server: XServer, *, meter: Counting | None = None, settings: dict[str, str] | None = None, **more: Any
) -> Account:
    """Our account there."""
    known: dict[str, Any] = {"native_id": US, "handle": "nordhain", "secret": TOKEN, "app": APP} | more
    return Account(network="x", address=server.url, settings=settings or {}, meter=meter or Counting(), **known)


def poll(server: XServer, cursor: str = "", **more: Any) -> list[Batch]:
    """All that one poll brings."""
    return list(network.poll(account(server, **more), cursor))


def poll_failing(server: XServer, cursor: str, failure: type[NetworkError], **more: Any) -> list[Batch]:
    """What a poll brings before it fails in this way."""
    return until(failure, network.poll(account(server, **more), cursor))


def order(parent: dict[str, Any], text: str = "Das tut uns leid.", *, is_addressed: bool = True) -> ReplyOrder:
    """An answer to a post."""
    return ReplyOrder(
        key="k", text=text, parent_id=str(parent["id"]), root_id=parent["conversation_id"],
        visibility=Visibility.PUBLIC, is_addressed=is_addressed,
    )  # fmt: skip
