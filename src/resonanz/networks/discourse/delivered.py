"""What a forum brings by webhook, as events of the house."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, AccountGone, BadEvent, Event
from resonanz.networks.discourse.client import host
from resonanz.networks.discourse.posts import (
    FAULTS,
    NAME,
    Found,
    deleted,
    edited,
    id_of,
    is_gone,
    is_said,
    posted,
    whole,
)
from resonanz.networks.webhooks import Delivery, Told

EVENT, INSTANCE = "x-discourse-event", "x-discourse-instance"
SIGNATURE = "x-discourse-event-signature"
_PING = "ping"
_ACCOUNT_EVENTS = frozenset({"user_destroyed", "user_anonymized"})
# What a topic is called and where it stands tells nothing that its posts do not. What was deleted stays so here.
_SILENT = frozenset(
    {_PING, "topic_created", "topic_edited", "topic_destroyed", "topic_recovered", "post_recovered"}
    | {f"topic_{status}_status_updated" for status in ("archived", "closed", "visible", "pinned", "autoclosed")}
)
_PRIVATE = "private_message"


def name_of(delivery: Delivery) -> str:
    """The event in Discourse's word; only a ping comes without one."""
    return delivery.headers.get(EVENT, _PING)


def read(account: Account, delivery: Delivery) -> Told:
    """What it tells."""
    name = name_of(delivery)
    if name in _SILENT:
        return Told()
    try:
        _be_from(delivery.headers.get(INSTANCE, ""), account)
        if name in _ACCOUNT_EVENTS:
            return Told((_account_gone(_object(delivery)["user"], account),))
        if name in {"post_created", "post_edited", "post_destroyed"}:
            return Told(tuple(_of_post(name, _object(delivery)["post"], account)))
    except (*FAULTS, RecursionError) as error:
        return Told(bad=(_bad(delivery, error),))
    return Told(is_unknown=True)


def _object(delivery: Delivery) -> dict[str, Any]:
    found = json.loads(delivery.body)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _of_post(name: str, post: Any, account: Account) -> list[Event]:
    if name == "post_destroyed" or is_gone(post):
        return [deleted(id_of(post), account)]
    # A forum brings the messages among its members as well, and does not say who they are. Ours are asked for.
    if post.get("topic_archetype") == _PRIVATE or not is_said(post):
        return []
    said = posted(post, account, is_private=False)
    # An edit may be the first that we hear of a post: because it speaks of us only now, or because the news of its
    # being written is late.
    return [said] if name == "post_created" else [said, edited(said, post)]


def _account_gone(user: Found, account: Account) -> AccountGone:
    return AccountGone(network=NAME, origin=host(account), native_id=str(whole(user["id"])), gone_at=clock.now())


def _be_from(instance: str, account: Account) -> None:
    """Numbers of posts mean something on their own forum only."""
    if instance and urlsplit(instance).netloc != host(account):
        raise ValueError("another forum")


def _bad(delivery: Delivery, error: Exception) -> BadEvent:
    return put_aside(delivery.body.decode("utf-8", "replace"), error)
