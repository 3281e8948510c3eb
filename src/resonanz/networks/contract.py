"""What a network is to Resonanz: events that come in, orders that go out, capabilities declared, limits as data.

A connector is a class with `name`, `title`, `capabilities`, `limits`, `asks_for` and exactly the methods that its
capabilities promise (a test in tests/house compares). It says all that the house has to know of its network, so that no
other file names it. It knows nothing of Django or the database. Errors are in `networks.errors`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from resonanz.networks.metering import FREE, Meter


class Capability(StrEnum):
    """What a connector can do; the house asks `able()`, never the network's name."""

    POLL = "poll"  # Reads.poll
    STREAM = "stream"  # streams.Streams.stream, only beside POLL, which brings what a stream missed
    WEBHOOK = "webhook"  # webhooks.TakesWebhooks: the network brings what happens, beside POLL
    SET_WEBHOOK = "set_webhook"  # webhooks.SetsWebhooks: it has no page for that, so we tell it the address ourselves
    LEASE = "lease"  # webhooks.Leases.offer: it brings for a time only, and is asked again before that ends
    APP_WEBHOOK = "app_webhook"  # webhooks.TakesForAll: to one address for all channels of the company's application
    COMPLETE = "complete"  # webhooks.Completes: what a webhook brings without its words is asked for
    CONNECT = "connect"  # authorising.Connects: a person lets us in on the network's own page (OAuth), with one of:
    REGISTER = "register"  # authorising.Registers: we make ourselves known to each of its servers
    APP = "app"  # authorising.NeedsApp: the company registers an application of its own there, once
    RENEW = "renew"  # authorising.Renews.renew: a token that expires gets a successor without a person
    IDENTIFY = "identify"  # Identifies.identify: whose token it is that a person typed
    LISTEN_WIDER = "listen_wider"  # ListensWider.options: what a channel can hear besides what is addressed to it
    REPLY = "reply"  # Replies.reply
    ANSWER_IN_PRIVATE = "answer_in_private"  # Replies.reply in private to what was said in public
    READ_BACK = "read_back"  # ReadsBack.find_sent
    PICTURES = "pictures"  # pictures.TakesPictures.upload and .is_ready: pictures beside an answer, only beside REPLY
    EDITS = "edits"  # reports Edited
    DELETIONS = "deletions"  # reports Deleted or AccountGone
    COUNTS = "counts"  # reports Counted
    UNDELIVERED = "undelivered"  # reports Undelivered
    COSTS = "costs"  # metering.Costs.tariff: each use is charged or rationed, and the connector counts it
    LIKE = "like"  # acts.Likes.like, and taking that back
    HIDE = "hide"  # acts.Hides.hide: what others said below our own posts, and showing it again
    DELETE = "delete"  # acts.Deletes.delete: what others said below our own posts
    BLOCK = "block"  # acts.Blocks.block: an account, and letting it in again
    REPORT = "report"  # acts.TakesReports.report: to those who moderate the network
    CORRECT = "correct"  # acts.Corrects.correct: other words for an answer of ours
    WITHDRAW = "withdraw"  # acts.Withdraws.withdraw: an answer of ours


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


class MediaKind(StrEnum):
    """What sort of thing stands beside the words of a post."""

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    DOCUMENT = "DOCUMENT"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, film, sound or document beside the words: where it is, never the thing itself.

    `preview_url` is that of a small picture of it; `alt` is what its author says it shows. Zero pixels: not told.
    """

    kind: MediaKind
    url: str
    preview_url: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Author:
    """Who said it, as the network names them. `native_id` never changes there; handle and name may."""

    native_id: str
    handle: str = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A post of the same world that another one carries; without an id nobody may read it there, or we not keep it."""

    native_id: str = ""
    url: str = ""
    author: Author | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Somebody said something. Times are aware; ids are opaque text; `text` is plain, never HTML.

    `origin` is the server or feed on which `native_id` is unique ("" where the network has one world).
    `root_id` is the first post of the thread, the post's own id when it starts one and "" when unknown.
    `mentions` holds handles or native ids of the accounts it names. `addressed` is true when the network itself says
    that it is meant for the account (a notification, a review of its page, a private message). `rating`: how many of
    five stars a review gives.
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
    media: tuple[Media, ...] = ()
    rating: int | None = None
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The author changed the wording; `text` is the new one. `media`: what stands beside it now; None: not told.

    `rating`: the stars it gives now, `quoted`: what it quotes now; None: not told.
    """

    network: str
    origin: str
    native_id: str
    text: str
    edited_at: datetime
    media: tuple[Media, ...] | None = None
    rating: int | None = None
    quoted: Quoted | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """An answer of ours, by its receipt, that the network took and could not deliver; `reason`: in its words."""

    network: str
    origin: str
    native_id: str
    failed_at: datetime
    reason: str = ""


Event = Posted | Edited | Deleted | AccountGone | Counted | Undelivered


@dataclass(frozen=True, slots=True)
class BadEvent:
    """A delivery that could not be read: put aside with its reason, so that the rest of the batch goes on."""

    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A while in which a stream was not heard; `is_filled`: what was said in it was brought afterwards."""

    began_at: datetime
    ended_at: datetime
    is_filled: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """What one poll or a moment of a stream brought.

    `cursor` is opaque and continues after these events; None, from a stream, leaves the poll where it was. `place` is
    where a stream goes on that can (`Listening.place`), kept beside the cursor; `missed`: what it did not hear.
    """

    events: tuple[Event, ...]
    cursor: str | None
    bad: tuple[BadEvent, ...] = ()
    place: str | None = None
    missed: tuple[Missed, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """A network's bounds as data. `private_text_length`: that of an answer in private, where it is another one, else 0.
    `settle_seconds`: how long after a call without answer it may still take effect.

    `poll_beside_stream_seconds`: how often to poll all the same while a stream is open, for what it missed.
    `by_the_minute`: a day without an answer counts as no answer there (the 20-hour alarm). `keeps_wordings`: whether
    the network allows us to keep what a post said before its author edited it. `counting`: how it counts the characters
    of an answer, one of guidelines.checks.counting.Counting. `picture_count`, `picture_bytes` and `alt_length` are of
    one answer with PICTURES: how many, how large each may be, and how long what it shows may be told. `keep_days`: for
    how many days the network's terms let us keep what was said there, where they name any (else 0), and `keep_source`,
    where they say so; what our own purposes allow is never exceeded. `fills_gap_days`: a poll after
    a while in which the network could not be reached brings what was said meanwhile, of so many days at most; None: of
    however many; 0: only what the network still shows.
    `private_hours`: for how many hours after a person wrote to us last it takes our answers in private, and for how
    many one in private to what they said in public; 0: always. `private_hours_freely`: the first of them; after that it
    takes only what a person of ours writes about the matter.
    `only_if_addressed`: it takes an answer from a program only to what was addressed to the account
    (`Posted.addressed`), so everything else is answered by hand.
    `is_hearsay`: not the network tells it but others, people or providers, so it confirms no account, speaks for none
    of ours, and changes nothing but what came through the same channel.
    `tells_of_others`: what comes through its channels may have been said on any network.
    """

    text_length: int = 5000
    private_text_length: int = 0
    poll_seconds: int = 60
    poll_beside_stream_seconds: int = 300
    settle_seconds: int = 30
    by_the_minute: bool = False
    keeps_wordings: bool = True
    counting: str = "CHARACTERS"
    picture_count: int = 0
    picture_bytes: int = 0
    picture_types: tuple[str, ...] = ()
    alt_length: int = 0
    keep_days: int = 0
    keep_source: str = ""
    fills_gap_days: int | None = 0
    private_hours: int = 0
    private_hours_freely: int = 0
    only_if_addressed: bool = False
    is_hearsay: bool = False
    tells_of_others: bool = False

    def length_in(self, visibility: str) -> int:
        """How many characters an answer may have that is read by those."""
        is_private = visibility == Visibility.PRIVATE
        return self.private_text_length if is_private and self.private_text_length else self.text_length


@dataclass(frozen=True, slots=True)
class Option:
    """One of `Account.settings` that a person may choose: one of `choices`, or, without any, words with blanks between.

    "" is the choice, or the words, of a channel that was never set. Without one that is needed a channel hears nothing,
    so the form for a new channel asks for it. `is_line`: kept as it was typed, blanks and all.
    """

    key: str
    choices: tuple[str, ...] = ()
    is_needed: bool = False
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a person types to connect a channel; `example` shows, in every language, how it looks.

    `called`: how people call it there, a code in `ENTRIES` of `web.wording.entry_words`, where address, handle and
    token say it badly.
    """

    example: str = ""
    is_needed: bool = True
    called: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What the form for a new channel asks for, each of them a field of Account; None is not asked for.

    `options` are settings that have to do with connecting, not with what is heard, so they are asked for there alone.
    """

    address: Entry | None = None
    handle: Entry | None = None
    secret: Entry | None = None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class App:
    """Our application at a network: the company's own, as IT registered it there, or as one server knows us.

    `settings` hold what else the network asks for (`AppTerms.entries`), secrets among them; none of it is ever shown.
    """

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A channel as its connector sees it. `secret` is the decrypted token, `renewal` what gets its successor.

    Neither is ever logged or shown. `expires_at`: when the token ends; None where it does not, or nobody says. `cursor`
    is how far a poll came, for what is brought between two of them, and `place` how far its stream (`Batch.place`), for
    a poll that goes on from there. `app` is there for networks with APP, once it is registered. `name` is how people
    call the account there, where it has a name besides its handle. `meter` counts what is used, for those with COSTS.
    """

    network: str
    address: str
    origin: str = ""
    native_id: str = ""
    handle: str = ""
    name: str = ""
    secret: str = field(default="", repr=False)
    renewal: str = field(default="", repr=False)
    expires_at: datetime | None = None
    app: App | None = None
    cursor: str = field(default="", repr=False, compare=False)
    settings: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    meter: Meter = field(default=FREE, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyOrder:
    """A reply to be sent once. `key` is the same for every attempt; networks with idempotency keys get it.

    `picture_ids`: what `TakesPictures.upload` gave for its pictures, in their order, each of them ready there.
    `is_addressed`: what it answers was addressed to the account. `until`: when the network's time for it ends, as far
    as we know; None where there is none.
    """

    key: str
    text: str
    parent_id: str
    root_id: str
    visibility: Visibility
    picture_ids: tuple[str, ...] = ()
    is_addressed: bool = True
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A post that is brought before those who moderate the network, and why."""

    native_id: str
    author_id: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Other words for the answer `native_id` of ours, which stands below `parent_id`."""

    native_id: str
    parent_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The network's word that it stands there."""

    native_id: str
    url: str = ""


class Network(Protocol):
    """What every connector declares.

    `name` is what is stored. `title` is what people read: a proper noun, the same in every language; where it is none,
    `web.wording.words.HOUSE_NETWORKS` has a word for it in each.
    """

    name: str
    title: str
    capabilities: frozenset[Capability]
    limits: Limits
    asks_for: Entries


class Reads(Network, Protocol):
    """Capability.POLL."""

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """Batches after `cursor` ("" from the start) until nothing new is there. Raises a NetworkError."""
        ...


class Identifies(Network, Protocol):
    """Capability.IDENTIFY."""

    def identify(self, account: Account) -> Account:
        """The account as the network knows it, with address, origin, id and handle.

        Raises ValueError where the address names no server, and a NetworkError: NotAuthorised if the token is wrong.
        """
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
