"""What a network is to Resonanz: events that come in, orders that go out, capabilities declared, limits as data.

A connector is a class with `name`, `capabilities`, `limits` and exactly the methods its capabilities promise (a test
in tests/house compares). It knows nothing of Django or the database. Errors are in `networks.errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Capability(StrEnum):
    """What a connector can do; the house asks `able()`, never the network's name."""

    POLL = "poll"  # Reads.poll
    STREAM = "stream"  # Streams.stream, only beside POLL, which brings what a stream missed
    CONNECT = "connect"  # Connects: a person lets us in on the network's own page (OAuth)
    LISTEN_WIDER = "listen_wider"  # ListensWider.options: what a channel can hear besides what is addressed to it
    REPLY = "reply"  # Replies.reply
    READ_BACK = "read_back"  # ReadsBack.find_sent
    EDITS = "edits"  # reports Edited
    DELETIONS = "deletions"  # reports Deleted or AccountGone
    COUNTS = "counts"  # reports Counted


class Visibility(StrEnum):
    """Who could read a post on its network."""

    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"


class PostKind(StrEnum):
    """What sort of utterance a post is."""

    POST = "POST"
    COMMENT = "COMMENT"
    REVIEW = "REVIEW"
    MESSAGE = "MESSAGE"
    ARTICLE = "ARTICLE"


@dataclass(frozen=True, slots=True)
class Author:
    """Who said it, as the network names them. `native_id` never changes there; handle and name may."""

    native_id: str
    handle: str = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Somebody said something. Times are aware; ids are opaque text; `text` is plain, never HTML.

    `origin` is the server or feed on which `native_id` is unique ("" where the network has one world).
    `root_id` is the first post of the thread, the post's own id when it starts one and "" when unknown.
    `mentions` holds handles or native ids of the accounts it names. `addressed` is true when the network itself says
    that it is meant for the account (a notification, a review of its page, a private message).
    """

    network: str
    origin: str
    native_id: str
    author: Author | None
    text: str
    posted_at: datetime
    kind: PostKind = PostKind.POST
    visibility: Visibility = Visibility.PUBLIC
    url: str = ""
    language: str = ""
    parent_id: str = ""
    root_id: str = ""
    mentions: tuple[str, ...] = ()
    addressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The author changed the wording; `text` is the new one."""

    network: str
    origin: str
    native_id: str
    text: str
    edited_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The post is gone from the network; our copy has to go too."""

    network: str
    origin: str
    native_id: str
    deleted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountGone:
    """The author's account is gone from the network; everything of theirs has to go too."""

    network: str
    origin: str
    native_id: str
    gone_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How often a post was liked, shared, answered and seen; None where the network does not say."""

    network: str
    origin: str
    native_id: str
    counted_at: datetime
    likes: int | None = None
    shares: int | None = None
    replies: int | None = None
    views: int | None = None


Event = Posted | Edited | Deleted | AccountGone | Counted


@dataclass(frozen=True, slots=True)
class BadEvent:
    """A delivery that could not be read: put aside with its reason, so that the rest of the batch goes on."""

    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one poll or a moment of a stream brought.

    `cursor` is opaque and continues after these events; None, from a stream, leaves the poll where it was.
    """

    events: tuple[Event, ...]
    cursor: str | None
    bad: tuple[BadEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """A network's bounds as data. `settle_seconds`: how long after a call without answer it may still take effect.

    `poll_beside_stream_seconds`: how often to poll all the same while a stream is open, for what it missed.
    `by_the_minute`: a day without an answer counts as no answer there (the 20-hour alarm). `keeps_wordings`: whether
    the network allows us to keep what a post said before its author edited it.
    """

    text_length: int = 5000
    poll_seconds: int = 60
    poll_beside_stream_seconds: int = 300
    settle_seconds: int = 30
    by_the_minute: bool = False
    keeps_wordings: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A channel as its connector sees it. `secret` is the decrypted token and is never logged or shown."""

    network: str
    address: str
    origin: str = ""
    native_id: str = ""
    handle: str = ""
    secret: str = field(default="", repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyOrder:
    """A reply to be sent once. `key` is the same for every attempt; networks with idempotency keys get it."""

    key: str
    text: str
    parent_id: str
    root_id: str
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class Receipt:
    """The network's word that it stands there."""

    native_id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One of `Account.settings` that a person may choose: one of `choices`, or, without any, words with blanks between.

    "" is the choice, or the words, of a channel that was never set.
    """

    key: str
    choices: tuple[str, ...] = ()


class Network(Protocol):
    """What every connector declares."""

    name: str
    capabilities: frozenset[Capability]
    limits: Limits


class Reads(Network, Protocol):
    """Capability.POLL."""

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """Batches after `cursor` ("" from the start) until nothing new is there. Raises a NetworkError."""
        ...


class Streams(Network, Protocol):
    """Capability.STREAM."""

    def stream(self, account: Account, stopping: Callable[[], bool]) -> Iterator[Batch]:
        """What happens from now on, as it happens; an empty batch first, as soon as the stream is open.

        A further empty batch comes at least every 30 seconds, so that a caller can look up. Ends when `stopping()` or
        when the server closes. Raises Unsupported where this server has no stream, and every other NetworkError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Registration:
    """Our application as one server knows it."""

    client_id: str
    client_secret: str = field(repr=False)


class Connects(Network, Protocol):
    """Capability.CONNECT: OAuth 2 with PKCE (RFC 7636, S256), the application registered at each server."""

    def server_of(self, typed: str) -> str:
        """The address of the server a person means ("mastodon.example", "@we@mastodon.example"); raises ValueError."""
        ...

    def register(self, server: str, redirect_uri: str) -> Registration:
        """Make ourselves known to the server. Raises a NetworkError."""
        ...

    def authorize_url(
        self, server: str, registration: Registration, *, redirect_uri: str, state: str, challenge: str
    ) -> str:
        """The server's page on which its account lets us in."""
        ...

    def sign_in(
        self, server: str, registration: Registration, *, redirect_uri: str, code: str, verifier: str
    ) -> Account:
        """The account that let us in, with token, handle and id. Raises a NetworkError."""
        ...


class ListensWider(Network, Protocol):
    """Capability.LISTEN_WIDER."""

    options: tuple[Option, ...]


class Replies(Network, Protocol):
    """Capability.REPLY."""

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Send it. A NetworkError says what happened; `NoAnswer` means that it may stand there or not."""
        ...


class ReadsBack(Network, Protocol):
    """Capability.READ_BACK."""

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """The reply as it stands there, said since `since` and not among the ids `known`; None if it is not there."""
        ...


def able(network: Network, capability: Capability) -> bool:
    """Whether the network declares the capability."""
    return capability in network.capabilities
