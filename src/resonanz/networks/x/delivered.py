"""What X brings by webhook (X Activity API), as events of the house."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Event
from resonanz.networks.signatures import fits_base64, hmac_base64
from resonanz.networks.webhooks import Delivery, Keys, Proof, Told
from resonanz.networks.x import tariff
from resonanz.networks.x.posts import (
    FAULTS,
    Beside,
    checked_id,
    deleted,
    earlier_versions,
    is_protected,
    is_repost,
    posted,
)

SIGNATURE = "x-twitter-webhooks-signature"
SIGNATURE_OAUTH2 = "x-twitter-webhooks-signature-oauth2"
BRINGS = ("post.mention.create", "post.reply.create", "post.quote.create", "post.create", "post.delete")
_PREFIX = "sha256="
_MOST_TOKEN = 500
_TO_US = frozenset({"post.mention.create", "post.reply.create", "post.quote.create"})
# Known, and nothing that the house keeps: who follows, likes or passes on, what a profile says, what is encrypted.
_SILENT_ROOMS = frozenset({"follow", "like", "profile", "mute", "block", "spaces", "broadcast", "news", "chat", "dm"})
_SILENT = frozenset({"post.repost.create"})


def is_genuine(delivery: Delivery, keys: Keys) -> bool:
    """X signs the body with a secret of the application, and no time: with its client secret, or with its older one.

    Applications that have both may get both signatures; one that fits is enough.
    """
    signatures = ((keys.client_secret, SIGNATURE_OAUTH2), (keys.app_secret, SIGNATURE))
    return any(
        fits_base64(secret, delivery.body, delivery.headers.get(header, ""), prefix=_PREFIX)
        for secret, header in signatures
    )


def prove(asked: Mapping[str, str], keys: Keys) -> Proof | None:
    """The answer to its challenge, by which X knows the address for ours; it asks again every hour."""
    token, secret = asked.get("crc_token", ""), keys.app_secret or keys.client_secret
    if not token or len(token) > _MOST_TOKEN or not secret:
        return None
    answer = {"response_token": _PREFIX + hmac_base64(secret, token.encode("utf-8", "surrogatepass"))}
    return Proof(json.dumps(answer), "application/json; charset=utf-8")


def name_of(delivery: Delivery) -> str:
    """The event in X's word."""
    try:
        name = _data(delivery)["event_type"]
    except (*FAULTS, RecursionError):
        return ""
    return name if isinstance(name, str) else ""


def addressees(delivery: Delivery) -> frozenset[str]:
    """The account whose subscription it is."""
    try:
        return frozenset({checked_id(_data(delivery)["filter"]["user_id"])})
    except (*FAULTS, RecursionError):
        return frozenset()


def read(account: Account, delivery: Delivery) -> Told:
    """What it tells. Each post that is brought is charged as one that is read."""
    name = name_of(delivery)
    if name in _SILENT or name.partition(".")[0] in _SILENT_ROOMS:
        return Told()
    try:
        if name == "post.delete":
            return Told((deleted(checked_id(_data(delivery)["payload"]["id"])),))
        if name in _TO_US or name == "post.create":
            return Told(tuple(_said(name, _data(delivery), account)), used=(tariff.POST_READ,))
    except (*FAULTS, RecursionError) as error:
        return Told(bad=(_bad(delivery, error),), used=(tariff.POST_READ,) if name != "post.delete" else ())
    return Told(is_unknown=True)


def _said(name: str, data: dict[str, Any], account: Account) -> list[Event]:
    post = data["payload"]
    beside = Beside.read(data)
    if is_repost(post) or is_protected(post, beside):
        return []
    old: list[Event] = [deleted(native_id) for native_id in earlier_versions(post)]
    return [*old, posted(post, beside, account, addressed=name in _TO_US)]


def _data(delivery: Delivery) -> dict[str, Any]:
    found = json.loads(delivery.body)["data"]
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _bad(delivery: Delivery, error: Exception) -> BadEvent:
    return put_aside(delivery.body.decode("utf-8", "replace"), error)
