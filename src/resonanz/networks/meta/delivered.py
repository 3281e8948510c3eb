"""What Meta brings by webhook, as events of the house: entries of one account, changes and messages in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Event
from resonanz.networks.meta import messages, webhook
from resonanz.networks.meta.place import Place
from resonanz.networks.meta.reading import FAULTS, Found, identifier, moment, objects, words
from resonanz.networks.webhooks import Delivery, Told

_MOST_TEXT = 20_000
_SILENT_MESSAGES = frozenset(
    {"delivery", "read", "reaction", "postback", "optin", "referral", "account_linking", "policy_enforcement"}
    | {"pass_thread_control", "take_thread_control", "request_thread_control", "app_roles", "feedback"}
)
Change = Callable[[str, Found, Account, datetime], list[Event]]
"""What a change of a field tells, by its value and the time at which it was told."""
_Reads = Callable[[Found, datetime], list[Event]]


class Unknown(ValueError):
    """Something of which we have never heard."""


def read(account: Account, delivery: Delivery, *, kind: str, place: Place, change: Change) -> Told:
    """What it tells of this account; entries about others are for their own channels."""
    events: list[Event] = []
    bad: list[BadEvent] = []
    is_unknown = False
    try:
        entries = [one for one in webhook.entries(delivery, kind) if str(one.get("id")) == account.native_id]
    except (*FAULTS, RecursionError) as error:
        return Told(bad=(put_aside(delivery.body.decode("utf-8", "replace"), error),))
    for entry in entries:
        for one, reads in _things(entry, account, place, change):
            try:
                events += reads(one, moment(entry.get("time") or int(delivery.received_at.timestamp())))
            except Unknown:
                is_unknown = True
            except (*FAULTS, RecursionError) as error:
                bad.append(put_aside(one, error))
    return Told(tuple(events), tuple(bad), is_unknown)


def _things(entry: Found, account: Account, place: Place, change: Change) -> Iterator[tuple[Found, _Reads]]:
    for one in objects(entry.get("changes")):
        yield one, lambda found, at: change(str(found["field"]), found["value"], account, at)
    for kind in ("messaging", "standby"):
        for one in objects(entry.get(kind)):
            yield one, lambda found, _at: _message(found, account, place)


def _message(found: Found, account: Account, place: Place) -> list[Event]:
    """What we said ourselves, here or elsewhere, the poll brings: it knows what that answered."""
    changed, said = found.get("message_edit"), found.get("message")
    if isinstance(changed, dict):
        return _reworded(found, changed, account, place)
    if not isinstance(said, dict):
        if _SILENT_MESSAGES.isdisjoint(found):
            raise Unknown(", ".join(sorted(map(str, found)))[:100])
        return []
    if said.get("is_echo") or str(found["sender"]["id"]) == account.native_id:
        return []
    if said.get("is_deleted"):
        return [place.deleted(identifier(said["mid"]))]
    return [messages.brought(found, place)]


def _reworded(found: Found, changed: Found, account: Account, place: Place) -> list[Event]:
    """An edit may be the first that we hear of a message, too. One whose words are not told changes nothing."""
    if str(found["sender"]["id"]) == account.native_id or not words(changed.get("text"), most=_MOST_TEXT):
        return []
    said = messages.brought({**found, "message": changed}, place)
    return [said, place.edited(said, at=said.posted_at)]
