"""Our webhook as Telegram knows it: whether it brings what is said, and what is done while it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from resonanz.core import clock, text
from resonanz.networks.contract import Account
from resonanz.networks.errors import TryLater
from resonanz.networks.telegram import client
from resonanz.networks.telegram.client import WAIT_SECONDS, OtherReader
from resonanz.networks.telegram.updates import KINDS
from resonanz.networks.webhooks import BROUGHT_TO, Keys, WebhookHealth

PATIENCE_SECONDS = 300.0
"""How long our webhook may be out of reach before what is said is asked for: a restart here takes less."""
_LOOK_SECONDS = 55.0
_OTHER_SECONDS = 300.0
_TROUBLE = timedelta(minutes=5)
_MOST_WORDS = 300


@dataclass(slots=True)
class _Looked:
    """What the last look found, when that was, and since when nothing can be brought."""

    at: float
    is_brought: bool | None = None
    troubled_since: float | None = None


_looked: dict[str, _Looked] = {}
"""By channel: a webhook that did well a moment ago is not asked about with every poll. Forgotten with the process."""


def tell(account: Account, address: str, keys: Keys) -> None:
    """Where to bring it from now on; nowhere where that is "". What waits there comes by the new way."""
    if address:
        client.call(account, "setWebhook", url=address, secret_token=keys.secret, allowed_updates=KINDS)
    else:
        client.call(account, "deleteWebhook", drop_pending_updates=False)


def health(account: Account) -> WebhookHealth:
    """What Telegram says of it."""
    found = client.get(account, "getWebhookInfo")
    if not isinstance(found, dict) or not isinstance(found.get("url"), str):
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    waiting = found.get("pending_update_count")
    return WebhookHealth(
        address=found["url"],
        waiting=waiting if isinstance(waiting, int) and waiting > 0 else 0,
        failed_at=_failed_at(found),
        words=text.clean(str(found.get("last_error_message") or ""), most=_MOST_WORDS),
    )


def is_brought(account: Account) -> bool:
    """Whether Telegram brings what is said to our webhook; where it does not, it has to be asked for.

    Raises TryLater where another program took it over, or ours is out of reach, which is waited for a while.
    """
    ours = account.settings.get(BROUGHT_TO, "")
    if not ours:
        return False
    key, now = _key(account, ours), clock.now().timestamp()
    last = _looked.get(key)
    if last is not None and last.is_brought is not None and 0 <= now - last.at < _LOOK_SECONDS:
        return last.is_brought
    found = health(account)
    if found.address and found.address != ours:
        raise OtherReader(_OTHER_SECONDS, "telegram.webhook")
    since = _since(last, found, now) if found.address else None
    _looked[key] = _Looked(now, None if since is not None else bool(found.address), since)
    if since is None:
        return bool(found.address)
    if now - since < PATIENCE_SECONDS:
        raise TryLater(WAIT_SECONDS, "telegram.not_brought")
    tell(account, "", Keys(""))  # what waits is asked for, and Telegram gives it to nobody while it knows a webhook
    _looked[key] = _Looked(now, is_brought=False)
    return False


def is_brought_again(account: Account) -> bool:
    """Whether it is brought by now although the last look said otherwise: somebody told our address again."""
    ours = account.settings.get(BROUGHT_TO, "")
    return bool(ours and _looked.pop(_key(account, ours), None)) and is_brought(account)


def _key(account: Account, ours: str) -> str:
    return f"{client.base(account)} {account.native_id} {ours}"


def _since(last: _Looked | None, found: WebhookHealth, now: float) -> float | None:
    """Since when nothing can be brought; None while it can. While it fails, Telegram tries ever more seldom."""
    if not found.waiting or found.failed_at is None:
        return None
    known = last.troubled_since if last is not None else None
    if known is None and clock.now() - found.failed_at > _TROUBLE:
        return None
    return now if known is None else known


def _failed_at(found: Mapping[str, Any]) -> datetime | None:
    seconds = found.get("last_error_date")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds < 2**33:
        return None
    return datetime.fromtimestamp(seconds, UTC)
