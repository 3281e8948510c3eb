"""An update, which is all that Telegram tells: the same whether it is asked for or brought by webhook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account
from resonanz.networks.telegram.messages import FAULTS, told
from resonanz.networks.webhooks import Delivery, Told

SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header
KINDS = ("message", "edited_message", "channel_post", "edited_channel_post")
"""What is asked for; nothing else is brought, but what was on its way when we first asked."""


def name_of(delivery: Delivery) -> str:
    """What sort of update it is, in Telegram's word."""
    try:
        return kind_of(_update(delivery))
    except (*FAULTS, RecursionError):
        return ""


def read(account: Account, delivery: Delivery) -> Told:
    """What a delivery tells."""
    try:
        update = _update(delivery)
    except (*FAULTS, RecursionError) as error:
        return Told(bad=(put_aside(delivery.body.decode("utf-8", "replace"), error),))
    return of_update(update, account)


def of_update(update: Mapping[str, Any], account: Account) -> Told:
    """What an update tells."""
    kind = kind_of(update)
    if kind not in KINDS:
        return Told(is_unknown=True)
    try:
        return Told(tuple(told(update[kind], account, is_edit=kind.startswith("edited_"))))
    except FAULTS as error:
        return Told(bad=(put_aside(update, error),))


def kind_of(update: Mapping[str, Any]) -> str:
    """The one thing that it holds besides its number."""
    return next((name for name in update if name != "update_id"), "")


def _update(delivery: Delivery) -> dict[str, Any]:
    found = json.loads(delivery.body)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found
