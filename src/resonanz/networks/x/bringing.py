"""Our webhook at X: told, subscribed to what concerns an account, looked after, and taken away.

One webhook serves all accounts of the application, and each of them has its subscriptions. X asks for a proof when it
is told the address and every hour; where that fails it brings nothing until somebody has it ask again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from resonanz.core import clock
from resonanz.networks.contract import Account
from resonanz.networks.errors import NetworkError, Refused
from resonanz.networks.webhooks import BROUGHT_TO, WebhookHealth
from resonanz.networks.x.client import NotThere, call, get, listed
from resonanz.networks.x.delivered import BRINGS
from resonanz.networks.x.posts import FAULTS, checked_id

_WEBHOOKS = "/2/webhooks"
_SUBSCRIPTIONS = "/2/activity/subscriptions"
_MOST_SUBSCRIPTIONS = 1_000
_TAG = "resonanz"
_LOOK_SECONDS = 1_800.0
_looked: dict[str, float] = {}
"""When each webhook was looked at last, by the address; forgotten with the process."""


def tell(account: Account, address: str) -> None:
    """Bring to `address` what is said to the account; nothing more where that is ""."""
    if account.app is None or not account.app.bearer:
        raise Refused("x.no_bearer")
    if not address:
        _end(account)
        return
    webhook_id = _registered(account, address)
    subscribed = {name: one for one in _subscriptions(account) if (name := str(one.get("event_type"))) in BRINGS}
    for name in BRINGS:
        _subscribe(account, name, webhook_id, subscribed.get(name))


def health(account: Account) -> WebhookHealth:
    """Which address X knows, and whether it takes it for ours."""
    found = _webhook(account, account.settings.get(BROUGHT_TO, ""))
    if found is None:
        return WebhookHealth("")
    if found.get("valid") is True:
        return WebhookHealth(str(found["url"]))
    return WebhookHealth(str(found["url"]), is_valid=False)


def keep_valid(account: Account) -> None:
    """Look now and then whether X still takes the address for ours, and have it ask again where it does not."""
    ours, now = account.settings.get(BROUGHT_TO, ""), clock.now().timestamp()
    if not ours or account.app is None or not account.app.bearer or 0 <= now - _looked.get(ours, 0.0) < _LOOK_SECONDS:
        return
    _looked[ours] = now
    with contextlib.suppress(NetworkError):  # what is said is asked for meanwhile
        found = _webhook(account, ours)
        if found is not None and found.get("valid") is not True:
            _validate(account, _id(found, "id"))


def _registered(account: Account, address: str) -> str:
    """The id of the webhook, told now where X does not know it; one that failed is asked about again."""
    found = _webhook(account, address)
    if found is None:
        return _id(call(account, "POST", _WEBHOOKS, {"url": address}, as_app=True), "id")
    if found.get("valid") is not True and not _validate(account, _id(found, "id")):
        raise Refused("x.not_valid")
    return _id(found, "id")


def _validate(account: Account, webhook_id: str) -> bool:
    return call(account, "PUT", f"{_WEBHOOKS}/{webhook_id}", as_app=True).get("valid") is True


def _webhook(account: Account, address: str) -> dict[str, Any] | None:
    fields = {"webhook_config.fields": ("id", "url", "valid")}
    known = listed(get(account, _WEBHOOKS, fields, as_app=True))
    return next((one for one in known if isinstance(one, dict) and one.get("url") == address), None)


def _subscriptions(account: Account) -> Iterator[dict[str, Any]]:
    """Those of this account."""
    asked = {"max_results": _MOST_SUBSCRIPTIONS}
    for one in listed(get(account, _SUBSCRIPTIONS, asked, as_app=True)):
        chosen = one.get("filter") if isinstance(one, dict) else None
        if isinstance(chosen, dict) and chosen.get("user_id") == account.native_id:
            yield one


def _subscribe(account: Account, name: str, webhook_id: str, known: dict[str, Any] | None) -> None:
    """What is subscribed to already is not again: X would refuse. As the account: what others say to it is its own."""
    if known is None:
        chosen = {"user_id": account.native_id}
        body = {"event_type": name, "filter": chosen, "webhook_id": webhook_id, "tag": _TAG}
        call(account, "POST", _SUBSCRIPTIONS, body)
    elif known.get("webhook_id") != webhook_id:
        path = f"{_SUBSCRIPTIONS}/{_id(known, 'subscription_id')}"
        call(account, "PUT", path, {"webhook_id": webhook_id, "tag": _TAG}, as_app=True)


def _end(account: Account) -> None:
    """The webhook stays: other accounts may be brought to it."""
    for one in list(_subscriptions(account)):
        if one.get("event_type") in BRINGS:
            with contextlib.suppress(NotThere):
                call(account, "DELETE", f"{_SUBSCRIPTIONS}/{_id(one, 'subscription_id')}", as_app=True)


def _id(found: dict[str, Any], name: str) -> str:
    try:
        return checked_id(found[name])
    except FAULTS as error:
        raise Refused("answer.unreadable") from error
