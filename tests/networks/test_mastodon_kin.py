"""Servers of Mastodon's kin, and what they do otherwise."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.networks.kin_server import PERSON, US, KinServer, told
from tests.networks.page_server import PageServer, Request, page

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.core.http_streams import never
from resonanz.networks.contract import (
    Account,
    App,
    BadEvent,
    Batch,
    Deleted,
    Edited,
    Event,
    Posted,
    ReplyOrder,
    Visibility,
)
from resonanz.networks.errors import NotAuthorised, Refused, TryLater, Unsupported
from resonanz.networks.mastodon import MastodonNetwork, connecting
from resonanz.networks.mastodon.cursor import MOST_WATCHED, Cursor
from resonanz.networks.mastodon.reading import FAULTS, heard
from resonanz.networks.mastodon.statuses import as_status
from resonanz.networks.mastodon.threads import Threads
from resonanz.networks.streams import Listening

network = MastodonNetwork()


def read(account: Account, cursor: str = "") -> tuple[list[Event], list[BadEvent], str]:
    batches = list(network.poll(account, cursor))
    events = [event for batch in batches for event in batch.events]
    return events, [one for batch in batches for one in batch.bad], str(batches[-1].cursor)


def ids(events: list[Event]) -> list[str]:
    return [event.native_id for event in events if isinstance(event, Posted)]


def order_for(status: dict[str, object], text: str) -> ReplyOrder:
    native_id = str(status["id"])
    return ReplyOrder(key="k1", text=text, parent_id=native_id, root_id=native_id, visibility=Visibility.PUBLIC)


@pytest.mark.parametrize("understands_min_id", [True, False])
def test_ids_that_are_no_numbers_are_followed_without_links(kin: KinServer, understands_min_id: bool) -> None:
    kin.understands_min_id = understands_min_id
    first = kin.mention("eins")
    events, _, cursor = read(kin.account())
    assert ids(events) == [first["id"]]
    assert read(kin.account(), cursor)[0] == []
    gap = [kin.mention(f"Nummer {number}")["id"] for number in range(90 if understands_min_id else 39)]
    events, _, cursor = read(kin.account(), cursor)
    assert ids(events) == gap
    assert read(kin.account(), cursor)[0] == []


def test_source_that_was_empty_is_filled_from_its_beginning(kin: KinServer) -> None:
    _, _, cursor = read(kin.account())
    gap = [kin.mention(f"Nummer {number}")["id"] for number in range(90)]
    assert ids(read(kin.account(), cursor)[0]) == gap


def test_deletion_is_seen_where_many_cannot_be_asked_for_at_once(kin: KinServer) -> None:
    said = kin.mention("gleich weg")
    _, _, cursor = read(kin.account())
    kin.refused[f"/api/v1/statuses/{said['id']}"] = 502
    events, _, cursor = read(kin.account(), cursor)
    assert events == []
    kin.refused.clear()
    kin.statuses[said["id"]] |= {"edited_at": clock.now().isoformat(), "content": "<p>doch nicht</p>"}
    events, _, cursor = read(kin.account(), cursor)
    assert [(type(event), event.text) for event in events if isinstance(event, Edited)] == [(Edited, "doch nicht")]
    del kin.statuses[said["id"]]
    events, _, _ = read(kin.account(), cursor)
    assert [(type(event), event.native_id) for event in events] == [(Deleted, said["id"])]


def test_deletion_without_words_is_believed_the_second_time_and_beside_a_status_that_is_there(kin: KinServer) -> None:
    kin.says_why = False
    gone = kin.mention("gleich weg")
    _, _, cursor = read(kin.account())
    said = kin.statuses.pop(gone["id"])
    for _ in range(3):
        events, _, cursor = read(kin.account(), cursor)
        assert events == []  # as far as can be seen, a gateway says no to everything
    kin.mention("noch da")
    _, _, cursor = read(kin.account(), cursor)
    kin.statuses[gone["id"]] = said
    _, _, cursor = read(kin.account(), cursor)  # it was there all the while
    del kin.statuses[gone["id"]]
    events, _, cursor = read(kin.account(), cursor)
    assert events == []
    events, _, cursor = read(kin.account(), cursor)
    assert [(type(event), event.native_id) for event in events] == [(Deleted, gone["id"])]
    assert Cursor.read(cursor).missed == []


def test_every_mention_has_its_turn_and_none_holds_up_the_others(kin: KinServer) -> None:
    said = [kin.mention(f"Nummer {number}")["id"] for number in range(17)]
    _, _, cursor = read(kin.account())
    kin.refused[f"/api/v1/statuses/{said[0]}"] = 500  # as some servers do for a status that they cannot show
    for native_id in said[1:]:
        del kin.statuses[native_id]
    gone = []
    for _ in range(5):
        events, _, cursor = read(kin.account(), cursor)
        gone += [event.native_id for event in events if isinstance(event, Deleted)]
    assert sorted(gone) == said[1:]


def test_mention_is_not_looked_at_for_ever(kin: KinServer) -> None:
    old, new = kin.mention("alt"), kin.mention("neu")
    _, _, cursor = read(kin.account())
    assert list(Cursor.read(cursor).watched) == [old["id"], new["id"]]
    with clock.moved_to(clock.now() + timedelta(days=31)):
        kin.statuses[new["id"]] |= {"created_at": clock.now().isoformat()}
        _, _, cursor = read(kin.account(), cursor)
    assert list(Cursor.read(cursor).watched) == [new["id"]]


def test_websocket_is_taken_where_there_are_no_server_sent_events(kin: KinServer) -> None:
    batches: list[Batch] = []
    stop = threading.Event()
    for batch in network.stream(kin.account(hashtags="akku"), Listening(stop.is_set)):
        batches.append(batch)
        if len(batches) == 1:
            assert batch == Batch((), None)
            said = kin.status("hallo", mentions=[US])
            kin.tell("user", told("notification", {"id": "1", "type": "favourite", "status": said}))
            kin.tell("user", "}{")
            kin.tell("user", told("notification", {"id": "2", "type": "mention", "status": {"id": "x"}}))
            kin.tell("user", told("filters_changed", None))
            kin.tell("user", told("notification", {"id": "3", "type": "mention", "status": said}))
            kin.tell("user", json.dumps({"stream": ["user"], "event": "delete", "payload": said["id"]}))
        if len(batches) > 1 and "hashtag:akku" in kin.opened:
            kin.tell("hashtag:akku", told("update", kin.status("kalt #akku")))
            kin.opened.remove("hashtag:akku")
        if any(isinstance(event, Posted) and not event.addressed for event in batch.events):
            stop.set()
        clock.sleep(0.05)
    events = [event for batch in batches for event in batch.events]
    assert [(type(event).__name__, event.native_id) for event in events if event.native_id == said["id"]] == [
        ("Posted", said["id"]),
        ("Deleted", said["id"]),
    ]
    assert [one.reason for batch in batches for one in batch.bad] == ["event.ValueError", "event.ValueError"]
    assert kin.asked.count("/api/v1/streaming/user") == 1
    assert all(batch.cursor is None for batch in batches)


def test_server_without_streams_says_so(kin: KinServer) -> None:
    kin.streams = False
    with pytest.raises(Unsupported):
        next(iter(network.stream(kin.account(), Listening(never))))
    kin.mention("hallo")
    assert len(ids(read(kin.account())[0])) == 1


def test_address_inside_that_a_server_names_for_its_streams_costs_the_stream_only(
    kin: KinServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALLOWED_VARIABLE, kin.hosts[0])
    with pytest.raises(Unsupported):
        next(iter(network.stream(kin.account(), Listening(never))))


def test_server_that_names_itself_otherwise_for_its_streams_is_asked_as_it_answers(pages: PageServer) -> None:
    server = pages.url("").rstrip("/")
    named = json.dumps({"urls": {"streaming_api": server.replace("http://", "wss://")}}).encode()
    pages.pages["/api/v1/instance"] = page(named)
    pages.pages["/api/v1/streaming/user"] = page(b":)\n\n", headers={"Content-Type": "text/event-stream"})
    account = Account(network="mastodon", address=server, secret="t", native_id="1")
    assert next(iter(network.stream(account, Listening(never)))) == Batch((), None)


def test_page_for_people_is_no_stream(pages: PageServer) -> None:
    def none(request: Request) -> None:
        request.protocol_version = "HTTP/1.1"
        page(b"no", 404)(request)

    pages.pages["/api/v1/streaming/user"] = page(b"<p>hi</p>\n", headers={"Content-Type": "text/html"})
    pages.pages["/api/v1/streaming?stream=user"] = none
    pages.pages["/api/v1/streaming?stream=user&access_token=t"] = none
    account = Account(network="mastodon", address=pages.url("").rstrip("/"), secret="t", native_id="1")
    with pytest.raises(Unsupported):
        next(iter(network.stream(account, Listening(never))))


@pytest.mark.parametrize("status", [403, 404, 405])
def test_wall_before_a_server_is_waited_for(pages: PageServer, status: int) -> None:
    path = "/api/v1/notifications?limit=40&types%5B%5D=mention&include_filtered=true"
    account = Account(network="mastodon", address=pages.url("").rstrip("/"), secret="t", native_id="1")
    pages.pages[path] = page(b"<h1>One moment, please</h1>", status)
    with pytest.raises(TryLater):
        read(account)
    pages.pages[path] = page(b'{"error": "This action is not allowed"}', status)
    with pytest.raises(Refused, match="This action is not allowed"):
        read(account)


def test_token_is_known_to_be_gone_where_a_server_says_so_with_another_status(pages: PageServer) -> None:
    path = "/api/v1/notifications?limit=40&types%5B%5D=mention&include_filtered=true"
    account = Account(network="mastodon", address=pages.url("").rstrip("/"), secret="t", native_id="1")
    pages.pages[path] = page(b"Invalid Bearer token", 400)
    with pytest.raises(NotAuthorised):
        read(account)
    pages.pages[path] = page(b"<h1>Bad Request</h1> invalid token of a firewall", 400)
    with pytest.raises(TryLater):
        read(account)


def test_reply_is_known_again_where_a_server_sets_it_otherwise(kin: KinServer) -> None:
    asked = kin.mention("Wann?")
    order = order_for(asked, '- *Morgen* - "sicher"\n- 2 > 1')
    kin.status("Morgen – sicher", author=US, parent=asked["id"])
    said = kin.status("<ul><li><em>Morgen</em> – „sicher“</li><li>2 &gt; 1</li></ul>", author=US, parent=asked["id"])
    found = network.find_sent(kin.account(), order, since=clock.now() - timedelta(minutes=1), known=frozenset())
    assert found is not None
    assert found.native_id == said["id"]


def test_reply_without_keys_stands_twice_and_each_is_found(kin: KinServer) -> None:
    asked = kin.mention("Wie lange noch?")
    order = order_for(asked, "Bis Freitag.")
    since = clock.now() - timedelta(minutes=1)
    first, second = network.reply(kin.account(), order), network.reply(kin.account(), order)
    assert first != second
    find = network.find_sent
    assert find(kin.account(), order, since=since, known=frozenset()) == first
    assert find(kin.account(), order, since=since, known=frozenset({first.native_id})) == second
    kin.refused[f"/api/v1/accounts/{US['id']}/statuses"] = 501
    with pytest.raises(Refused):
        find(kin.account(), order, since=since, known=frozenset())


@pytest.mark.parametrize("wrong", [{"mentions": 5}, {"visibility": []}, {"account": None}, {"language": {}}])
def test_reply_to_what_is_described_oddly_is_careful(kin: KinServer, wrong: dict[str, object]) -> None:
    asked = kin.mention("Wie lange noch?")
    asked |= wrong
    receipt = network.reply(kin.account(), order_for(asked, "Bis Freitag."))
    expected = "direct" if "visibility" in wrong else "unlisted"
    assert (kin.statuses[receipt.native_id]["visibility"], kin.statuses[receipt.native_id]["language"]) == (
        expected,
        None,
    )


def test_timeline_that_a_server_stumbles_over_holds_up_no_other(kin: KinServer) -> None:
    said, gone = kin.status("kalt #b"), kin.mention("gleich weg")
    _, _, cursor = read(kin.account(hashtags="c"))
    kin.refused["/api/v1/timelines/tag/a"] = 500
    del kin.statuses[gone["id"]]
    batches: list[Batch] = []
    with pytest.raises(TryLater):
        batches.extend(network.poll(kin.account(hashtags="a b"), cursor))
    events = [event for batch in batches for event in batch.events]
    assert said["id"] in ids(events)
    assert [event.native_id for event in events if isinstance(event, Deleted)] == [gone["id"]]
    kin.refused["/api/v1/timelines/tag/a"] = 429
    kin.asked.clear()
    with pytest.raises(TryLater):
        read(kin.account(hashtags="a b"), cursor)
    assert "/api/v1/timelines/tag/b" not in kin.asked


def test_rubbish_is_put_aside_and_the_rest_goes_on(kin: KinServer) -> None:
    said = kin.mention("echt")
    rubbish: list[object] = [
        7,
        None,
        "x",
        [],
        {},
        {"type": "mention"},
        {"id": "0", "type": "mention", "status": {"id": "y"}},
    ]
    kin.notifications[:0] = [
        {"id": f"02{9 - place}", "type": "mention", "status": one} for place, one in enumerate(rubbish)
    ]
    events, bad, cursor = read(kin.account())
    assert ids(events) == [said["id"]]
    assert len(bad) == len(rubbish)
    assert read(kin.account(), cursor)[1] == []


def test_token_that_is_gone_is_told_by_the_poll_and_not_by_the_stream(kin: KinServer) -> None:
    kin.refused["/api/v1/notifications"] = 401
    with pytest.raises(NotAuthorised):
        read(kin.account())
    with pytest.raises(Unsupported):
        next(iter(network.stream(replace(kin.account(), secret="falsch"), Listening(never))))


def test_events_of_a_stream_are_read_as_the_server_writes_them(pages: PageServer) -> None:
    said = {
        "id": "7",
        "created_at": "2026-03-01T12:00:00.000Z",
        "account": PERSON,
        "visibility": "public",
        "content": "<p>hi</p>",
    }
    mention = json.dumps({"type": "mention", "status": said})
    quote = json.dumps({"type": "quote", "status": said | {"id": "9"}})
    boost = json.dumps({"type": "reblog", "status": said | {"id": "10"}})
    body = (
        ":thump\n\n"
        "event: update\ndata: {broken\n\n"
        f"event:notification\ndata:{mention}\n\n"
        f"event:notification\ndata:{quote}\n\n"
        f"event:notification\ndata:{boost}\n\n"
        "event: announcement\ndata: {}\n\n"
        f"event: status.update\ndata: {json.dumps(said | {'edited_at': '2026-03-01T13:00:00Z'})}\n\n"
        "event: delete\ndata: 7\n\n"
        "event: delete\ndata: 8"
    )

    def endless(request: Request) -> None:
        page(body.encode(), headers={"Content-Type": "text/event-stream"})(request)

    pages.pages["/api/v1/streaming/user"] = endless
    account = Account(network="mastodon", address=pages.url("").rstrip("/"), secret="t", native_id="1")
    batches = list(network.stream(account, Listening(never)))
    events = [event for batch in batches for event in batch.events]
    assert [(type(event).__name__, event.native_id) for event in events] == [
        ("Posted", "7"),
        ("Posted", "9"),
        ("Edited", "7"),
        ("Counted", "7"),
        ("Deleted", "7"),
    ]
    assert [one.raw for batch in batches for one in batch.bad] == ['"{broken"']
    assert batches[0] == Batch((), None)


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        ("mastodon.example", "https://mastodon.example"),
        (" https://Mastodon.Example/@werke ", "https://mastodon.example"),
        ("@werke@mastodon.example", "https://mastodon.example"),
        ("werke@mastodon.example", "https://mastodon.example"),
        ("http://mastodon.example/about", "https://mastodon.example"),
        ("mastodon.example:8443", "https://mastodon.example:8443"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
    ],
)
def test_server_is_found_in_what_people_type(monkeypatch: pytest.MonkeyPatch, typed: str, server: str) -> None:
    monkeypatch.setenv(ALLOWED_VARIABLE, "127.0.0.1:3000")
    assert network.server_of(typed) == server


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "werke",
        "localhost",
        "ftp://mastodon.example",
        "mast odon.example",
        "a.example:99999",
        "[::1]",
        "straße.example",
    ],
)
def test_what_names_no_server_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (its words are for nobody)
        network.server_of(typed)


@pytest.mark.parametrize("wrong", [{"id": "9" * 256}, {"acct": "x" * 250}, {"id": None}])
def test_account_described_beyond_all_bounds_is_not_connected(pages: PageServer, wrong: dict[str, object]) -> None:
    person = {"id": "1", "username": "werke", "acct": "werke"}
    pages.pages["/oauth/token"] = page(b'{"access_token": "t"}')
    pages.pages["/api/v2/instance"] = page(b'{"domain": "kin.example"}')
    pages.pages["/api/v1/accounts/verify_credentials"] = page(json.dumps(person | wrong).encode())
    server, known = pages.url("").rstrip("/"), App("id", "word")
    with pytest.raises(Refused):
        network.sign_in(server, known, redirect_uri="https://r.example/", code="c", verifier="v")


def test_server_that_stumbles_over_its_description_is_connected_by_the_former_one(pages: PageServer) -> None:
    pages.pages["/oauth/token"] = page(b'{"access_token": "t"}')
    pages.pages["/api/v2/instance"] = page(b"<h1>Server Error</h1>", 500)
    pages.pages["/api/v1/instance"] = page(b'{"uri": "kin.example", "title": "Anders"}')
    pages.pages["/api/v1/accounts/verify_credentials"] = page(b'{"id": "1", "username": "werke", "acct": "werke"}')
    server = pages.url("").rstrip("/")
    (account,) = network.sign_in(server, App("id", "word"), redirect_uri="https://r.example/", code="c", verifier="v")
    assert (account.handle.partition("@")[0], account.settings["server_title"]) == ("werke", "Anders")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("social.werke.example", "social.werke.example"),
        ("werke.example", "werke.example"),
        ("mastodon.example", "social.werke.example"),
        ("rke.example", "social.werke.example"),
        ("example", "social.werke.example"),
        ("", "social.werke.example"),
    ],
)
def test_server_bears_no_name_but_its_own(said: str, name: str) -> None:
    assert connecting.name_of("https://social.werke.example", said) == name


def test_cursor_survives_whatever_stands_in_it() -> None:
    for text in ("", "7", "[]", '{"newest": 3}', '{"watched": {"a": [1]}}', '{"next_look": 1e999}', "{" * 5_000):
        assert Cursor.read(text).newest == {}
    cursor = Cursor(newest={"mentions": "01J"})
    for number in range(MOST_WATCHED + 20):
        cursor.watch(str(number), ("", None, 2, None))
    again = Cursor.read(cursor.write())
    assert again == cursor
    assert next(iter(again.watched)) == "20"
    looked = []
    for _ in range(5):
        looked += again.look(20)
        again.next_look += 20
    assert looked == list(again.watched)
    assert again.look(20) == looked[:20]
    again.next_look += 20
    again.forget(looked[3])
    assert again.look(2) == looked[20:22]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.just("2026-03-01T12:00:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ("id", "created_at", "account", "content", "mentions", "visibility", "in_reply_to_id", "poll", "edited_at")
_PERSON = {"id": "1", "acct": "ada", "username": "ada"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({}, optional=dict.fromkeys((*_FIELDS, "reblog", "spoiler_text", "url"), _JSON)))
def test_status_of_any_shape_is_read_or_put_aside(wrong: dict[str, object]) -> None:
    account = Account(network="mastodon", address="http://127.0.0.1:1", native_id="9")
    whole = {"id": "5", "created_at": "2026-03-01T12:00:00Z", "account": _PERSON, "content": "x", **wrong}
    threads = Threads(account)  # which asks nobody: the address is not allowed
    try:
        events = heard(as_status(whole), account, threads, by_chance=True)
    except FAULTS:
        return
    assert all(isinstance(event.native_id, str) and event.native_id for event in events)
