"""A network for tests that brings what happens by webhook and signs as X, Meta and others with a clock do.

It has a secret of its own for each channel, signs time and body together, asks for a proof, and says in its body what
it tells: `{"event": …, "said": [[id, text], …], "gone": [id, …]}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from resonanz.core import clock
from resonanz.networks import signatures
from resonanz.networks.contract import Account, BadEvent, Batch, Capability, Deleted, Edited, Entries, Event, Limits
from resonanz.networks.webhooks import Delivery, Keys, Proof, Told, WebhookTerms
from tests.pipeline.events import posted

NAME = "brought"
EVENT, SIGNATURE, TIME = "x-brought-event", "x-brought-signature", "x-brought-time"


class BroughtNetwork:
    """`before_reading` is called before each delivery is read, so that a test can break it."""

    name = NAME
    title = "Brought"
    capabilities = frozenset({Capability.POLL, Capability.WEBHOOK, Capability.EDITS, Capability.DELETIONS})
    limits = Limits(poll_seconds=3600)
    asks_for = Entries()
    webhook = WebhookTerms(headers=(EVENT,), most_bytes=4_096, asks=True, brings=("said", "gone"))

    def __init__(self) -> None:
        self.before_reading: Callable[[Delivery], None] = lambda _delivery: None

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        return iter(())

    def is_genuine(self, delivery: Delivery, keys: Keys) -> bool:
        said = delivery.headers.get(TIME, "")
        signed = said.encode() + b"." + delivery.body
        given = delivery.headers.get(SIGNATURE, "")
        is_ours = signatures.fits_base64(keys.secret, signed, given, prefix="sha256=")
        return is_ours and signatures.is_recent(said, delivery.received_at)

    def prove(self, asked: Mapping[str, str], keys: Keys) -> Proof | None:
        """As Meta does, which knows a word of ours, and as X does, which wants its own word signed."""
        if "hub.challenge" in asked:
            return (
                Proof(asked["hub.challenge"])
                if signatures.fits(keys.secret, asked.get("hub.verify_token", ""))
                else None
            )
        if "crc_token" in asked:
            token = signatures.hmac_base64(keys.secret, asked["crc_token"].encode())
            return Proof(json.dumps({"response_token": f"sha256={token}"}), "application/json")
        return None

    def name_of(self, delivery: Delivery) -> str:
        return delivery.headers.get(EVENT, "")

    def read(self, account: Account, delivery: Delivery) -> Told:
        self.before_reading(delivery)
        if self.name_of(delivery) not in {"said", "gone", "edited"}:
            return Told(is_unknown=True)
        try:
            found = json.loads(delivery.body)
            return Told(tuple(self._events(found, delivery.received_at)))
        except (ValueError, KeyError, TypeError) as error:
            return Told(bad=(BadEvent("", f"event.{type(error).__name__}"),))

    def _events(self, found: dict[str, list[list[str]]], at: datetime) -> Iterator[Event]:
        for native_id, text in found.get("said", []):
            yield posted(native_id, text, network=NAME, origin="", addressed=True, posted_at=at)
        for native_id, text in found.get("edited", []):
            yield Edited(network=NAME, origin="", native_id=native_id, text=text, edited_at=at)
        for native_id, _text in found.get("gone", []):
            yield Deleted(network=NAME, origin="", native_id=native_id, deleted_at=at)


def body(**told: list[tuple[str, str]]) -> bytes:
    """A body that tells this."""
    return json.dumps(told).encode()


def headers(secret: str, sent: bytes, event: str = "said", *, at: datetime | None = None) -> dict[str, str]:
    """The headers with which the network sends a body."""
    said = str(int((at or clock.now()).timestamp()))
    signature = signatures.hmac_base64(secret, said.encode() + b"." + sent)
    return {EVENT: event, TIME: said, SIGNATURE: f"sha256={signature}", "content-type": "application/json"}
