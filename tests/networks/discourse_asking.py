"""Asking the forum on the loopback as a channel does: its account, its polls, its orders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.networks.batches import until
from tests.networks.discourse_server import KEY, DiscourseServer

from resonanz.networks.contract import Account, Batch, ReplyOrder, Visibility
from resonanz.networks.discourse import DiscourseNetwork
from resonanz.networks.errors import NetworkError

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
network = DiscourseNetwork()


def account(forum: DiscourseServer, *, public: str = "", **more: Any) -> Account:
    """Our account on the forum."""
    known = {"origin": forum.host, "native_id": "7", "handle": "nordhain", "secret": KEY} | more
    return Account(network="discourse", address=forum.url, settings={"public": public} if public else {}, **known)


def poll(forum: DiscourseServer, cursor: str = "", *, public: str = "") -> list[Batch]:
    """All that one poll brings."""
    return list(network.poll(account(forum, public=public), cursor))


def poll_failing(forum: DiscourseServer, cursor: str, failure: type[NetworkError]) -> list[Batch]:
    """What a poll brings before it fails in this way."""
    return until(failure, network.poll(account(forum), cursor))


def order(parent: dict[str, Any], text: str = "Das tut uns leid.", *, private: bool = False) -> ReplyOrder:
    """An answer to a post of the forum."""
    visibility = Visibility.PRIVATE if private else Visibility.PUBLIC
    return ReplyOrder(
        key="k", text=text, parent_id=str(parent["id"]), root_id=f"t{parent['topic_id']}", visibility=visibility
    )
