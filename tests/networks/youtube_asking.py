"""Asking YouTube on the loopback as a channel does: its account, its polls, its orders, and what its meter counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.networks import meters
from tests.networks.batches import until
from tests.networks.youtube_server import TOKEN, US, Comment, YouTubeServer

from resonanz.core import clock
from resonanz.networks.contract import Account, App, Batch, ReplyOrder, Visibility
from resonanz.networks.errors import NetworkError
from resonanz.networks.youtube import YouTubeNetwork
from resonanz.networks.youtube.tariff import TARIFF

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
APP = App(client_id="client", client_secret="client-secret")
network = YouTubeNetwork()


class Counting(meters.Counting):
    """By its tariff."""

    tariff = TARIFF
    anew = timedelta(hours=20)


def account(
    server: YouTubeServer, *, meter: Counting | None = None, settings: dict[str, str] | None = None, **more: Any
) -> Account:
    """Our channel there."""
    known: dict[str, Any] = {"native_id": US, "handle": "nordhain", "secret": TOKEN, "app": APP} | more
    return Account(network="youtube", address=server.url, settings=settings or {}, meter=meter or Counting(), **known)


def poll(server: YouTubeServer, cursor: str = "", **more: Any) -> list[Batch]:
    """All that one poll brings."""
    return list(network.poll(account(server, **more), cursor))


def poll_failing(server: YouTubeServer, cursor: str, failure: type[NetworkError], **more: Any) -> list[Batch]:
    """What a poll brings before it fails in this way."""
    return until(failure, network.poll(account(server, **more), cursor))


def later(minutes: float) -> Any:
    """So long after noon."""
    return clock.moved_to(NOON + timedelta(minutes=minutes))


def order(parent: Comment | str, text: str = "Das tut uns leid.") -> ReplyOrder:
    """An answer to a comment, or to a film."""
    parent_id = parent if isinstance(parent, str) else parent["id"]
    return ReplyOrder(
        key="k", text=text, parent_id=parent_id, root_id=parent_id.partition(".")[0], visibility=Visibility.PUBLIC
    )
