"""The sieve, and a whole network through it: from a Jetstream server on the loopback to stored posts and cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.db import connections

from resonanz.accounts.models import User
from resonanz.accounts.sign_in_links import first_administrator
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.listening import topics
from resonanz.listening.models import Post, PostQuote
from resonanz.networks.bluesky import BlueskyNetwork, completing, jetstream
from resonanz.networks.connections import channels
from resonanz.networks.contract import Author
from resonanz.networks.models import Channel, ChannelState, Gap
from resonanz.people.models import Identity
from resonanz.pipeline import hearing, listeners, streaming
from resonanz.pipeline.sieve import TopicSieve
from resonanz.pipeline.take_in import take_in
from resonanz.service.models import Case
from tests.networks.atproto_server import EVA, US, AtprotoServer
from tests.networks.jetstream_server import JetstreamServer, now
from tests.pipeline.events import posted
from tests.pipeline.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)
NETWORK, ORIGIN = "memory", "practice.example"


@pytest.fixture
def administrator() -> User:
    return first_administrator()


@pytest.fixture
def channel() -> Channel:
    return channels.connect(
        network=NETWORK, name="Übung", address="http://x", origin=ORIGIN, handle="@Nordhain", native_id="ours",
        is_live=True, actor=None,
    )  # fmt: skip


def listen_for(query: str, actor: User, *, opens_cases: bool = False) -> None:
    topics.create(name=query, query=query, opens_cases=opens_cases, actor=actor)


def sieve_of(channel: Channel) -> TopicSieve:
    sieve = TopicSieve(channel)
    sieve.renew()
    return sieve


QUERIES = (
    "rad lang:de", "rad NOT lang:en", "bremse lang:de-AT", "(kette OR sattel) lang:de NOT lang:en",
    "glocke NOT from:eva",
    "from:eva.example lenker", "pedal from:ev*", "korb NOT from:ev*", "#helm", '"neue felge" NOT rost',
)  # fmt: skip
TEXTS = (
    "Mein rad", "Die bremse quietscht", "kette und sattel", "Die glocke", "Ein lenker", "Das pedal", "Der korb",
    "Kein #helm", "Eine neue felge", "Eine neue felge mit rost", "Guten Morgen",
)  # fmt: skip


def test_sieve_lets_through_whatever_is_kept_however_little_is_known_of_it(
    channel: Channel, administrator: User
) -> None:
    """A stream knows no author and perhaps no language: all that they might turn out to be is thought of."""
    for query in QUERIES:
        listen_for(query, administrator)
    sieve, compiled = sieve_of(channel), topics.compiled()
    let_through = dict(zip(TEXTS, sieve.touched(TEXTS, handles=[""] * 11, languages=[""] * 11), strict=True))
    kept = set()
    for handle in ("eva", "eva.example", "evelyn.example", "jonas.example"):
        for language in ("de", "en", "de-AT", "fr"):
            author = Author(native_id="a", handle=handle)
            said = [posted(text, text, author=author, language=language) for text in TEXTS]
            kept |= {one.posted.text for one in hearing.listen(channel, said, compiled)}

    suspects = {TEXTS[at] for at in sieve.suspects(TEXTS, handles=[""] * 11)}
    named = dict(zip(TEXTS, sieve.touched(TEXTS, handles=["eva.example"] * 11, languages=["de"] * 11), strict=True))

    assert kept - {"Ein lenker"} <= {text for text, is_through in let_through.items() if is_through} <= suspects
    assert named["Ein lenker"]  # an author whom a topic names is told to the sieve
    assert not let_through["Guten Morgen"]
    assert not let_through["Eine neue felge mit rost"]
    assert sieve.authors == {"eva", "eva.example"}


def test_sieve_knows_our_accounts_threads_posts_and_people(channel: Channel, administrator: User) -> None:
    take_in(channel=channel, events=[posted("root", addressed=True), posted("below", parent_id="root")])
    take_in(channel=channel, events=[posted("mine", author=Author("ours"), parent_id="root", root_id="root")])
    sieve = sieve_of(channel)

    assert sieve.ours == {"ours", "nordhain"}
    assert sieve.threads(["root", "mine", "other"]) == {"root"}
    assert sieve.held(["root", "below", "other"]) == {"root", "below"}
    assert sieve.people(["a-1", "nobody"]) == {"a-1"}
    assert (sieve.threads([]), sieve.held([]), sieve.people([])) == (set(), set(), set())


def test_sieve_lets_through_what_has_to_be_made_clean_before_it_is_read(channel: Channel, administrator: User) -> None:
    """As hearing gets it: letters that were typed in parts, control characters within a word, letters that grow."""
    listen_for("한국", administrator)
    listen_for("bremse", administrator)
    said = ["\u1112\u1161\u11ab\u1100\u116e\u11a8", "Die bre\x00mse", "\u0958" * 20 + " bremse"]
    sieve, unknown = sieve_of(channel), [""] * len(said)

    assert sieve.suspects(said, handles=unknown) == [0, 1, 2]
    assert sieve.touched(said, handles=unknown, languages=unknown) == [True] * 3


def test_sieve_bears_ids_that_no_database_can_hold(channel: Channel, administrator: User) -> None:
    """Anybody may write one into a post; it means what is left of it once it is made clean."""
    take_in(channel=channel, events=[posted("root", addressed=True)])
    sieve = sieve_of(channel)

    assert sieve.threads(["ro\x00ot", "\x00", "\ud800"]) == {"ro\x00ot"}
    assert sieve.held(["ro\x00ot", "\x00"]) == {"ro\x00ot"}
    assert sieve.people(["a-\x001", "\x00"]) == {"a-\x001"}


def test_a_stream_that_asks_its_sieve_nothing_holds_no_connection_to_the_database(channel: Channel) -> None:
    connections.close_all()
    TopicSieve(channel)

    assert connections["default"].connection is None


def test_sieve_hears_of_a_new_topic(channel: Channel, administrator: User) -> None:
    sieve = sieve_of(channel)
    before = sieve.touched(["Mein rad"], handles=[""], languages=[""])
    listen_for("rad", administrator)
    sieve.renew()

    assert (before, sieve.touched(["Mein rad"], handles=[""], languages=[""])) == ([False], [True])


# ── a whole network ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def server() -> Iterator[AtprotoServer]:
    with AtprotoServer() as found:
        yield found


@pytest.fixture
def firehose(server: AtprotoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[JetstreamServer]:
    monkeypatch.setattr(jetstream, "_TICK_SECONDS", 0.1)
    monkeypatch.setattr(jetstream, "_PLACE_SECONDS", 0.1)
    monkeypatch.setattr(jetstream, "BOUNDS", replace(jetstream.BOUNDS, quiet_seconds=0.1))
    monkeypatch.setattr(completing, "_PAUSES", (0.1, 0.1, 0.5, 30.0))
    monkeypatch.setattr(streaming, "_FIRST_PAUSE", 0.2)
    monkeypatch.setattr(listeners, "_LOOK_FOR_CHANNELS_SECONDS", 0.1)
    # Polls are hours apart, so that what comes within seconds came by the stream.
    rare = replace(BlueskyNetwork.limits, poll_seconds=7200, poll_beside_stream_seconds=7200)
    monkeypatch.setattr(BlueskyNetwork, "limits", rare)
    with JetstreamServer() as found:
        monkeypatch.setenv(ALLOWED_VARIABLE, f"{server.host},{found.host}")
        yield found


@pytest.fixture
def bluesky(server: AtprotoServer, firehose: JetstreamServer) -> Channel:
    us = server.account
    settings = {"everything": "all", "everything_server": firehose.address}
    return channels.connect(
        network=us.network, name="Bluesky", address=us.address, origin=us.origin, handle=us.handle,
        native_id=us.native_id, secret=us.secret, settings=settings, is_live=True, actor=None,
    )  # fmt: skip


def said(server: AtprotoServer, firehose: JetstreamServer, text: str, **more: str) -> str:
    uri = server.post(text, **more)  # type: ignore[arg-type]
    firehose.commit(uri, server.posts[uri]["record"])
    return uri


def stored() -> list[str]:
    return sorted(Post.objects.exclude(text="").values_list("text", flat=True))


def test_what_a_topic_touches_becomes_a_case_with_its_author_and_what_nobody_asked_for_is_not_stored(
    server: AtprotoServer,
    firehose: JetstreamServer,
    bluesky: Channel,
    administrator: User,
    listening: Callable[[], None],
) -> None:
    listen_for("nordrad", administrator, opens_cases=True)
    listening()
    eventually(lambda: firehose.cursors)
    said(server, firehose, "Guten Morgen")
    uri = said(server, firehose, "Mein Nordrad ist kaputt, wer hilft?")
    eventually(stored)
    answer = said(server, firehose, "Bei mir auch", parent=uri)
    said(server, firehose, "Ganz etwas anderes", parent=server.post("Woanders"))
    eventually(lambda: len(stored()) == 2)

    assert stored() == ["Bei mir auch", "Mein Nordrad ist kaputt, wer hilft?"]
    assert Post.objects.get(native_id=uri).author_handle == "eva.test"
    assert [identity.handle for identity in Identity.objects.all()] == ["eva.test"]
    (case,) = Case.objects.all()
    assert set(case.case_posts.values_list("post__native_id", flat=True)) == {uri, answer}

    firehose.commit(answer, None)
    eventually(lambda: stored() == ["Mein Nordrad ist kaputt, wer hilft?"])
    mended = {"text": "Mein Nordrad ist wieder heil", "createdAt": "2026-01-01T00:00:00Z"}
    firehose.commit(uri, mended, operation="update")
    eventually(lambda: stored() == ["Mein Nordrad ist wieder heil"])
    firehose.account(EVA, status="deactivated")
    firehose.account(EVA, status="deleted")
    eventually(lambda: stored() == [])
    assert not Identity.objects.exists()


def test_what_is_deleted_is_gone_where_it_is_quoted_too(
    server: AtprotoServer,
    firehose: JetstreamServer,
    bluesky: Channel,
    administrator: User,
    listening: Callable[[], None],
) -> None:
    listen_for("nordrad", administrator)
    listening()
    eventually(lambda: firehose.cursors)
    quoted = said(server, firehose, "Der Sattel ist da")
    uri = server.post("Mein Nordrad, so geht das also")
    embed = {"$type": "app.bsky.embed.record#viewRecord", "uri": quoted, "author": {"did": EVA, "handle": "eva.test"}}
    whole = {"$type": "app.bsky.embed.record#view", "record": {**embed, "value": {"text": "Der Sattel ist da"}}}
    server.posts[uri]["embed"] = whole
    firehose.commit(uri, server.posts[uri]["record"])
    eventually(stored)

    assert stored() == ["Mein Nordrad, so geht das also"]
    assert PostQuote.objects.get().text == "Der Sattel ist da"

    firehose.commit(quoted, None)
    eventually(lambda: PostQuote.objects.get().text == "")
    assert PostQuote.objects.get().native_id == ""
    assert stored() == ["Mein Nordrad, so geht das also"]


def test_a_stream_that_is_cut_goes_on_from_its_place_and_nothing_is_lost_or_doubled(
    server: AtprotoServer,
    firehose: JetstreamServer,
    bluesky: Channel,
    administrator: User,
    listening: Callable[[], None],
) -> None:
    listen_for("nordrad", administrator)
    listening()
    eventually(lambda: firehose.cursors)
    firehose.cut_after = 150
    for number in range(400):
        said(server, firehose, f"Nordrad {number}" if number % 2 else f"Anderes {number}")
    eventually(lambda: len(stored()) == 200, 30)
    eventually(lambda: int(Channel.objects.get().stream_place or 0) >= firehose.told[-1][0])

    assert stored() == sorted(f"Nordrad {number}" for number in range(1, 400, 2))
    assert len(firehose.cursors) == 2
    assert firehose.cursors[1] is not None
    assert Channel.objects.get().stream_at is not None


def test_a_place_is_kept_while_nobody_listens_and_the_gap_is_written_down(
    server: AtprotoServer,
    firehose: JetstreamServer,
    bluesky: Channel,
    administrator: User,
    listening: Callable[[], None],
) -> None:
    listen_for("nordrad", administrator)
    place = now() - 10 * 60 * 1_000_000
    Channel.objects.update(stream_place=str(place))
    missed = server.post("Ein Nordrad, als niemand hörte")
    firehose.commit(missed, server.posts[missed]["record"], at=place + 60_000_000)
    listening()
    eventually(stored)
    said(server, firehose, "Etwas, das eben gesagt wurde")
    eventually(Gap.objects.exists)

    assert stored() == ["Ein Nordrad, als niemand hörte"]
    assert firehose.cursors == [place - 5_000_000]
    assert [gap.is_filled for gap in Gap.objects.all()] == [True]


def test_a_channel_that_does_not_ask_for_everything_streams_nothing(
    server: AtprotoServer, firehose: JetstreamServer, bluesky: Channel, listening: Callable[[], None]
) -> None:
    Channel.objects.update(settings={})
    listening()
    eventually(lambda: "app.bsky.notification.listNotifications" in server.asked)
    clock.sleep(0.5)

    assert firehose.cursors == []
    assert Channel.objects.get().state == ChannelState.ACTIVE
    assert Channel.objects.get().native_id == US
