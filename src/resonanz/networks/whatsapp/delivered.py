"""What WhatsApp brings by webhook: messages to our numbers, and which of our answers it could not deliver."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Event, Undelivered
from resonanz.networks.meta import webhook
from resonanz.networks.meta.reading import FAULTS, Found, identifier, line, moment, objects
from resonanz.networks.webhooks import Delivery, Told
from resonanz.networks.whatsapp.messages import NAME, ORIGIN, is_of, message_id, told

FIELDS = ("messages",)
_KIND = "whatsapp_business_account"
_FAILED = "failed"
_MOST_REASON = 300
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
        for read_one, about in _each(value) if one.get("field") in FIELDS else []:
            try:
                events += read_one(about, account)
            except _FAULTS as error:
                bad.append(put_aside(about, error))
    return Told(tuple(events), tuple(bad), is_unknown)


def addressees(delivery: Delivery) -> frozenset[str]:
    """The numbers that a delivery is about, as Meta numbers them."""
    try:
        entries = objects(json.loads(delivery.body)["entry"])
    except _FAULTS:
        return frozenset()
    return frozenset(found for entry in entries for one in objects(entry.get("changes")) if (found := _number(one)))


def _each(value: Found) -> list[tuple[Callable[[Found, Account], Sequence[Event]], Found]]:
    """What a delivery tells one by one, and how it is read: one that cannot be read keeps no other one away."""
    said = [(told, {**value, "messages": [one]}) for one in objects(value.get("messages"))]
    return said + [(_undelivered, one) for one in objects(value.get("statuses")) if one.get("status") == _FAILED]


def _undelivered(status: Found, _account: Account) -> Sequence[Event]:
    """Raises one of FAULTS."""
    reason = next(map(_reason, objects(status.get("errors"))), "")
    native_id, failed_at = message_id(status["id"]), moment(int(status["timestamp"]))
    return [Undelivered(network=NAME, origin=ORIGIN, native_id=native_id, failed_at=failed_at, reason=reason)]


def _reason(error: Found) -> str:
    """In WhatsApp's words: what it says to it, else what it calls it."""
    data = error.get("error_data")
    said = (data.get("details") if isinstance(data, dict) else None) or error.get("title") or error.get("message")
    return line(said, most=_MOST_REASON) or f"graph.{error.get('code')}"


def _number(change: Found) -> str:
    value = change.get("value")
    about = value.get("metadata") if isinstance(value, dict) else None
    try:
        return identifier(about.get("phone_number_id")) if isinstance(about, dict) else ""
    except ValueError:
        return ""
