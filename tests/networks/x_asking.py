"""Asking X on the loopback as a channel does: its account, its polls, its orders, and what its meter counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.networks.batches import until
from tests.networks.x_server import BEARER, CONSUMER_SECRET, TOKEN, US, XServer

from resonanz.networks.contract import Account, App, Batch, ReplyOrder, Visibility
from resonanz.networks.errors import NetworkError
from resonanz.networks.metering import PLENTY
from resonanz.networks.x import XNetwork
from resonanz.networks.x.tariff import TARIFF

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
APP = App(
    client_id="client", client_secret="client-secret", bearer=BEARER, settings={"consumer_secret": CONSUMER_SECRET}
)
network = XNetwork()


@dataclass
class Counting:
    """A meter that keeps what it was told. `left`: what the budget has left, in millionths; None: plenty."""

    left: int | None = None
    answers: bool = True
    used: Counter[str] = field(default_factory=Counter)

    def count(self, use: str, times: int = 1) -> None:
        self.used[use] += times
        if self.left is not None:
            self.left -= TARIFF.prices[use] * times

    def affords(self, use: str) -> int:
        return PLENTY if self.left is None else max(self.left // TARIFF.prices[use], 0)

    def until_anew(self) -> timedelta:
        return timedelta(days=10)

    def lets_answer(self) -> bool:
        return self.answers


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
