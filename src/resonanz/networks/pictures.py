"""Pictures beside an answer: how a network takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from resonanz.networks.contract import Account, Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture to stand beside an answer, and what it shows, for who does not see it."""

    content_type: str
    data: bytes = field(repr=False)
    alt: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture as the network keeps it, until an answer refers to it; `is_ready`: an answer may by now."""

    native_id: str
    is_ready: bool


class TakesPictures(Network, Protocol):
    """Capability.PICTURES. Nobody reads a picture before an answer refers to it, so a second upload does no harm."""

    def upload(self, account: Account, picture: Picture) -> Upload:
        """Bring it there. Raises a NetworkError; after `NoAnswer` it is brought again."""
        ...

    def is_ready(self, account: Account, native_id: str) -> bool:
        """Whether an answer may refer to it by now. Raises a NetworkError; Refused where it is no longer there."""
        ...
