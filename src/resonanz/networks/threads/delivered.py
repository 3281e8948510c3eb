"""What Threads brings by webhook, as events of the house. Its deliveries have a form of their own."""

from __future__ import annotations

import json
from typing import Any

from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Event
from resonanz.networks.meta.reading import FAULTS, Found, identifier
from resonanz.networks.threads.posts import deleted, posted
from resonanz.networks.webhooks import Delivery, Told

FIELDS = ("replies", "mentions", "delete")
_SILENT = frozenset({"publish"})
_NONE = (*FAULTS, RecursionError)


def read(account: Account, delivery: Delivery) -> Told:
    """What it tells of this account."""
    events: list[Event] = []
    bad: list[BadEvent] = []
    is_unknown = False
    try:
        told = json.loads(delivery.body)
        things = _things(told) if account.native_id in _concerned(told) else []
        is_told_us = str(told["target_id"]) == account.native_id
    except _NONE as error:
        return Told(bad=(put_aside(delivery.body.decode("utf-8", "replace"), error),))
    for one in things:
        try:
            found = _event(str(one["field"]), one["value"], account, is_told_us=is_told_us)
        except _NONE as error:
            bad.append(put_aside(one, error))
            continue
        is_unknown |= found is None
        events += found or []
    return Told(tuple(events), tuple(bad), is_unknown)


def addressees(delivery: Delivery) -> frozenset[str]:
    """Whom it is for, and whose post it stands below: Threads names the one or the other."""
    try:
        return _concerned(json.loads(delivery.body))
    except _NONE:
        return frozenset()


def name_of(delivery: Delivery) -> str:
    """The field of the first thing."""
    try:
        return str(_things(json.loads(delivery.body))[0]["field"])[:100]
    except (*_NONE, IndexError):
        return ""


def _event(field: str, value: Found, account: Account, *, is_told_us: bool) -> list[Event] | None:
    """None for what nobody has heard of. What names another account below a post of ours is told to that one."""
    if field in {"replies", "mentions"}:
        return [posted(value, account, names_us=field == "mentions" and is_told_us)]
    if field == "delete":
        return [deleted(identifier(value["id"]))]
    return [] if field in _SILENT else None


def _things(told: Any) -> list[Found]:
    values = told["values"]
    return [one for one in (values if isinstance(values, list) else [values]) if isinstance(one, dict)]


def _concerned(told: Any) -> frozenset[str]:
    ids = [told["target_id"]]
    for one in _things(told):
        value = one.get("value")
        root = value.get("root_post") if isinstance(value, dict) else None
        if isinstance(root, dict) and root.get("owner_id"):
            ids.append(root["owner_id"])
    return frozenset(identifier(one) for one in ids)
