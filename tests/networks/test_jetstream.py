"""Jetstream: what is handed on of a whole network, completed, gone on with, and given up on; and what is hostile."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.atproto_server import EVA, US, AtprotoServer
from tests.networks.jetstream_server import JetstreamServer, now

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.bluesky import BlueskyNetwork, completing, jetstream, jetstream_events
from resonanz.networks.bluesky.jetstream_events import read, words_of
from resonanz.networks.contract import Account, AccountGone, Batch, Deleted, Edited, Event, Missed, Posted
from resonanz.networks.errors import NotAuthorised, TryLater, Unsupported
from resonanz.networks.streams import Listening

network = BlueskyNetwork()
JONAS = "did:plc:jonas"
DAY = 24 * 3600 * 1_000_000


@dataclass
class Words:
    """A sieve for texts that hold a word; what it knows is set by the test."""

    word: str = "rad"
    ours: frozenset[str] = frozenset({US})
    authors: frozenset[str] = frozenset()
    talks: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)

    def renew(self) -> None:
        pass

    def suspects(self, texts: Sequence[str], *, handles: Sequence[str]) -> list[int]:
        self.texts += texts
        return [at for at, text in enumerate(texts) if self.word in text or handles[at] in self.authors - {""}]

    def touched(self, texts: Sequence[str], *, handles: Sequence[str], languages: Sequence[str]) -> list[bool]:
        return [self.word in text or handle in self.authors - {""} for text, handle in zip(texts, handles, strict=True)]

    def threads(self, roots: Collection[str]) -> set[str]:
        return self.talks & set(roots)

    def held(self, ids: Collection[str]) -> set[str]:
        return self.kept & set(ids)

    def people(self, ids: Collection[str]) -> set[str]:
        return self.known & set(ids)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AtprotoServer]:
    with AtprotoServer() as found:
        yield found


@pytest.fixture
def firehose(server: AtprotoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[JetstreamServer]:
    monkeypatch.setattr(jetstream, "_TICK_SECONDS", 0.05)
    monkeypatch.setattr(jetstream, "BOUNDS", replace(jetstream.BOUNDS, quiet_seconds=0.05))
    monkeypatch.setattr(completing, "_PAUSES", (0.0, 0.05, 0.05, 0.1))
    with JetstreamServer() as found:
        monkeypatch.setenv(ALLOWED_VARIABLE, f"{server.host},{found.host}")
        yield found


def account_of(server: AtprotoServer, firehose: JetstreamServer) -> Account:
    return replace(server.account, settings={"everything": "all", "everything_server": firehose.address})


class Heard:
    """What a stream brings until a condition holds."""

    def __init__(self, server: AtprotoServer, firehose: JetstreamServer, sieve: Words, place: str = "") -> None:
        self.events: list[Event] = []
        self.places: list[str] = []
        self.missed: list[Missed] = []
        self.bad = 0
        self._over = False
        self._listening = Listening(lambda: self._over, place, sieve)
        self._batches = network.stream(account_of(server, firehose), self._listening)
        assert next(self._batches) == Batch((), None)

    def until(self, is_so: Callable[[], object], seconds: float = 8.0) -> None:
        started = clock.monotonic()
        while not is_so():
            assert clock.monotonic() - started < seconds, (self.events, self.places)
            self.take(next(self._batches))

    def end(self) -> None:
        self._over = True
        for batch in self._batches:
            self.take(batch)

    def take(self, batch: Batch) -> None:
        assert batch.cursor is None
        self.events += batch.events
        self.places += [batch.place] if batch.place else []
        self.missed += batch.missed
        self.bad += len(batch.bad)

    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Posted)]


def said(server: AtprotoServer, firehose: JetstreamServer, text: str, **more: str) -> str:
    """Somebody says something: the app view shows it, and the stream tells."""
    uri = server.post(text, **more)  # type: ignore[arg-type]
    firehose.commit(uri, server.posts[uri]["record"])
    return uri


def test_what_a_topic_touches_is_completed_and_the_rest_is_dropped(
    server: AtprotoServer, firehose: JetstreamServer
) -> None:
    sieve = Words()
    heard = Heard(server, firehose, sieve)
    for number in range(40):
        said(server, firehose, f"Guten Morgen {number}")
    uri = said(server, firehose, "Mein rad ist kaputt")
    heard.until(heard.texts)
    heard.until(lambda: heard.places)
    heard.end()

    (one,) = [event for event in heard.events if isinstance(event, Posted)]
    assert (one.native_id, one.text, one.addressed) == (uri, "Mein rad ist kaputt", False)
    assert one.author is not None
    assert (one.author.native_id, one.author.handle) == (EVA, "eva.test")
    assert len(sieve.texts) == 41
    assert [method for method in server.asked if method.endswith("getPosts")] == ["app.bsky.feed.getPosts"]
    (asked,) = firehose.asked
    assert asked == {"wantedCollections": ["app.bsky.feed.post"], "maxMessageSizeBytes": ["1000000"]}


def test_who_does_not_want_to_be_found_is_heard_only_when_they_speak_to_us(
    server: AtprotoServer, firehose: JetstreamServer
) -> None:
    heard = Heard(server, firehose, Words())
    ours = server.post("Neues von uns", author=US)
    mention = [{"index": {"byteStart": 0, "byteEnd": 11},
                "features": [{"$type": "app.bsky.richtext.facet#mention", "did": US}]}]  # fmt: skip
    quiet = [
        server.post("Ein rad, nicht für alle"),
        server.post("@werke.test hallo", facets=mention),
        server.post("Das stimmt", parent=ours),
        server.post("Hört", embed={"$type": "app.bsky.embed.record", "record": {"uri": ours, "cid": "c"}}),
    ]
    for uri in quiet:
        server.posts[uri]["author"]["labels"] = [{"val": "!no-unauthenticated"}]
        firehose.commit(uri, server.posts[uri]["record"])
    blocked = server.post("Auch ein rad")
    server.posts[blocked]["author"]["viewer"] = {"blockedBy": True}
    firehose.commit(blocked, server.posts[blocked]["record"])
    heard.until(lambda: len(heard.texts()) == 3)
    heard.until(lambda: len(heard.places) > 1 or heard.places)
    heard.end()

    assert heard.texts() == ["@werke.test hallo", "Das stimmt", "Hört"]
    assert all(event.addressed for event in heard.events if isinstance(event, Posted))


def test_an_answer_in_a_thread_of_ours_is_heard_and_one_elsewhere_not(
    server: AtprotoServer, firehose: JetstreamServer
) -> None:
    root, elsewhere = server.post("Wer hilft?"), server.post("Was gibt es?")
    heard = Heard(server, firehose, Words(talks={root}))
    below = said(server, firehose, "Ich nicht", parent=root)
    said(server, firehose, "Suppe", parent=elsewhere)
    said(server, firehose, "Und ich auch nicht", parent=below, root=root)
    heard.until(lambda: len(heard.texts()) == 2)
    heard.end()

    assert sorted(heard.texts()) == ["Ich nicht", "Und ich auch nicht"]


def test_an_answer_to_what_was_wanted_a_moment_ago_is_heard(server: AtprotoServer, firehose: JetstreamServer) -> None:
    heard = Heard(server, firehose, Words())
    uri = said(server, firehose, "Mein rad!")
    said(server, firehose, "Oh nein", parent=uri)
    heard.until(lambda: len(heard.texts()) == 2)
    heard.end()

    assert sorted(heard.texts()) == ["Mein rad!", "Oh nein"]


def test_deletions_and_changes_count_only_of_what_is_here(server: AtprotoServer, firehose: JetstreamServer) -> None:
    kept, foreign = f"at://{EVA}/app.bsky.feed.post/kept", f"at://{EVA}/app.bsky.feed.post/foreign"
    changed = f"at://{EVA}/app.bsky.feed.post/changed"
    heard = Heard(server, firehose, Words(kept={kept, changed}, known={JONAS}))
    firehose.commit(foreign, None)
    firehose.commit(kept, None)
    for uri in (foreign, changed):
        firehose.commit(uri, {"text": "Anders", "createdAt": "2026-01-01T00:00:00Z"}, operation="update")
    for did, status in (("did:plc:anna", "deleted"), (JONAS, "deactivated"), (JONAS, "takendown"), (US, "deleted")):
        firehose.account(did, status=status)
    new = said(server, firehose, "Ein rad")
    heard.until(heard.texts)
    firehose.commit(new, None)
    heard.until(lambda: any(isinstance(event, Deleted) and event.native_id == new for event in heard.events))
    heard.end()

    # In any order: what was told in one moment may be heard in two, and these have nothing to do with each other.
    told = Counter((type(event), event.native_id) for event in heard.events if not isinstance(event, Posted))
    assert told == Counter([(Edited, changed), (Deleted, kept), (AccountGone, JONAS), (Deleted, new)])


def test_what_was_quoted_a_moment_ago_is_deleted_though_it_may_not_be_stored_yet(
    server: AtprotoServer, firehose: JetstreamServer
) -> None:
    heard = Heard(server, firehose, Words())
    quoted, uri = f"at://{JONAS}/app.bsky.feed.post/quoted", server.post("Ein rad")
    author = {"did": JONAS, "handle": "jonas.test"}
    record = {"$type": "app.bsky.embed.record#viewRecord", "uri": quoted, "author": author, "value": {"text": "Da"}}
    server.posts[uri]["embed"] = {"$type": "app.bsky.embed.record#view", "record": record}
    firehose.commit(uri, server.posts[uri]["record"])
    heard.until(heard.texts)
    firehose.commit(quoted, None)
    firehose.account(JONAS, status="deleted")
    heard.until(lambda: any(isinstance(event, AccountGone) for event in heard.events))
    heard.end()

    told = {(type(event).__name__, event.native_id) for event in heard.events if not isinstance(event, Posted)}
    assert told == {("Deleted", quoted), ("AccountGone", JONAS)}


def test_a_change_by_which_a_post_concerns_us_makes_it_heard(server: AtprotoServer, firehose: JetstreamServer) -> None:
    heard = Heard(server, firehose, Words())
    uri = server.post("Nun mit rad")
    firehose.commit(uri, server.posts[uri]["record"], operation="update")
    heard.until(heard.texts)
    heard.end()

    assert heard.texts() == ["Nun mit rad"]


def test_what_is_deleted_before_the_app_view_shows_it_is_never_handed_on(
    server: AtprotoServer, firehose: JetstreamServer
) -> None:
    root = server.post("Wer hilft?")
    heard = Heard(server, firehose, Words(talks={root}))
    for number, text in enumerate(["Ein rad", "Antwort"]):
        reply: dict[str, Any] = (
            {"reply": {name: {"uri": root, "cid": "c"} for name in ("root", "parent")}} if number else {}
        )
        firehose.commit(firehose.say(text, key=f"k{number}", **reply), None)
    firehose.account(JONAS, status="deleted")
    firehose.say("Noch ein rad", key="k3", did=JONAS)
    said(server, firehose, "Das letzte rad")
    heard.until(heard.texts)
    heard.end()

    assert heard.texts() == ["Das letzte rad"]


def test_what_the_app_view_never_shows_is_told_by_the_record(server: AtprotoServer, firehose: JetstreamServer) -> None:
    heard = Heard(server, firehose, Words())
    picture = {"$type": "app.bsky.embed.images", "images": [{"alt": "Ein rad im Fluss", "image": {}}]}
    uri = firehose.say("Seht nur", key="k1", langs=["de"], embed=picture)
    heard.until(heard.texts)
    heard.end()

    (one,) = [event for event in heard.events if isinstance(event, Posted)]
    assert (one.native_id, one.text, one.language) == (uri, "Seht nur\n\n[Ein rad im Fluss]", "de")
    assert one.author is not None
    assert (one.author.native_id, one.author.handle) == (EVA, "eva.test")


def test_a_record_that_lies_where_nobody_looked_is_put_aside_and_the_stream_goes_on(
    server: AtprotoServer, firehose: JetstreamServer
) -> None:
    heard = Heard(server, firehose, Words())
    commit = '{"operation":"create","collection":"app.bsky.feed.post","rkey":"k1","record":{"text":"rad","more":1e999}}'
    firehose.raw(f'{{"did":"{EVA}","time_us":{now()},"kind":"commit","commit":{commit}}}')
    heard.until(lambda: heard.bad)
    heard.end()

    assert (heard.events, heard.bad) == ([], 1)


def test_a_place_stays_before_what_waits_and_a_stream_goes_on_from_it(
    server: AtprotoServer, firehose: JetstreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jetstream, "_PLACE_SECONDS", 0.0)
    monkeypatch.setattr(completing, "_PAUSES", (0.0, 60.0))
    began = now()
    heard = Heard(server, firehose, Words())
    firehose.say("Nichts", key="k1", at=began)
    heard.until(lambda: heard.places[-1:] == [str(began)])
    waiting = firehose.say("Ein rad", key="k2", at=began + 1_000)
    firehose.say("Wieder nichts", key="k3", at=began + 2_000)
    heard.until(lambda: int(heard.places[-1]) == began + 999)
    heard.end()
    assert heard.texts() == []

    monkeypatch.setattr(completing, "_PAUSES", (0.0, 0.05))
    heard = Heard(server, firehose, Words(), place=heard.places[-1])
    heard.until(heard.texts)
    heard.end()

    assert firehose.cursors == [None, began + 999 - 5_000_000]
    assert [event.native_id for event in heard.events] == [waiting]
    assert heard.missed == []


def test_what_was_missed_is_said_and_whether_it_was_read(
    server: AtprotoServer, firehose: JetstreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, kept = now() - 3 * DAY, now() - DAY
    firehose.say("Zu alt", key="k0", at=place + 1_000)
    firehose.say("Ein rad", key="k1", at=kept)
    firehose.horizon = kept
    heard = Heard(server, firehose, Words(), place=str(place))
    firehose.say("Jetzt", key="k2")
    heard.until(lambda: len(heard.missed) == 2)
    heard.end()

    lost, filled = heard.missed
    assert (lost.is_filled, filled.is_filled) == (False, True)
    assert lost.began_at < lost.ended_at == filled.began_at < filled.ended_at


def test_an_author_whom_a_topic_names_is_known_by_handle(server: AtprotoServer, firehose: JetstreamServer) -> None:
    heard = Heard(server, firehose, Words(authors=frozenset({"eva.test", "nobody.test"})))
    said(server, firehose, "Guten Tag")
    heard.until(heard.texts)
    firehose.tell("identity", identity={"did": EVA, "handle": "eva.example", "seq": 1})
    said(server, firehose, "Umgezogen")
    said(server, firehose, "Ein rad")
    heard.until(lambda: len(heard.texts()) == 2)
    heard.end()

    assert heard.texts() == ["Guten Tag", "Ein rad"]


def test_what_lies_about_its_shape_changes_nothing(
    server: AtprotoServer, firehose: JetstreamServer, caplog: pytest.LogCaptureFixture
) -> None:
    heard = Heard(server, firehose, Words())
    for message in (
        "", "null", "[]", "{", "[" * 50_000, '{"did": 5}', "\x00",
        json.dumps({"did": "did:plc:x", "time_us": "rad", "kind": "commit"}),
        json.dumps({"did": "rad", "time_us": now(), "kind": "commit"}),
        json.dumps({"did": "did:plc:x", "time_us": now() * 10**9, "kind": "unheard of", "rad": {}}),
        json.dumps({"did": EVA, "time_us": 1, "kind": "commit", "commit": {"operation": "create",
                    "collection": "app.bsky.feed.post", "rkey": "a/b", "record": {"text": "rad"}}}),
        json.dumps({"did": EVA, "time_us": 1, "kind": "commit", "commit": {"operation": "create",
                    "collection": "app.bsky.feed.like", "rkey": "a", "record": {"text": "rad"}}}),
        json.dumps({"did": EVA, "time_us": 1, "kind": "commit", "commit": {"operation": "create",
                    "collection": "app.bsky.feed.post", "rkey": "a", "record": {"text": ["rad"]}}}),
    ):  # fmt: skip
        firehose.raw(message, at=now())
    said(server, firehose, "Ein rad " + "und noch eines " * 60_000)
    heard.until(heard.texts)
    heard.end()

    (text,) = heard.texts()
    assert (len(text), heard.bad) == (5_000, 0)
    assert all(int(place) <= now() + 5_000_000 for place in heard.places)


@pytest.mark.parametrize(
    ("status", "body", "headers", "seconds"),
    [
        (429, b"", {"Retry-After": "120"}, 120.0),
        (503, b"", {}, 60.0),
        (200, b"<html>Maintenance</html>", {"Content-Type": "text/html"}, 60.0),
        (403, b"<html>No</html>", {}, 60.0),
        (401, b"", {}, 60.0),
        (302, b"", {"Location": "http://127.0.0.1/"}, 60.0),
    ],
)
def test_a_server_that_does_not_stream_is_asked_later_and_the_channel_goes_on(
    server: AtprotoServer, firehose: JetstreamServer, status: int, body: bytes, headers: dict[str, str], seconds: float
) -> None:
    firehose.refuse(status, body, headers)
    with pytest.raises(TryLater) as caught:
        next(network.stream(account_of(server, firehose), Listening(lambda: False, sieve=Words())))
    assert caught.value.seconds == seconds


def test_nothing_is_streamed_unasked_and_no_address_inside_is_reached(
    server: AtprotoServer, firehose: JetstreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening = Listening(lambda: False, sieve=Words())
    with pytest.raises(Unsupported):
        next(network.stream(server.account, listening))
    monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
    with pytest.raises(Unsupported):
        next(network.stream(account_of(server, firehose), listening))
    assert firehose.asked == []


def test_a_lost_token_in_the_middle_says_so_and_moves_no_place(
    server: AtprotoServer, firehose: JetstreamServer
) -> None:
    heard = Heard(server, firehose, Words())
    server.fail("app.bsky.feed.getPosts", 401, {"error": "AuthenticationRequired", "message": "no"}, times=2)
    said(server, firehose, "Ein rad")
    with pytest.raises(NotAuthorised):
        heard.until(heard.texts)
    assert heard.places == []


def test_a_refusing_app_view_ends_the_stream_for_a_while_only(server: AtprotoServer, firehose: JetstreamServer) -> None:
    heard = Heard(server, firehose, Words())
    server.fail("app.bsky.feed.getPosts", 400, {"error": "InvalidRequest", "message": "no"})
    said(server, firehose, "Ein rad")
    with pytest.raises(TryLater):
        heard.until(heard.texts)
    assert heard.places == []


@pytest.mark.parametrize(
    "typed", ["jetstream.example", "wss://jetstream.example/", "https://jetstream.example/subscribe"]
)
def test_the_server_is_understood_however_it_is_typed(typed: str) -> None:
    account = Account(network="bluesky", address="", settings={"everything_server": typed})
    assert jetstream._address(account, 0).startswith("wss://jetstream.example/subscribe?wantedCollections=")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["alt", "images", "media", "uri", "root", "parent", "text", "index", "features"])
                      | st.text(), inner, max_size=4), max_leaves=12,
)  # fmt: skip
RECORD = st.fixed_dictionaries(
    {"text": st.text() | JSON}, optional=dict.fromkeys(("langs", "reply", "facets", "embed", "createdAt"), JSON)
)
COMMIT = st.fixed_dictionaries(
    {"operation": st.sampled_from(["create", "update", "delete", ""]) | JSON, "rkey": st.text() | JSON,
     "collection": st.just("app.bsky.feed.post") | JSON}, optional={"record": RECORD | JSON},
)  # fmt: skip
TOLD = st.fixed_dictionaries(
    {"did": st.just(EVA) | st.text() | JSON, "time_us": st.integers() | JSON, "kind": st.text() | JSON},
    optional={"commit": COMMIT | JSON, "account": JSON, "identity": JSON},
)


@given(TOLD)
def test_no_event_however_odd_raises(told: object) -> None:
    message = json.dumps(told).encode("utf-8", "surrogatepass")
    burst = read([message], latest=10**15)
    assert burst.until <= 10**15
    for one in burst.said:
        assert one.uri.startswith("at://did:")
        assert isinstance(words_of(one), str)
        assert isinstance(one.root, str)


@given(st.binary())
def test_no_bytes_however_odd_raise(message: bytes) -> None:
    assert read([message], latest=10**15).unread in {0, 1}
    jetstream_events.alts_of(message)
