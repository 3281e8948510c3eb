"""Asking Reddit on the loopback as a channel does: its account, its polls, its orders."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.networks.batches import until
from tests.networks.reddit_server import TOKEN, RedditServer, Thing

from resonanz.core import clock
from resonanz.networks.contract import Account, App, Batch, ReplyOrder, Visibility
from resonanz.networks.errors import NetworkError
from resonanz.networks.reddit import RedditNetwork

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
APP = App(client_id="client", client_secret="client-secret")
network = RedditNetwork()


def account(server: RedditServer, *, settings: dict[str, str] | None = None, **more: Any) -> Account:
    """Our account there."""
    known: dict[str, Any] = {"native_id": "nordhain", "handle": "Nordhain", "secret": TOKEN, "app": APP} | more
    return Account(network="reddit", address=server.url, settings=settings or {}, **known)


def poll(server: RedditServer, cursor: str = "", **more: Any) -> list[Batch]:
    """All that one poll brings."""
    return list(network.poll(account(server, **more), cursor))


def poll_failing(server: RedditServer, cursor: str, failure: type[NetworkError], **more: Any) -> list[Batch]:
    """What a poll brings before it fails in this way."""
    return until(failure, network.poll(account(server, **more), cursor))


def later(minutes: float) -> AbstractContextManager[None]:
    """So long after noon."""
    return clock.moved_to(NOON + timedelta(minutes=minutes))


def order(parent: Thing | str, text: str = "Das tut uns leid.", *, private: bool = False) -> ReplyOrder:
    """An answer to a thing."""
    parent_id = parent if isinstance(parent, str) else parent["name"]
    visibility = Visibility.PRIVATE if private else Visibility.PUBLIC
    return ReplyOrder(key="k", text=text, parent_id=parent_id, root_id="", visibility=visibility)
