"""Jetstream: all that is said in public on the whole network, and of it what concerns this house.

One connection for each channel that asks for it. What no topic touches and does not name us is looked at once more a
second later, together with all others of that second: does it stand in a thread of ours? Then it is dropped. Deletions
count only of what is here, or may be on its way here.

A server keeps what was told for a day and a half, by time. So a stream goes on from where it was (`Batch.place`), a few
seconds before; what comes twice is taken in once. A place moves when all up to it was handed on or dropped.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from ahocorasick_rs import BytesAhoCorasick

from resonanz.core import clock
from resonanz.core.http_held import StreamBounds
from resonanz.core.http_streams import NotStreaming, websocket_bursts
from resonanz.networks.asking import failures, refuse
from resonanz.networks.bluesky.client import query, session_of, word_of
from resonanz.networks.bluesky.completing import MOST_WAITING, Completing
from resonanz.networks.bluesky.jetstream_events import (
    Burst,
    Said,
    language_of,
    mentions_in,
    moment,
    read,
    seen_words,
    words_of,
)
from resonanz.networks.bluesky.lately import Lately
from resonanz.networks.bluesky.posts import COLLECTION, FAULTS, NAME, WORLD, deleted
from resonanz.networks.contract import Account, AccountGone, Batch, Edited, Event, Missed
from resonanz.networks.errors import Refused, TryLater, Unsupported
from resonanz.networks.streams import Listening

OPTION, SERVER_OPTION = "everything", "everything_server"
DEFAULT_SERVER = "wss://jetstream2.us-east.bsky.network"
_PATH = "/subscribe"
_MOST_MESSAGE = 1_000_000
"""No post is as large; the server leaves larger ones out, so that none of them ends the stream again and again."""
BOUNDS = StreamBounds(most_bytes=16 * 1024 * 1024, quiet_seconds=1.0)
_SECOND = 1_000_000
_REWIND = 5 * _SECOND
_TICK_SECONDS = 1.0
_PLACE_SECONDS = 5.0
# So many that what is done once for all of them costs little, so few that they are still in the processor's cache.
_MOST_UNHEARD, _MOST_OPEN = 500, 2_000
_GAP = 60 * _SECOND
_NEVER_SO_QUIET = 600 * _SECOND
_WAIT_SECONDS = 60.0
logger = logging.getLogger(__name__)


def stream(account: Account, listening: Listening) -> Iterator[Batch]:
    """What concerns us of all that is said, with deletions, changes and accounts that are gone."""
    if account.settings.get(OPTION) != "all":
        raise Unsupported
    place = int(listening.place) if listening.place.isdigit() else 0
    heard = _Hearing(account, listening, place)
    bursts = websocket_bursts(_address(account, place), stopping=listening.stopping, bounds=BOUNDS)
    with _stream_failures(), contextlib.closing(bursts):
        for number, burst in enumerate(bursts):
            if number == 0:
                yield Batch((), None)
            yield from heard.take(burst or [])


def _address(account: Account, place: int) -> str:
    server = (account.settings.get(SERVER_OPTION) or DEFAULT_SERVER).strip().rstrip("/").removesuffix(_PATH)
    asked = {"wantedCollections": COLLECTION, "maxMessageSizeBytes": _MOST_MESSAGE}
    since = {"cursor": max(place - _REWIND, 0)} if place else {}
    scheme, separator, rest = server.partition("://")
    scheme = {"https": "wss", "http": "ws"}.get(scheme.lower(), scheme) if separator else "wss"
    return f"{scheme}://{rest or server}{_PATH}?{urlencode(asked | since)}"


@contextlib.contextmanager
def _stream_failures() -> Iterator[None]:
    """The server of the stream is none that knows our account: whatever it says, the channel is polled all the same."""
    try:
        with failures(reads=True):
            try:
                yield
            except NotStreaming as error:
                refuse(error.answer, reads=True, denied=frozenset())
                raise TryLater(_WAIT_SECONDS, f"http.{error.answer.status}") from error
    except Refused as error:
        raise Unsupported(reason=error.words) from error


class _Hearing:
    """One connection: what came and is not decided, what waits to be completed, and how far it is."""

    def __init__(self, account: Account, listening: Listening, place: int) -> None:
        self._account = account
        self._stopping = listening.stopping
        self._sieve = listening.sieve
        self._did = session_of(account).did
        self._completing = Completing(account)
        self._lately = Lately()
        self._unheard: list[bytes] = []
        self._undecided: list[Said] = []
        self._changed: list[Said] = []
        self._deleted: list[str] = []
        self._gone: list[str] = []
        self._handles: dict[str, str] = {}
        self._asked_handles: set[str] = set()
        self._opened = _micros_now()
        self._came = self._until = self._told = place
        self._has_begun = False
        self._lost: Missed | None = None
        self._ticked = self._moved = clock.monotonic()
        self._unread = 0
        self._renew()

    def take(self, messages: Sequence[bytes]) -> Iterator[Batch]:
        """What was told, and, every second, what has become of it."""
        self._unheard += messages
        is_first = bool(messages) and not self._told  # a stream that is cut before it has a place begins anew with now
        is_due = is_first or clock.monotonic() - self._ticked >= _TICK_SECONDS
        if is_due or len(self._unheard) >= _MOST_UNHEARD:
            self._hear(read(self._unheard, latest=_micros_now() + _REWIND))
            self._unheard = []
        is_much = len(self._undecided) + len(self._deleted) + len(self._gone) >= _MOST_OPEN
        if is_due or is_much:
            yield self._tick()
            while len(self._completing) > MOST_WAITING and not self._stopping():  # the network waits with us
                clock.sleep(_TICK_SECONDS)
                yield self._tick()

    # ── what comes ────────────────────────────────────────────────────────────────────────────────────────────────

    def _hear(self, burst: Burst) -> None:
        self._unread += burst.unread
        self._until = max(self._until, burst.until)
        if burst.since and not self._has_begun:
            self._begin(burst.since)
        for did, handle in burst.renamed:
            self._rename(did, handle)
        self._changed += [one for one in burst.said if one.is_change]
        self._sift([one for one in burst.said if not one.is_change])
        self._deleted += burst.deleted
        for uri in burst.deleted:
            self._completing.forget(uri)
        gone = [did for did in burst.gone if did not in self._sieve.ours]  # of our own accounts the poll tells
        self._gone += gone
        for did in gone:
            self._completing.forget_author(did)

    def _sift(self, said: Sequence[Said]) -> None:
        """Hardly one is a suspect: what costs something is done for those alone."""
        if not said:
            return
        handles = [self._handles.get(one.did, "") for one in said] if self._handles else [""] * len(said)
        try:
            suspects = self._sieve.suspects([seen_words(one) for one in said], handles=handles)
            wanted = self._touched([said[at] for at in suspects], [handles[at] for at in suspects])
        except FAULTS:  # one of them breaks all; alone, it breaks only itself
            if len(said) == 1:
                self._unread += 1
            else:
                for one in said:
                    self._sift([one])
            return
        wanted |= self._naming_us(said)
        if wanted:
            for one in said:
                if one.uri in wanted:
                    self._want(one)
            said = [one for one in said if one.uri not in wanted]
        self._undecided += [one for one in said if one.record.reply is not None]

    def _touched(self, said: Sequence[Said], handles: Sequence[str]) -> set[str]:
        if not said:
            return set()
        texts, languages = [words_of(one) for one in said], [language_of(one.record) for one in said]
        touched = self._sieve.touched(texts, handles=handles, languages=languages)
        return {one.uri for one, is_touched in zip(said, touched, strict=True) if is_touched}

    def _naming_us(self, said: Sequence[Said]) -> set[str]:
        """What is by us, to us, about a post of ours, or names us."""
        together = b"".join([one.message for one in said])
        named = [name for name, find in self._names if find(together)]
        found = {one.uri for name in named for one in said if name in one.message}
        if self._our_handles:
            mentioning = [one for one in said if one.record.facets and b"facet#mention" in one.message]
            found |= {one.uri for one in mentioning if self._names_a_handle(one)}
        return found

    def _names_a_handle(self, one: Said) -> bool:
        lowered = one.message.lower()
        is_suspect = any(handle in lowered for handle in self._our_handles)
        return is_suspect and not self._sieve.ours.isdisjoint(map(str.lower, mentions_in(one)))

    def _rename(self, did: str, handle: str) -> None:
        if handle in self._sieve.authors:
            self._handles[did] = handle
        else:
            self._handles.pop(did, None)

    def _want(self, one: Said) -> None:
        self._lately.want(one.uri, one.root, one.did)
        self._completing.add(one, addressed=self._is_addressed(one))

    def _is_addressed(self, one: Said) -> bool:
        """What the network itself would notify us of: an answer, a mention or a quote."""
        if one.did == self._did:
            return False
        us = f"{WORLD}{self._did}/"
        return one.parent.startswith(us) or us.encode() in bytes(one.record.embed) or self._did in mentions_in(one)

    # ── every second ──────────────────────────────────────────────────────────────────────────────────────────────

    def _tick(self) -> Batch:
        if clock.monotonic() - self._renewed >= _TICK_SECONDS:
            self._renew()
        events = list(self._changes())
        self._decide()
        events += self._ends()
        complete, unread = self._completing.ready()
        for one in complete:
            self._lately.hand(one)
        events += complete  # behind what ended: that was here before
        self._ticked = clock.monotonic()
        return Batch(tuple(events), None, tuple(unread), self._place(is_much=bool(events)), tuple(self._missed()))

    def _renew(self) -> None:
        self._renewed = clock.monotonic()
        self._sieve.renew()
        ours = self._sieve.ours | {self._did}
        dids = [name.encode() for name in ours if name.startswith("did:")]
        # For one pattern this is ten times as fast as `in`; for several, it is not.
        self._names = [(did, BytesAhoCorasick([did]).find_matches_as_indexes) for did in dids]
        self._our_handles = [name.encode() for name in ours if not name.startswith("did:")]
        for handle in self._sieve.authors - self._asked_handles:
            if did := _did_of(self._account, handle):
                self._handles[did] = handle
            self._asked_handles.add(handle)

    def _decide(self) -> None:
        """What no topic touched may stand in a thread of ours, or in one that is just becoming ours."""
        undecided, self._undecided = self._still_there(self._undecided), []
        roots = {one.root for one in undecided}
        threads = self._sieve.threads(roots)
        if not threads and not self._lately.is_any_wanted(roots.union(one.parent for one in undecided)):
            return  # as almost always
        for one in undecided:
            if one.root in threads or self._lately.is_wanted(one.root) or self._lately.is_wanted(one.parent):
                self._want(one)

    def _changes(self) -> Iterator[Event]:
        """Other words for what is here, or on its way; what is not may concern us with its new words."""
        changed, self._changed = self._still_there(self._changed), []
        held = self._sieve.held([one.uri for one in changed])
        for one in changed:
            if one.uri in self._completing:
                self._want(one)
            elif one.uri in held or self._lately.is_handed(one.uri):
                yield _edited(one)
            else:
                self._sift([one])

    def _still_there(self, said: list[Said]) -> list[Said]:
        """Without what was deleted a moment later."""
        if not self._deleted and not self._gone:
            return said
        uris, dids = set(self._deleted), set(self._gone)
        return [one for one in said if one.uri not in uris and one.did not in dids]

    def _ends(self) -> Iterator[Event]:
        uris, self._deleted = list(dict.fromkeys(self._deleted)), []
        dids, self._gone = list(dict.fromkeys(self._gone)), []
        held, people = self._sieve.held(uris), self._sieve.people(dids)
        yield from (deleted(uri) for uri in uris if uri in held or self._lately.is_handed(uri))
        for did in dids:
            if did in people or self._lately.is_handed(did):
                yield AccountGone(network=NAME, origin=WORLD, native_id=did, gone_at=clock.now())

    # ── where it stands ───────────────────────────────────────────────────────────────────────────────────────────

    def _place(self, *, is_much: bool) -> str | None:
        """Up to where all is handed on or dropped: with whatever was heard, and every few seconds."""
        waiting = self._completing.since()
        until = self._until if waiting is None else min(self._until, waiting - 1)
        is_due = is_much or not self._told or clock.monotonic() - self._moved >= _PLACE_SECONDS
        if until <= self._told or not is_due:
            return None
        self._told, self._moved = until, clock.monotonic()
        if self._unread:
            logger.info("a server told %d things that cannot be read", self._unread)
            self._unread = 0
        return str(until)

    def _begin(self, first: int) -> None:
        """The first that came shows how far back the server went, which says nothing where it keeps no more."""
        self._has_begun = True
        if self._came and first - self._came >= _NEVER_SO_QUIET:
            self._lost = Missed(moment(self._came), moment(first), is_filled=False)
            self._came = first

    def _missed(self) -> Iterator[Missed]:
        """What was lost; and, as soon as all that was said meanwhile is read, that it was."""
        if self._lost:
            yield self._lost
            self._lost = None
        if self._came and self._until >= self._opened - _REWIND:
            if self._opened - self._came >= _GAP:
                yield Missed(moment(self._came), moment(self._opened), is_filled=True)
            self._came = 0


def _edited(said: Said) -> Edited:
    return Edited(network=NAME, origin=WORLD, native_id=said.uri, text=words_of(said), edited_at=moment(said.at))


def _did_of(account: Account, handle: str) -> str:
    """The id behind a handle that a topic names, "" where nobody bears it."""
    try:
        did = word_of(query(account, "com.atproto.identity.resolveHandle", {"handle": handle}), "did")
    except (Refused, ValueError):
        return ""
    return did if did.startswith("did:") else ""


def _micros_now() -> int:
    return int(clock.now().timestamp() * _SECOND)
