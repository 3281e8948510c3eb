"""Receiving what a webhook brings: genuine or not, stored before it is answered. Nothing is read here.

What it tells is taken in afterwards by `pipeline.arrivals`.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, connection, transaction

from resonanz.core import clock, secrets
from resonanz.networks import registry
from resonanz.networks.connections import applications, leases, webhook_keys
from resonanz.networks.contract import Capability, able
from resonanz.networks.models import Channel, ChannelState, Webhook
from resonanz.networks.rates import Buckets, Rate
from resonanz.networks.webhooks import BatchTerms, Delivery, Keys, Proof, TakesForAll, TakesWebhooks
from resonanz.pipeline import batches, models

KEEP_DAYS = 6
"""Counted from the day on which it came; the daily job of that day runs within the seventh day."""
NOTED = Rate(times=10, seconds=10.0)
"""How often forged deliveries are written down; what comes faster is counted together."""
HEARING = frozenset({ChannelState.ACTIVE, ChannelState.BROKEN})
"""Where what is said is heard. On a paused channel only what becomes of posts we hold is followed."""
_MOST_NAME = 80
_INSERT = """
INSERT INTO pipeline_delivery (channel_id, digest, sealed, received_at, delete_on)
VALUES (%(channel_id)s, %(digest)s, %(sealed)s, %(received_at)s, %(delete_on)s)
ON CONFLICT (channel_id, digest) DO NOTHING
"""
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


class Received(StrEnum):
    """What became of a request."""

    STORED = "stored"
    KNOWN = "known"
    FORGED = "forged"
    TOO_LARGE = "too_large"
    TOO_MANY_LINES = "too_many_lines"
    NUMBER_TAKEN = "number_taken"
    NOT_LISTENING = "not_listening"
    NOBODY = "nobody"


def receive(*, key: str, headers: Mapping[str, str], body: bytes) -> Received:
    """Check a delivery for the webhook of this key, and store it; when this returns STORED it is committed."""
    address = _find(key)
    if address is None:
        return Received.NOBODY
    if len(body) > address.connector.webhook.most_bytes:
        return Received.TOO_LARGE
    delivery = Delivery(headers=headers, body=body, received_at=clock.now())
    if not address.connector.is_genuine(delivery, address.keys):
        _tally.add(address)
        return Received.FORGED
    try:
        if terms := address.connector.webhook.batches:
            return _store_batch(address, delivery, terms)
        return _store_for_each(address, delivery)
    except IntegrityError:  # the channel was removed meanwhile
        return Received.NOBODY


def prove(*, key: str, asked: Mapping[str, str]) -> Proof | None:
    """The answer to a network that asks whether this address is ours; None where it is not, or nobody asks so."""
    address = _find(key)
    if address is None or not address.connector.webhook.asks:
        return None
    proof = address.connector.prove(asked, address.keys)
    if proof is None:
        _tally.add(address)
    elif address.channel_id is not None:
        leases.note_said(channel_id=address.channel_id, proof=proof)
    return proof


def most_bytes() -> int:
    """The largest body that any network may send."""
    takes: list[TakesWebhooks] = [
        connector  # type: ignore[misc] # declared WEBHOOK; a test in tests/house compares
        for connector in map(registry.connector, registry.names())
        if able(connector, Capability.WEBHOOK)
    ]
    return max((connector.webhook.most_bytes for connector in takes), default=0)


def opened(row: models.Delivery) -> Delivery:
    """A stored delivery as it came. Raises SecretsError."""
    headers, _, body = secrets.unseal(bytes(row.sealed)).partition(b"\n")
    return Delivery(headers=json.loads(headers), body=body, received_at=row.received_at)


@dataclass(frozen=True, slots=True)
class _Address:
    """Whose webhook it is: that of one channel, or that of an application for all its channels at `network`."""

    network: str
    connector: TakesWebhooks
    keys: Keys
    channel_id: int | None
    webhook_id: int | None

    def channel_ids(self, delivery: Delivery) -> list[int]:
        """The channels that a genuine delivery concerns."""
        if self.channel_id is not None:
            return [self.channel_id]
        takes: TakesForAll = self.connector  # type: ignore[assignment] # declared APP_WEBHOOK; tests/house compares
        addressed = Channel.objects.filter(network=self.network, native_id__in=takes.addressees(delivery))
        return list(addressed.order_by("id").values_list("pk", flat=True))


def _find(key: str) -> _Address | None:
    if not _KEY.fullmatch(key):
        return None
    webhook = Webhook.objects.select_related("channel").filter(key=key).first()
    if webhook is not None:
        channel, keys = webhook.channel, webhook_keys.keys_of(webhook)
        return _Address(channel.network, webhook_keys.connector_of(channel), keys, channel.pk, webhook.pk)
    network = applications.network_of(key=key)
    if network is None:
        return None
    connector: TakesWebhooks = registry.connector(network)  # type: ignore[assignment] # declared; tests/house compares
    return _Address(network, connector, applications.webhook_keys(network=network), None, None)


def _store_for_each(address: _Address, delivery: Delivery) -> Received:
    """Whoever let our application in and has no channel here any more is not answered with a fault: it was brought."""
    stored = [_store(channel_id, address.connector, delivery) for channel_id in address.channel_ids(delivery)]
    return Received.STORED if Received.STORED in stored else Received.KNOWN


def _store_batch(address: _Address, delivery: Delivery, terms: BatchTerms) -> Received:
    """Once for its number. What cannot be heard is not taken: whoever brings it keeps it, and brings it again."""
    if delivery.body.count(b"\n") > terms.most_lines:
        return Received.TOO_MANY_LINES
    channel = Channel.objects.filter(webhook=address.webhook_id).first() if address.webhook_id else None
    if channel is None:
        return Received.NOBODY
    if channel.state not in HEARING:
        return Received.NOT_LISTENING
    number = int(delivery.headers[terms.number])
    with transaction.atomic():
        is_new = batches.note_received(
            channel=channel, number=number, digest=_digest(address.connector, delivery), at=delivery.received_at
        )
        if is_new is None:
            return Received.NUMBER_TAKEN
        return _store(channel.pk, address.connector, delivery) if is_new else Received.KNOWN


def _digest(connector: TakesWebhooks, delivery: Delivery) -> bytes:
    name = connector.name_of(delivery)[:_MOST_NAME].encode("utf-8", "replace")
    return hashlib.sha256(len(name).to_bytes(2, "big") + name + delivery.body).digest()


def _store(channel_id: int, connector: TakesWebhooks, delivery: Delivery) -> Received:
    """Once: the same bytes under the same name are the same delivery.

    No id of the network is trusted for that: those stand in headers that nobody signed, and change when it tries again.
    """
    kept = {name: delivery.headers[name] for name in connector.webhook.headers if name in delivery.headers}
    row: dict[str, int | bytes | datetime | date] = {
        "channel_id": channel_id,
        "digest": _digest(connector, delivery),
        "sealed": secrets.seal(json.dumps(kept).encode() + b"\n" + delivery.body),
        "received_at": delivery.received_at,
        "delete_on": _delete_on(delivery.received_at),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
        return Received.STORED if cursor.rowcount else Received.KNOWN


def _delete_on(moment: datetime) -> date:
    return moment.astimezone(UTC).date() + timedelta(days=KEEP_DAYS)


class _Tally:
    """Counts forged deliveries; who sends thousands makes us write no thousand times."""

    def __init__(self) -> None:
        self._buckets = Buckets(NOTED)
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}

    def add(self, address: _Address) -> None:
        name = str(address.webhook_id or address.network)
        with self._lock:
            count = self._counts[name] = self._counts.get(name, 0) + 1
            if self._buckets.wait(name):
                return
            del self._counts[name]
        if address.webhook_id is None:
            applications.note_forged(network=address.network, count=count)
        else:
            webhook_keys.note_forged(webhook_id=address.webhook_id, count=count)


_tally = _Tally()
