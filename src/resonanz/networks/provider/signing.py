"""How a provider signs a batch, and the keys with which it may: two at once, so that one can follow the other."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from resonanz.networks import signatures
from resonanz.networks.webhooks import Delivery

KEY, TIME, NUMBER, SIGNATURE = "resonanz-key", "resonanz-time", "resonanz-batch", "resonanz-signature"
VERSION = "v1"
_NUMBER = re.compile(r"[1-9][0-9]{0,11}")


@dataclass(frozen=True, slots=True)
class Key:
    """One of a provider's keys; `ends_at`: from when on it is good no more."""

    key_id: str
    secret: str = field(repr=False)
    made_at: datetime
    ends_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it may sign at this moment."""
        return self.ends_at is None or now < self.ends_at


def signed(key_id: str, time: str, number: str, body: bytes) -> bytes:
    """The bytes that are signed: nothing of a batch can be changed, or sent as another one."""
    return f"{VERSION}.{key_id}.{time}.{number}.".encode("utf-8", "surrogatepass") + body


def fits(delivery: Delivery, keys: Sequence[Key]) -> bool:
    """Whether a good key signed number, time and body, and not long ago."""
    key_id, time, number, given = (delivery.headers.get(name, "") for name in (KEY, TIME, NUMBER, SIGNATURE))
    if not _NUMBER.fullmatch(number) or not signatures.is_recent(time, delivery.received_at):
        return False
    secrets = [key.secret for key in keys if key.key_id == key_id and key.is_good(delivery.received_at)]
    return any(
        signatures.fits_hex(secret, signed(key_id, time, number, delivery.body), given, prefix=f"{VERSION}=")
        for secret in secrets
    )


def read_keys(secret: str) -> list[Key]:
    """The keys as the secret of a channel's webhook holds them."""
    return [
        Key(row["id"], row["secret"], datetime.fromisoformat(row["made_at"]), _moment(row["ends_at"]))
        for row in json.loads(secret or "[]")
    ]


def written_keys(keys: Sequence[Key]) -> str:
    """The secret that holds these keys."""
    return json.dumps(
        [
            {
                "id": key.key_id,
                "secret": key.secret,
                "made_at": key.made_at.isoformat(),
                "ends_at": key.ends_at.isoformat() if key.ends_at else "",
            }
            for key in keys
        ]
    )


def _moment(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
