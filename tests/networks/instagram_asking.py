"""Asking Instagram on the loopback as a channel does: its account, its polls, its orders."""

from __future__ import annotations

from typing import Any

from tests.networks.facebook_asking import APP
from tests.networks.instagram_server import ACCOUNT, TOKEN, InstagramServer
from tests.networks.meta_server import Said

from resonanz.core import clock
from resonanz.networks.contract import Account, Batch, ReplyOrder, Visibility
from resonanz.networks.instagram import InstagramNetwork
from resonanz.networks.instagram.posts import ELSEWHERE, PLACE
from resonanz.networks.webhooks import Delivery, Told

network = InstagramNetwork()


def account(instagram: InstagramServer, **more: Any) -> Account:
    """Our account."""
    known: dict[str, Any] = {
        "origin": "instagram.com",
        "native_id": ACCOUNT,
        "handle": "nordhain",
        "secret": TOKEN,
        "app": APP,
    } | more
    return Account(network="instagram", address=instagram.url, **known)


def poll(instagram: InstagramServer, cursor: str = "") -> list[Batch]:
    """All that one poll brings."""
    return list(network.poll(account(instagram), cursor))


def brought(instagram: InstagramServer, delivery: tuple[dict[str, str], bytes]) -> Told:
    """What a delivery tells our account."""
    return network.read(account(instagram), Delivery(*delivery, clock.now()))


def order(parent: Said, text: str = "Das tut uns leid.", *, private: bool = False, elsewhere: str = "") -> ReplyOrder:
    """An answer to a comment or message; `elsewhere`: it stands below that post of somebody else."""
    is_message = "to" in parent
    root_id = PLACE.talk_with(parent["from"]["id"]) if is_message else parent.get("parent_id") or parent["id"]
    return ReplyOrder(
        key="k",
        text=text,
        parent_id=parent["id"],
        root_id=f"{ELSEWHERE}{elsewhere}" if elsewhere else root_id,
        visibility=Visibility.PRIVATE if private or is_message else Visibility.PUBLIC,
    )
