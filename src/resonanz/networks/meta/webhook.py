"""Meta's webhooks: the question whether the address is ours, the signature, and whom a delivery concerns.

One address serves all accounts of an application; each delivery brings entries, each of them of one account.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from resonanz.networks.meta.reading import FAULTS, Found, identifier, objects
from resonanz.networks.signatures import fits, fits_hex
from resonanz.networks.webhooks import Delivery, Keys, Proof, WebhookTerms

SIGNATURE = "x-hub-signature-256"
_MOST_CHALLENGE = 200


def terms(*brings: str) -> WebhookTerms:
    """Deliveries as they come from Meta; `brings`: the fields to choose in the application's settings."""
    return WebhookTerms(headers=(), asks=True, brings=brings)


class SignedByMeta:
    """What a connector of a network of Meta's has of its deliveries, whatever they tell."""

    def is_genuine(self, delivery: Delivery, keys: Keys) -> bool:
        """Signed over the body with the application's secret."""
        return fits_hex(keys.app_secret, delivery.body, delivery.headers.get(SIGNATURE, ""), prefix="sha256=")

    def prove(self, asked: Mapping[str, str], keys: Keys) -> Proof | None:
        """The challenge, to whoever knows our verify token."""
        challenge = asked.get("hub.challenge", "")
        is_asked = asked.get("hub.mode") == "subscribe" and 0 < len(challenge) <= _MOST_CHALLENGE
        if not is_asked or not challenge.isascii() or not challenge.isalnum():
            return None
        return Proof(challenge) if fits(keys.secret, asked.get("hub.verify_token", "")) else None

    def name_of(self, delivery: Delivery) -> str:
        """The field of the first change, or what came of a conversation; "" where it cannot be told."""
        return _name_of(delivery)

    def addressees(self, delivery: Delivery) -> frozenset[str]:
        """The accounts that a delivery concerns."""
        return frozenset(found for one in _entries(delivery) if (found := _id_of(one)))


def entries(delivery: Delivery, kind: str) -> list[Found]:
    """The entries of a delivery about `kind`. Raises one of FAULTS."""
    found = json.loads(delivery.body)
    if not isinstance(found, dict) or found.get("object") != kind or not isinstance(found.get("entry"), list):
        raise ValueError("not of this network")
    return objects(found["entry"])


def _name_of(delivery: Delivery) -> str:
    for entry in _entries(delivery):
        for change in objects(entry.get("changes")):
            if isinstance(change.get("field"), str):
                return str(change["field"])[:100]
        for kind in ("messaging", "standby"):
            if isinstance(entry.get(kind), list):
                return kind
    return ""


def _entries(delivery: Delivery) -> list[Found]:
    try:
        found: Any = json.loads(delivery.body)
        return objects(found["entry"])
    except (*FAULTS, RecursionError):
        return []


def _id_of(entry: Found) -> str:
    try:
        return identifier(entry.get("id"))
    except ValueError:
        return ""
