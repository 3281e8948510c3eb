"""Bluesky: what is heard, answered and done, and what an unkind server makes of it. The real one: tests/peers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.networks.atproto_server import EVA, US, AtprotoServer, said

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.bluesky import BlueskyNetwork, client
from resonanz.networks.contract import (
    Account,
    Counted,
    Deleted,
    Event,
    MediaKind,
    Posted,
    PostKind,
    ReplyOrder,
    Report,
    Visibility,
)
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater

network = BlueskyNetwork()
GET_POSTS, NOTIFICATIONS = "app.bsky.feed.getPosts", "app.bsky.notification.listNotifications"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AtprotoServer]:
    with AtprotoServer() as found:
        monkeypatch.setenv(ALLOWED_VARIABLE, found.host)
        yield found


def heard(server: AtprotoServer, cursor: str = "", account: Account | None = None) -> tuple[list[Event], str]:
    batches = list(network.poll(account or server.account, cursor))
    kept = batches[-1].cursor if batches else cursor
    assert kept is not None
    return [event for batch in batches for event in batch.events], kept


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Posted)]


def later(cursor: str) -> str:
    """As if the last round had been half a minute ago."""
    return json.dumps({**json.loads(cursor), "round_at": (clock.now() - timedelta(seconds=31)).isoformat()})


def order(parent: str, text: str = "Das sehen wir uns an.") -> ReplyOrder:
    return ReplyOrder(key="k", text=text, parent_id=parent, root_id=parent, visibility=Visibility.PUBLIC)


def test_a_mention_is_heard_once_with_all_that_the_house_needs(server: AtprotoServer) -> None:
    root = server.post("Wer kennt ein gutes Rad?", langs=["de"])
    name = {"index": {"byteStart": 0, "byteEnd": 11},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": US}]}  # fmt: skip
    uri = server.mention("@werke.test passt das? 🚲", parent=root, langs=["de"], facets=[name])

    events, cursor = heard(server)
    again, _ = heard(server, cursor)

    (one,) = [event for event in events if isinstance(event, Posted)]
    assert (one.native_id, one.parent_id, one.root_id, one.kind) == (uri, root, root, PostKind.COMMENT)
    assert (one.addressed, one.language, one.text) == (True, "de", "@werke.test passt das? 🚲")
    assert one.mentions == (US, "werke.test")
    assert one.author is not None
    assert (one.author.native_id, one.author.handle) == (EVA, "eva.test")
    assert one.url == "https://bsky.app/profile/eva.test/post/0000000000001"
    assert again == []


def test_a_long_gap_is_read_to_its_end_and_the_oldest_comes_first(server: AtprotoServer) -> None:
    _, cursor = heard(server)
    for number in range(330):
        server.mention(str(number), at=clock.now() + timedelta(milliseconds=number))

    events, cursor = heard(server, cursor)

    assert texts(events) == [str(number) for number in range(330)]
    assert heard(server, cursor)[0] == []


def test_a_poll_that_breaks_off_goes_on_where_it_was(server: AtprotoServer) -> None:
    _, cursor = heard(server)
    for number in range(60):
        server.mention(str(number), at=clock.now() + timedelta(milliseconds=number))
    reading = network.poll(server.account, cursor)
    first = next(reading)
    server.fail(GET_POSTS, 502)
    with pytest.raises(TryLater):
        list(reading)

    assert first.cursor is not None
    rest, _ = heard(server, first.cursor)

    assert len(texts(list(first.events))) == 25
    assert texts(list(first.events)) + texts(rest) == [str(number) for number in range(60)]


def test_an_account_that_its_network_does_not_show_yet_hears_who_speaks_to_it(server: AtprotoServer) -> None:
    server.mention("Hallo?")
    server.fail("app.bsky.feed.getAuthorFeed", 400, {"error": "InvalidRequest", "message": "Profile not found"})
    events, _ = heard(server)
    server.fail("app.bsky.feed.getAuthorFeed", 400, {"error": "InvalidRequest", "message": "Something else"})

    assert texts(events) == ["Hallo?"]
    with pytest.raises(Refused, match="Something else"):
        heard(server)


def test_a_notification_of_somebody_with_a_slow_clock_is_found_below_known_ones(server: AtprotoServer) -> None:
    for number in range(5):
        server.mention(f"da {number}")
    _, cursor = heard(server)
    slow = server.post("Meine Uhr geht nach")
    server.notify(slow, indexed_at=said(clock.now() - timedelta(hours=20)))

    assert texts(heard(server, cursor)[0]) == ["Meine Uhr geht nach"]


def test_a_quiet_look_keeps_nothing_anew(server: AtprotoServer) -> None:
    server.mention("Hallo?")
    _, cursor = heard(server)

    assert list(network.poll(server.account, cursor)) == []


def test_an_answer_is_not_lost_where_reading_its_thread_fails(server: AtprotoServer) -> None:
    posts = [server.post(f"Heute offen {number}", author=US) for number in range(2)]
    _, cursor = heard(server)
    for post in posts:
        server.post(f"Bis wann? {post[-1]}", parent=post)
    reading, first = network.poll(server.account, later(cursor)), list[Event]()
    for batch in reading:
        first += batch.events
        cursor = batch.cursor or cursor
        if texts(list(batch.events)):
            server.fail("app.bsky.feed.getPostThread", 502)
            break
    with pytest.raises(TryLater):
        list(reading)

    rest, _ = heard(server, later(cursor))

    assert sorted(texts(first) + texts(rest)) == ["Bis wann? 0", "Bis wann? 1"]


def test_a_wall_before_the_server_at_sign_in_stops_no_channel(server: AtprotoServer) -> None:
    server.fail("com.atproto.server.createSession", 403, b"<html>Are you a robot?</html>")

    with pytest.raises(TryLater):
        heard(server)


def test_a_post_that_is_shown_later_than_its_notification_is_heard_then(server: AtprotoServer) -> None:
    _, cursor = heard(server)
    uri = server.mention("Schon da?")
    server.fail(GET_POSTS, 200, {"posts": []})

    first, cursor = heard(server, cursor)
    second, cursor = heard(server, cursor)

    assert first == []
    assert [event.native_id for event in second if isinstance(event, Posted)] == [uri]


def test_a_post_that_is_gone_before_it_was_heard_is_asked_for_only_so_long(server: AtprotoServer) -> None:
    _, cursor = heard(server)
    uri = server.mention("Ach nein", at=clock.now() - timedelta(minutes=2))
    del server.posts[uri]

    _, cursor = heard(server, cursor)
    asked = server.asked.count(GET_POSTS)
    heard(server, cursor)

    assert server.asked.count(GET_POSTS) == asked


def test_an_answer_without_notification_is_found_below_our_post(server: AtprotoServer) -> None:
    ours = server.post("Wir haben heute geöffnet", author=US)
    _, cursor = heard(server)
    server.post("Bis wann denn?", parent=ours)

    events, cursor = heard(server, later(cursor))

    assert texts(events) == ["Bis wann denn?"]
    assert texts(heard(server, later(cursor))[0]) == []


def test_what_is_missing_at_two_looks_is_gone(server: AtprotoServer) -> None:
    uri, stays = server.mention("Weg damit"), server.mention("Bleibt")
    _, cursor = heard(server)
    del server.posts[uri]
    server.posts[stays]["likeCount"] = 7

    first, cursor = heard(server, later(cursor))
    second, cursor = heard(server, later(cursor))
    third, _ = heard(server, later(cursor))

    assert [(type(one), one.native_id) for one in first] == [(Counted, stays)]
    assert [(type(one), one.native_id) for one in second] == [(Deleted, uri)]
    assert third == []


@pytest.mark.parametrize(("viewer", "is_gone"), [({"blockedBy": True}, True), ({"blocking": "at://x"}, False)])
def test_what_its_author_closed_to_us_is_gone_but_not_what_we_closed(
    server: AtprotoServer, viewer: dict[str, object], is_gone: bool
) -> None:
    uri = server.mention("Nicht für euch")
    _, cursor = heard(server)
    server.fail(GET_POSTS, 200, {"posts": []}, times=2)
    blocked = {"$type": "app.bsky.feed.defs#blockedPost", "uri": uri, "blocked": True}
    server.fail("app.bsky.feed.getPostThread", 200, {"thread": {**blocked, "author": {"did": EVA, "viewer": viewer}}})

    _, cursor = heard(server, later(cursor))
    events, _ = heard(server, later(cursor))

    assert [(type(one), one.native_id) for one in events] == ([(Deleted, uri)] if is_gone else [])


def test_a_server_that_shows_nothing_for_a_moment_deletes_nothing(server: AtprotoServer) -> None:
    server.mention("Bleibt")
    _, cursor = heard(server)
    server.fail(GET_POSTS, 200, {"posts": []}, times=3)

    for _ in range(4):
        events, cursor = heard(server, later(cursor))
        assert events == []


def test_a_hashtag_brings_strangers_but_not_those_who_do_not_want_to_be_found(server: AtprotoServer) -> None:
    account = replace(server.account, settings={"hashtags": "#Rad"})
    server.post("Ich liebe mein #rad")
    hidden = server.post("Mein #rad geht niemanden etwas an")
    server.posts[hidden]["author"]["labels"] = [{"val": "!no-unauthenticated"}]

    events, _ = heard(server, account=account)

    assert texts(events) == ["Ich liebe mein #rad"]
    assert [event.addressed for event in events if isinstance(event, Posted)] == [False]


def test_a_search_that_is_refused_stops_nothing(server: AtprotoServer) -> None:
    account = replace(server.account, settings={"hashtags": "rad"})
    server.mention("Hallo?")
    server.fail("app.bsky.feed.searchPosts", 400, {"error": "BadQueryString"})

    assert texts(heard(server, account=account)[0]) == ["Hallo?"]


def test_what_cannot_be_read_is_put_aside_and_the_rest_is_heard(server: AtprotoServer) -> None:
    broken = server.mention("kaputt")
    server.posts[broken]["record"] = {"text": None}
    server.mention("heil")

    batches = list(network.poll(server.account, ""))

    assert [text for batch in batches for text in texts(list(batch.events))] == ["heil"]
    assert [bad.reason for batch in batches for bad in batch.bad] == ["event.TypeError"]


def test_a_time_to_come_is_the_moment_at_which_the_network_saw_it(server: AtprotoServer) -> None:
    uri = server.mention("Aus der Zukunft")
    server.posts[uri]["record"]["createdAt"] = said(clock.now() + timedelta(days=1))

    (one,) = [event for event in heard(server)[0] if isinstance(event, Posted)]

    assert said(one.posted_at) == server.posts[uri]["indexedAt"]


def test_pictures_films_and_their_descriptions(server: AtprotoServer) -> None:
    uri = server.mention("Seht her")
    picture = {"thumb": "https://cdn.example/t", "fullsize": "https://cdn.example/f", "alt": "Ein Rad",
               "aspectRatio": {"width": 4, "height": 3}}  # fmt: skip
    evil = {"thumb": "javascript:alert(1)", "fullsize": "", "alt": "böse"}
    images = {"$type": "app.bsky.embed.images#view", "images": [picture, evil]}
    server.posts[uri]["embed"] = {"$type": "app.bsky.embed.recordWithMedia#view", "media": images}

    (one,) = [event for event in heard(server)[0] if isinstance(event, Posted)]

    (media,) = one.media
    assert (media.kind, media.url, media.alt, media.width) == (MediaKind.IMAGE, "https://cdn.example/f", "Ein Rad", 4)
    assert one.text == "Seht her\n\n[Ein Rad]"


def test_an_answer_stands_in_the_thread_of_its_parent_with_its_facets(server: AtprotoServer) -> None:
    root = server.post("Anfang")
    parent = server.mention("Und?", parent=root)
    del server.posts[root]

    receipt = network.reply(server.account, order(parent, "Grüße an @eva.test: https://werke.example/rad. #Rad"))

    record = server.posts[receipt.native_id]["record"]
    assert {name: one["uri"] for name, one in record["reply"].items()} == {"root": root, "parent": parent}
    raw = record["text"].encode()
    shown = [raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode() for one in record["facets"]]
    assert shown == ["@eva.test", "https://werke.example/rad", "#Rad"]
    assert record["facets"][0]["features"][0]["did"] == EVA
    assert receipt.url.startswith("https://bsky.app/profile/werke.test/post/")


def test_an_answer_to_a_closed_thread_or_to_nothing_is_refused_before_it_is_sent(server: AtprotoServer) -> None:
    parent = server.mention("Nur unter uns")
    server.posts[parent]["viewer"] = {"replyDisabled": True}

    with pytest.raises(Refused, match="replyDisabled"):
        network.reply(server.account, order(parent))
    with pytest.raises(Refused, match="NotFound"):
        network.reply(server.account, order(parent + "9"))
    assert server.orders == []


def test_an_answer_whose_sending_brought_no_word_is_found_again(server: AtprotoServer) -> None:
    parent, since = server.mention("Und?"), clock.now() - timedelta(seconds=5)
    server.fail("com.atproto.repo.createRecord", 500)
    with pytest.raises(NoAnswer):
        network.reply(server.account, order(parent))

    nothing = network.find_sent(server.account, order(parent), since=since, known=frozenset())
    receipt = network.reply(server.account, order(parent))
    found = network.find_sent(server.account, order(parent), since=since, known=frozenset())
    other = network.find_sent(server.account, order(parent), since=since, known=frozenset({receipt.native_id}))
    too_late = network.find_sent(server.account, order(parent), since=clock.now() + timedelta(1), known=frozenset())

    assert (nothing, found, other, too_late) == (None, receipt, None, None)


def test_likes_blocks_and_hidden_answers_are_done_once_and_undone(server: AtprotoServer) -> None:
    ours = server.post("Wir", author=US)
    below = server.mention("Ihr", parent=ours)

    for on in (True, True, False, False):
        network.like(server.account, below, on=on)
        network.block(server.account, EVA, on=on)
        network.hide(server.account, below, on=on)

    assert [(act, asked["collection"].rsplit(".", 1)[-1]) for act, asked in server.orders] == [
        ("createRecord", "like"), ("createRecord", "block"), ("putRecord", "threadgate"), ("putRecord", "threadgate"),
        ("deleteRecord", "like"), ("deleteRecord", "block"), ("putRecord", "threadgate"), ("putRecord", "threadgate"),
    ]  # fmt: skip
    assert [asked["record"]["hiddenReplies"] for act, asked in server.orders if act == "putRecord"] == [
        [below], [below], [], []
    ]  # fmt: skip


def test_only_what_stands_below_our_own_post_can_be_hidden(server: AtprotoServer) -> None:
    root = server.post("Fremd")

    with pytest.raises(Refused, match="NotOurThread"):
        network.hide(server.account, server.mention("Ihr", parent=root), on=True)


def test_a_report_names_the_post_and_withdrawing_deletes_ours(server: AtprotoServer) -> None:
    uri = server.mention("Schund")
    network.report(server.account, Report(native_id=uri, author_id=EVA, words="Beleidigung"))
    ours = network.reply(server.account, order(uri)).native_id
    network.withdraw(server.account, ours)

    told = next(asked for act, asked in server.orders if act == "createReport")
    assert (told["subject"]["uri"], told["reason"]) == (uri, "Beleidigung")
    assert ours not in server.posts


def test_a_session_is_made_once_renewed_when_it_ends_and_again_after_a_wrong_one(server: AtprotoServer) -> None:
    heard(server)
    heard(server)
    signed_in = server.asked.count("com.atproto.server.createSession")
    server.tokens.clear()
    heard(server)

    assert (signed_in, server.asked.count("com.atproto.server.createSession")) == (1, 2)


def test_a_session_is_renewed_before_its_token_ends(server: AtprotoServer) -> None:
    server.token_seconds = 30
    heard(server)
    heard(server)

    assert server.asked.count("com.atproto.server.createSession") > 1


def test_a_revoked_password_in_the_middle_asks_for_a_person(server: AtprotoServer) -> None:
    _, cursor = heard(server)
    server.tokens.clear()
    server.fail("com.atproto.server.createSession", 401, {"error": "AuthenticationRequired"}, times=9)

    with pytest.raises(NotAuthorised):
        heard(server, cursor)


def test_identify_tells_whose_password_it_is_and_that_one_is_wrong(server: AtprotoServer) -> None:
    typed = Account(network="bluesky", address=server.account.address + "/", handle="@werke.test",
                    secret=server.account.secret)  # fmt: skip
    wrong = Account(network="bluesky", address=server.account.address, handle="werke.test", secret="falsch")

    found = network.identify(typed)

    assert (found.native_id, found.handle, found.origin, found.address) == (US, "werke.test", "at://",
                                                                          server.account.address)  # fmt: skip
    with pytest.raises(NotAuthorised):
        network.identify(wrong)
    with pytest.raises(ValueError, match="kein Server"):
        network.identify(Account(network="bluesky", address="kein Server", secret="x"))


@pytest.mark.parametrize(
    ("status", "body", "headers", "error"),
    [
        (429, {"error": "RateLimitExceeded"}, {"Retry-After": "120"}, TryLater),
        (429, {"error": "RateLimitExceeded"}, {"RateLimit-Reset": "{soon}"}, TryLater),
        (502, b"<html>Bad Gateway</html>", {}, TryLater),
        (200, b"<html>Hello</html>", {}, TryLater),
        (200, b"[" * 100_000, {}, TryLater),
        (200, b"[]", {}, TryLater),
        (400, {"error": "InvalidRequest", "message": "no"}, {}, Refused),
        (401, {"error": "AuthMissing"}, {}, NotAuthorised),
        (400, {"error": "AccountTakedown"}, {}, NotAuthorised),
        (403, b"<html>Are you a robot?</html>", {}, TryLater),
        (302, b"", {"Location": "http://127.0.0.1:1/"}, TryLater),
    ],
)
def test_an_unkind_answer_becomes_the_error_that_says_what_to_do(
    server: AtprotoServer, status: int, body: object, headers: dict[str, str], error: type[Exception]
) -> None:
    soon = str(int(clock.now().timestamp()) + 120)
    named = {name: value.format(soon=soon) for name, value in headers.items()}
    server.fail(NOTIFICATIONS, status, body, headers=named, times=9)

    with pytest.raises(error) as raised:
        heard(server)

    if status == 429:
        assert isinstance(raised.value, TryLater)
        assert 100 < raised.value.seconds <= 121


def test_no_error_and_no_name_of_a_session_shows_its_token(server: AtprotoServer) -> None:
    session = client.session_of(server.account)

    assert session.token not in repr(session)
    assert server.account.secret not in repr(server.account)
