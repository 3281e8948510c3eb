"""What listeners hand over to intake on other machines: a batch of one channel, as JSON with its types held."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from resonanz.core.broker import LANES
from resonanz.networks.contract import AccountGone, BadEvent, Counted, Deleted, Edited, Event, Posted, Undelivered


class Unreadable(ValueError):
    """These bytes are no batch that this version knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A batch on its way. Within a kind the order is that of the channel; posts come before what changes them."""

    channel_id: int
    posted: tuple[Posted, ...] = ()
    edited: tuple[Edited, ...] = ()
    deleted: tuple[Deleted, ...] = ()
    gone: tuple[AccountGone, ...] = ()
    counted: tuple[Counted, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    bad: tuple[BadEvent, ...] = ()

    @property
    def events(self) -> list[Event]:
        """All but the bad ones."""
        return [*self.posted, *self.edited, *self.deleted, *self.gone, *self.counted, *self.undelivered]


_FORMAT = TypeAdapter(Handed)


def handed(channel_id: int, events: Sequence[Event], bad: Sequence[BadEvent]) -> Handed:
    """The batch by its kinds."""
    return Handed(
        channel_id=channel_id,
        posted=tuple(event for event in events if isinstance(event, Posted)),
        edited=tuple(event for event in events if isinstance(event, Edited)),
        deleted=tuple(event for event in events if isinstance(event, Deleted)),
        gone=tuple(event for event in events if isinstance(event, AccountGone)),
        counted=tuple(event for event in events if isinstance(event, Counted)),
        undelivered=tuple(event for event in events if isinstance(event, Undelivered)),
        bad=tuple(bad),
    )


def written(batch: Handed) -> bytes:
    """As it goes over the wire; two that are the same have the same bytes."""
    return _FORMAT.dump_json(batch)


def read(data: bytes) -> Handed:
    """The other way; raises Unreadable."""
    try:
        return _FORMAT.validate_json(data)
    except ValidationError as error:
        raise Unreadable(f"{error.error_count()} fields") from None


def lane_of(channel_id: int) -> int:
    """A channel has one lane, so that what happens on it stays in its order."""
    return channel_id % LANES


def key_of(data: bytes) -> str:
    """The name of a parcel: of the same content, the same."""
    return hashlib.sha256(data).hexdigest()
