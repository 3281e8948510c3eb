"""Asking Facebook on the loopback as a channel does: its account, its polls, its orders."""

from __future__ import annotations

from typing import Any

from tests.networks.batches import until
from tests.networks.facebook_server import PAGE, TOKEN, FacebookServer
from tests.networks.meta_server import APP_ID, APP_SECRET, Said

from resonanz.core import clock
from resonanz.networks.contract import Account, App, Batch, ReplyOrder, Visibility
from resonanz.networks.errors import NetworkError
from resonanz.networks.facebook import FacebookNetwork
from resonanz.networks.facebook.posts import PLACE
from resonanz.networks.webhooks import Delivery, Told

network = FacebookNetwork()
APP = App(client_id=APP_ID, client_secret=APP_SECRET)


def account(facebook: FacebookServer, **more: Any) -> Account:
    """Our Page."""
    known: dict[str, Any] = {
        "origin": "facebook.com",
        "native_id": PAGE,
        "handle": "nordhain",
        "secret": TOKEN,
        "app": APP,
    } | more
    return Account(network="facebook", address=facebook.url, **known)


def poll(facebook: FacebookServer, cursor: str = "") -> list[Batch]:
    """All that one poll brings."""
    return list(network.poll(account(facebook), cursor))


def poll_failing(facebook: FacebookServer, cursor: str, failure: type[NetworkError]) -> list[Batch]:
    """What a poll brings before it fails in this way."""
    return until(failure, network.poll(account(facebook), cursor))


def brought(facebook: FacebookServer, delivery: tuple[dict[str, str], bytes]) -> Told:
    """What a delivery tells our Page."""
    return network.read(account(facebook), Delivery(*delivery, clock.now()))


def order(parent: Said, text: str = "Das tut uns leid.", *, private: bool = False) -> ReplyOrder:
    """An answer to a post, comment or message."""
    is_message = "to" in parent
    return ReplyOrder(
        key="k",
        text=text,
        parent_id=parent["id"],
        root_id=PLACE.talk_with(parent["from"]["id"]) if is_message else parent["id"],
        visibility=Visibility.PRIVATE if private or is_message else Visibility.PUBLIC,
    )
