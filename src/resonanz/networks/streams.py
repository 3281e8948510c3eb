"""Listening to a stream, and the sieve for one that carries a whole network: what concerns nobody is dropped there.

Such a connector first asks for `suspects` and `touched`, which only look into memory, and then, for many at once, what
the database knows of the rest. Whatever the house would keep passes the sieve; it alone decides what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from resonanz.networks.contract import Account, Batch, Network


class Sieve(Protocol):
    """What of all that is said on a network may concern this house. Ids are those of the network of the channel."""

    def renew(self) -> None:
        """Look what has changed here: topics, accounts. To be called every few seconds."""
        ...

    @property
    def ours(self) -> frozenset[str]:
        """Ids and handles of our accounts there, handles in small letters.

        Whoever answers what one of them said concerns us: `threads` does not know of it, the connector does.
        """
        ...

    @property
    def authors(self) -> frozenset[str]:
        """Handles that topics name as those of authors: `touched` wants to be told them, if it can be done."""
        ...

    def suspects(self, texts: Sequence[str], *, handles: Sequence[str]) -> list[int]:
        """Which of many texts a topic may touch, quickly; no other does. They need not be clean."""
        ...

    def touched(self, texts: Sequence[str], *, handles: Sequence[str], languages: Sequence[str]) -> list[bool]:
        """Which of these texts a topic touches. Handle and language "": not known, so any will do."""
        ...

    def threads(self, roots: Collection[str]) -> set[str]:
        """Those of the posts in whose thread we talk with somebody."""
        ...

    def held(self, ids: Collection[str]) -> set[str]:
        """Those of the posts that are kept here."""
        ...

    def people(self, ids: Collection[str]) -> set[str]:
        """Those of the accounts of which anything is kept here."""
        ...


class Everything:
    """The sieve that lets everything through."""

    ours: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()

    def renew(self) -> None:
        """Nothing changes."""

    def suspects(self, texts: Sequence[str], *, handles: Sequence[str]) -> list[int]:
        """All of them."""
        return list(range(len(texts)))

    def touched(self, texts: Sequence[str], *, handles: Sequence[str], languages: Sequence[str]) -> list[bool]:
        """All of them."""
        return [True] * len(texts)

    def threads(self, roots: Collection[str]) -> set[str]:
        """All of them."""
        return set(roots)

    def held(self, ids: Collection[str]) -> set[str]:
        """All of them."""
        return set(ids)

    def people(self, ids: Collection[str]) -> set[str]:
        """All of them."""
        return set(ids)


@dataclass(frozen=True, slots=True)
class Listening:
    """How a stream is listened to: until `stopping()`, from `place` on.

    `place` is what a batch of the stream said last (`Batch.place`); "" begins with what happens from now on.
    """

    stopping: Callable[[], bool]
    place: str = ""
    sieve: Sieve = field(default_factory=Everything)


class Streams(Network, Protocol):
    """Capability.STREAM."""

    def stream(self, account: Account, listening: Listening) -> Iterator[Batch]:
        """What happens from now on, as it happens; an empty batch first, as soon as the stream is open.

        A further empty batch comes at least every 30 seconds, so that a caller can look up. Ends when told to stop or
        when the server closes. Raises Unsupported where this server has no stream, and every other NetworkError.
        """
        ...
