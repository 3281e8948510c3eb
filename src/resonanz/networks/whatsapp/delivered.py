"""What WhatsApp brings by webhook: messages to our numbers. What became of our own is not kept."""

from __future__ import annotations

import json

from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Event
from resonanz.networks.meta import webhook
from resonanz.networks.meta.reading import FAULTS, Found, identifier, objects
from resonanz.networks.webhooks import Delivery, Told
from resonanz.networks.whatsapp.messages import is_of, told

FIELDS = ("messages",)
_KIND = "whatsapp_business_account"
_FAULTS = (*FAULTS, RecursionError)


def read(account: Account, delivery: Delivery) -> Told:
    """What it tells of this number; what is about others is for their own channels."""
    events: list[Event] = []
    bad: list[BadEvent] = []
    is_unknown = False
    try:
        changes = [one for entry in webhook.entries(delivery, _KIND) for one in objects(entry.get("changes"))]
    except _FAULTS as error:
        return Told(bad=(put_aside(delivery.body.decode("utf-8", "replace"), error),))
    for one in changes:
        value = one.get("value")
        if not isinstance(value, dict) or not is_of(value, account):
            continue
        is_unknown |= one.get("field") not in FIELDS
        for message in _each(value) if one.get("field") in FIELDS else []:
            try:
                events += told(message, account)
            except _FAULTS as error:
                bad.append(put_aside(message, error))
    return Told(tuple(events), tuple(bad), is_unknown)


def addressees(delivery: Delivery) -> frozenset[str]:
    """The numbers that a delivery is about, as Meta numbers them."""
    try:
        entries = objects(json.loads(delivery.body)["entry"])
    except _FAULTS:
        return frozenset()
    return frozenset(found for entry in entries for one in objects(entry.get("changes")) if (found := _number(one)))


def _each(value: Found) -> list[Found]:
    """The messages of a delivery one by one: one that cannot be read keeps no other one away."""
    return [{**value, "messages": [one]} for one in objects(value.get("messages"))]


def _number(change: Found) -> str:
    value = change.get("value")
    about = value.get("metadata") if isinstance(value, dict) else None
    try:
        return identifier(about.get("phone_number_id")) if isinstance(about, dict) else ""
    except ValueError:
        return ""
