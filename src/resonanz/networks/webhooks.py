"""What a webhook is to a connector: deliveries that a network brings by itself, which are checked, kept and then read.

A connector says whether a delivery is genuine and what it tells; the house bounds it, stores it first, answers, and
takes it in afterwards. Plain, without Django, as all that connectors know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from resonanz.networks.contract import Account, BadEvent, Event, Network

BROUGHT_TO = "webhook"
"""The channel's setting that holds the address which its network was told, with Capability.SET_WEBHOOK."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came: the names of the headers in small letters, the body as it was sent, and when it came."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Keys:
    """What only the network and we know.

    `secret` is the channel's own, made by us and pasted into the network (Discourse's secret, Telegram's token, Meta's
    verify token). `app_secret` is that of the company's application there (`AppTerms.signs_with`), which signs for
    networks that have one (X, Meta, LinkedIn); "" where none is registered. `client_secret` is the application's own,
    for a network that signs with either (X). `settings`: the channel's, with what it had asked for; empty where one
    address serves many.
    """

    secret: str = field(repr=False)
    app_secret: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer to a network's question whether we are who was named: a body and its type.

    What a network with LEASE says with its question: `leased`, for how long from now it brings; `refused`, why it does
    not.
    """

    body: str
    content_type: str = "text/plain; charset=utf-8"
    leased: timedelta | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a delivery told. `is_unknown`: it is an event of which this connector has never heard.

    `used`: what of its network's tariff it is charged as, which is counted once it is taken in: a delivery is read as
    often as that fails. `cursor`: where a poll goes on after it; None: where it was.
    """

    events: tuple[Event, ...] = ()
    bad: tuple[BadEvent, ...] = ()
    is_unknown: bool = False
    used: tuple[str, ...] = ()
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class BatchTerms:
    """Deliveries of somebody whom the company pays to listen, and who holds keys of ours (`connections.batch_keys`).

    `number`: the header with a batch's number, part of what is signed: 1, 2, 3, and what is missing between them is a
    gap. `most_lines`: a batch with more is refused.
    """

    number: str
    most_lines: int


@dataclass(frozen=True, slots=True)
class WebhookTerms:
    """How a network's deliveries come. `headers` are those that reading needs: no others are kept with the body.

    `most_bytes`: a larger body is refused before it is read. `asks`: the network asks for a proof with GET.
    `brings`: what to choose in the network's own settings, in its own words, the same in every language. `batches`:
    what comes is numbered, by somebody who holds keys of ours.
    """

    headers: tuple[str, ...]
    most_bytes: int = 1024 * 1024
    asks: bool = False
    brings: tuple[str, ...] = ()
    batches: BatchTerms | None = None


@dataclass(frozen=True, slots=True)
class WebhookHealth:
    """What a network that was told an address says of it: which one it knows, "" for none, and how much waits there.

    `failed_at`, `words`: when bringing failed the last time, and what the network says of it. `is_valid`: it takes the
    address for ours; where it does not, it brings nothing until it is told again. `until`: when the time ends for which
    it brings. `is_awaited`: it was asked and has not said yet whether it will.
    """

    address: str
    is_valid: bool = True
    waiting: int = 0
    failed_at: datetime | None = None
    words: str = ""
    until: datetime | None = None
    is_awaited: bool = False


class TakesWebhooks(Network, Protocol):
    """Capability.WEBHOOK. None of these asks anybody anything: they see what came and what is secret."""

    webhook: WebhookTerms

    def is_genuine(self, delivery: Delivery, keys: Keys) -> bool:
        """Whether the network sent it, and not long ago where it says when; compared by `networks.signatures`."""
        ...

    def prove(self, asked: Mapping[str, str], keys: Keys) -> Proof | None:
        """The answer to a question of the network (X's crc_token, Meta's hub.challenge); None: it is not the network.

        `asked` holds the parameters of the address. Not called where `webhook.asks` is false.
        """
        ...

    def name_of(self, delivery: Delivery) -> str:
        """The event in the network's own word, "" where it has none. With it the same bytes are the same delivery."""
        ...

    def read(self, account: Account, delivery: Delivery) -> Told:
        """What a genuine delivery tells. What cannot be read is bad, never an exception."""
        ...


class SetsWebhooks(TakesWebhooks, Protocol):
    """Capability.SET_WEBHOOK."""

    def set_webhook(self, account: Account, address: str, keys: Keys) -> None:
        """From now on the network brings to `address` what happens, and to nobody where that is "".

        Said twice is said once. Raises a NetworkError.
        """
        ...

    def webhook_health(self, account: Account) -> WebhookHealth:
        """How bringing does, as the network says. Raises every NetworkError but NoAnswer."""
        ...


class Leases(SetsWebhooks, Protocol):
    """Capability.LEASE. It says with its question for how long it brings (`Proof.leased`); the house asks again."""

    def offer(self, account: Account) -> Mapping[str, str]:
        """Who brings what, as the network says now: settings of the channel, kept before anybody is asked to.

        Raises a NetworkError: Refused where nobody brings it.
        """
        ...


class Completes(TakesWebhooks, Protocol):
    """Capability.COMPLETE."""

    def complete(self, account: Account, told: Told) -> Told:
        """What `read` told, with what only asking brings. What the network does not answer stays as it was told."""
        ...


class TakesForAll(TakesWebhooks, Protocol):
    """Capability.APP_WEBHOOK: one address, which IT enters at the network, for all channels of the application there.

    `read` is asked once for each channel that is addressed, and tells what concerns that one alone.
    """

    def addressees(self, delivery: Delivery) -> frozenset[str]:
        """The native ids of the accounts that a genuine delivery concerns; empty where it names none."""
        ...
