from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.networks.conftest import reachable
from tests.networks.hub_server import HubServer, entry

from resonanz.core import clock, http
from resonanz.networks.contract import Account, Edited, Event, Posted
from resonanz.networks.errors import NetworkError, NoAnswer, Refused, TryLater
from resonanz.networks.feeds import FeedGone, FeedNetwork, websub
from resonanz.networks.feeds.reading import NotAFeed
from resonanz.networks.feeds.websub import NoHub, links_in
from resonanz.networks.webhooks import BROUGHT_TO, Delivery, Keys, Told

OURS = "https://edge.nordhain.example/webhooks/abc"
SECRET = "s3cret"
network = FeedNetwork()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with reachable(HubServer(), monkeypatch) as hub:
        yield hub


def account(server: HubServer, **more: Any) -> Account:
    return Account(network="feeds", address=server.feed, **more)


def asked(server: HubServer, address: str = OURS) -> Account:
    """The account once the hub was asked to bring."""
    found = account(server, settings={**network.offer(account(server)), BROUGHT_TO: address})
    network.set_webhook(found, address, Keys(SECRET))
    return found


def door(found: Account) -> Any:
    def answer(question: dict[str, str]) -> str | None:
        proof = network.prove(question, Keys(SECRET, settings=found.settings))
        return proof.body if proof else None

    return answer


def delivery(headers: dict[str, str], body: bytes) -> Delivery:
    return Delivery(headers=headers, body=body, received_at=clock.now())


def told(server: HubServer, *entries: str, cursor: str = "") -> Told:
    found = replace(asked(server), cursor=cursor)
    server.verify(door(found))
    return network.read(found, delivery(*server.brought(*entries)))


def texts(read: Told) -> list[str]:
    return [one.text for one in read.events if isinstance(one, Posted)]


@pytest.mark.parametrize("where", ["body", "header"])
def test_hub_and_own_address_are_found(server: HubServer, where: str) -> None:
    server.names_in = where
    assert network.offer(account(server)) == {"hubs": server.hub, "topic": server.feed}


def test_header_comes_before_the_feed_itself(server: HubServer) -> None:
    body = server.body()
    server.refuses["/feed"] = (200, {"Link": f'<{server.url}/hub2>; rel="hub"'}, body)
    assert network.offer(account(server)) == {"hubs": f"{server.url}/hub2", "topic": server.feed}


def test_json_feed_names_its_hub(server: HubServer) -> None:
    feed = (
        '{"version": "https://jsonfeed.org/version/1.1", "feed_url": "https://blog.example/feed.json", "items": [],'
        '"hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": "/hub"}, 7]}'
    )
    server.refuses["/feed"] = (200, {}, feed.encode())
    assert network.offer(account(server)) == {"hubs": server.hub, "topic": "https://blog.example/feed.json"}


def test_feed_that_moved_is_asked_for_where_it_is_now(server: HubServer) -> None:
    server.own = ""
    server.refuses["/old"] = (301, {"Location": "/feed"}, b"")
    found = network.offer(Account(network="feeds", address=f"{server.url}/old"))
    assert found["topic"] == server.feed


@pytest.mark.parametrize("hubs", [[], ["javascript:alert(1)"], ["ftp://hub.example/"], ["http://hub.example:8080/"]])
def test_feed_without_a_hub_that_may_be_asked_says_so(server: HubServer, hubs: list[str]) -> None:
    server.hubs = hubs
    with pytest.raises(NoHub):
        network.offer(account(server))


def test_hub_over_plain_http_is_asked_over_tls(server: HubServer) -> None:
    server.hubs = ["http://hub.example/", "http://other.example:80/push?x=1"]
    assert network.offer(account(server))["hubs"] == "https://hub.example/ https://other.example/push?x=1"


def test_of_many_hubs_a_few_are_asked(server: HubServer) -> None:
    server.hubs = [f"https://hub{number}.example/" for number in range(50)] * 2
    assert len(network.offer(account(server))["hubs"].split()) == 4


@pytest.mark.parametrize(
    ("answer", "error"),
    [((410, {}, b""), FeedGone), ((404, {}, b""), Refused), ((200, {}, b"<html>"), NotAFeed), (None, TryLater)],
)
def test_feed_that_does_not_answer_names_nobody(server: HubServer, answer: Any, error: type[NetworkError]) -> None:
    server.refuses["/feed"] = answer
    with pytest.raises(error):
        network.offer(account(server))


def test_hub_is_asked_and_believes_us_and_brings(server: HubServer) -> None:
    found = asked(server)
    [form] = server.asked
    assert form == {
        "hub.mode": "subscribe", "hub.topic": server.feed, "hub.callback": OURS, "hub.secret": SECRET,
        "hub.lease_seconds": "864000", "hub.verify": "async",
    }  # fmt: skip
    server.verify(door(found))
    assert list(server.subscribed) == [(server.feed, OURS)]
    brought = delivery(*server.brought(entry("2", "Zweite Meldung")))
    assert network.is_genuine(brought, Keys(SECRET))
    assert texts(network.read(found, brought)) == ["Zweite Meldung"]


def test_hub_says_for_how_long(server: HubServer) -> None:
    keys = Keys(SECRET, settings=asked(server).settings)
    question = {"hub.mode": "subscribe", "hub.topic": server.feed, "hub.challenge": "17"}
    spans = {
        "3600": timedelta(hours=1), "": timedelta(days=1), "bald": timedelta(days=1), "-5": timedelta(days=1),
        "9" * 40: timedelta(days=366), "0": timedelta(),
    }  # fmt: skip
    for seconds, span in spans.items():
        proof = network.prove({**question, "hub.lease_seconds": seconds}, keys)
        assert proof is not None
        assert (proof.body, proof.leased) == ("17", span)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hub.topic": "https://blog.example/other"}, {"hub.topic": ""}, {"hub.mode": "unsubscribe"}, {"hub.mode": ""},
        {"hub.mode": "publish"}, {"hub.challenge": ""}, {"hub.challenge": "x" * 5_000},
    ],
)  # fmt: skip
def test_what_we_did_not_ask_for_is_not_confirmed(server: HubServer, wrong: dict[str, str]) -> None:
    keys = Keys(SECRET, settings=asked(server).settings)
    question = {"hub.mode": "subscribe", "hub.topic": server.feed, "hub.challenge": "17", "hub.lease_seconds": "60"}
    assert network.prove(question, keys) is not None
    assert network.prove(question | wrong, keys) is None


def test_nothing_is_confirmed_by_a_channel_that_asked_nobody(server: HubServer) -> None:
    question = {"hub.mode": "subscribe", "hub.topic": "", "hub.challenge": "17"}
    assert network.prove(question, Keys(SECRET)) is None
    assert network.prove({**question, "hub.mode": "denied"}, Keys(SECRET)) is None


def test_hub_that_says_no_is_heard_with_its_reason(server: HubServer) -> None:
    keys = Keys(SECRET, settings=asked(server).settings)
    reason = "Only\x00 members" + "!" * 999
    proof = network.prove({"hub.mode": "denied", "hub.topic": server.feed, "hub.reason": reason}, keys)
    assert proof is not None
    assert proof.leased is None
    assert (proof.refused or "").startswith("Only members!")
    assert len(proof.refused or "") <= 300


def test_end_is_confirmed_once_it_is_wanted(server: HubServer) -> None:
    found = asked(server)
    server.verify(door(found))
    network.set_webhook(found, "", Keys(SECRET))
    assert server.asked[-1]["hub.mode"] == "unsubscribe"
    assert server.asked[-1]["hub.callback"] == OURS
    gone = replace(found, settings={**found.settings, BROUGHT_TO: ""})
    server.verify(door(gone))
    assert server.subscribed == {}


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_every_signature_of_the_recommendation_is_taken(server: HubServer, algorithm: str) -> None:
    headers, body = server.brought(algorithm=algorithm, secret=SECRET)
    upper = {**headers, "x-hub-signature": headers["x-hub-signature"].upper()}
    assert network.is_genuine(delivery(headers, body), Keys(SECRET))
    assert network.is_genuine(delivery(upper, body), Keys(SECRET))
    assert not network.is_genuine(delivery(headers, body + b" "), Keys(SECRET))
    assert not network.is_genuine(delivery(headers, body), Keys("other"))
    assert not network.is_genuine(delivery(headers, body), Keys(""))


@pytest.mark.parametrize("given", ["", "sha256=", "=", "sha256", "md5={}", "sha224={}", "new={}", "sha256={}ff", "{}"])
def test_what_is_not_signed_so_is_forged(server: HubServer, given: str) -> None:
    headers, body = server.brought(secret=SECRET)
    headers["x-hub-signature"] = given.format(headers["x-hub-signature"].partition("=")[2])
    assert not network.is_genuine(delivery(headers, body), Keys(SECRET))
    del headers["x-hub-signature"]
    assert not network.is_genuine(delivery(headers, body), Keys(SECRET))


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((403, {"Content-Type": "text/plain"}, b"Not for\n you"), Refused, "Not for you"),
        ((404, {"Content-Type": "text/html"}, b"<html>"), Refused, "http.404"),
        ((302, {"Location": "https://hub.example/"}, b""), Refused, "http.302"),
        ((307, {"Location": "http://10.0.0.1:8080/"}, b""), Refused, "http.307"),
        ((308, {}, b""), Refused, "http.308"),
        ((429, {"Retry-After": "99"}, b""), TryLater, ""),
        ((500, {}, b""), NoAnswer, ""),
        (None, NoAnswer, ""),
        ((202, {}, b"x" * 99_999), NoAnswer, ""),
    ],
)  # fmt: skip
def test_hub_that_does_not_take_it_is_told_so(
    server: HubServer, answer: Any, error: type[NetworkError], words: str
) -> None:
    server.refuses["/hub"] = answer
    with pytest.raises(error) as raised:
        asked(server)
    assert isinstance(raised.value, Refused) == bool(words)
    assert not words or raised.value.params == {"words": words}


@pytest.mark.parametrize(
    "hub", ["https://10.0.0.1/", "https://[::1]/", "https://localhost/", "https://169.254.169.254/"]
)
def test_hub_on_a_private_address_is_never_asked(server: HubServer, hub: str) -> None:
    server.hubs = [hub]
    with pytest.raises(Refused, match=r"refused"):
        asked(server)


def test_hub_may_lead_to_another_one_but_not_for_ever(server: HubServer) -> None:
    server.refuses["/hub"] = (307, {"Location": "/hub2"}, b"")
    asked(server)
    assert len(server.wishes) == 1
    server.refuses["/hub2"] = (308, {"Location": "/hub"}, b"")
    with pytest.raises(Refused, match=r"refused"):
        asked(server)


def test_second_hub_is_asked_where_the_first_fails(server: HubServer) -> None:
    server.hubs = [f"{server.url}/broken", server.hub]
    server.refuses["/broken"] = (503, {}, b"")
    asked(server)
    assert [wish.mode for wish in server.wishes] == ["subscribe"]


def test_slow_hub_is_not_waited_for(server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websub, "_BOUNDS", http.Bounds(read_seconds=0.2, seconds=0.4))
    server.hubs = [f"{server.url}/slow", server.hub]
    server.seconds = 1.0
    asked(server)
    assert [wish.mode for wish in server.wishes] == ["subscribe"]
    server.hubs = server.hubs[:1]
    with pytest.raises(NoAnswer):
        asked(server)


def test_hubs_are_asked_in_turns(server: HubServer) -> None:
    server.hubs = [f"https://hub{number}.example/" for number in (1, 2, 3)]
    found, firsts = account(server), []
    for _ in range(4):
        found = replace(found, settings=network.offer(found))
        firsts.append(found.settings["hubs"].split()[0])
    assert firsts == [f"https://hub{number}.example/" for number in (1, 2, 3, 1)]
    assert network.webhook_health(found).is_valid


def test_health_tells_whether_the_feed_still_names_the_hub(server: HubServer) -> None:
    found = asked(server)
    assert network.webhook_health(found).address == OURS
    assert network.webhook_health(found).is_valid
    server.own = f"{server.url}/moved"
    assert not network.webhook_health(found).is_valid
    server.hubs = []
    with pytest.raises(NoHub):
        network.webhook_health(found)


def poll(server: HubServer, cursor: str = "") -> tuple[list[Event], str]:
    batches = list(network.poll(account(server), cursor))
    return [event for batch in batches for event in batch.events], (batches[-1].cursor if batches else cursor) or ""


def test_what_was_brought_is_not_new_to_the_poll_and_the_other_way_round(server: HubServer) -> None:
    server.entries.insert(0, entry("2", "Zweite"))
    _, cursor = poll(server)
    server.entries.insert(0, entry("3", "Dritte"))
    first = told(server, cursor=cursor)
    assert texts(first) == ["Dritte"]
    assert told(server, cursor=first.cursor or "").events == ()
    assert poll(server, first.cursor or "")[0] == []


def test_rewording_between_two_polls_is_an_edit_whoever_tells_it(server: HubServer) -> None:
    _, cursor = poll(server)
    server.entries.insert(0, entry("2", "Tippfeler"))
    after = told(server, cursor=cursor).cursor or ""
    server.entries[0] = entry("2", "Tippfehler")
    for events in (told(server, cursor=after).events, poll(server, after)[0]):
        [edited] = events
        assert isinstance(edited, Edited)
        assert edited.text == "Tippfehler"


def test_old_wording_that_comes_late_is_put_right_by_the_next_poll(server: HubServer) -> None:
    server.entries = [entry("1", "neu")]
    _, cursor = poll(server)
    late = told(server, entry("1", "alt"), cursor=cursor)
    [event] = poll(server, late.cursor or "")[0]
    assert isinstance(event, Edited)
    assert event.text == "neu"


def test_post_is_the_same_one_however_it_comes(server: HubServer) -> None:
    [polled], _ = poll(server)
    [brought] = told(server).events
    assert isinstance(polled, Posted)
    assert isinstance(brought, Posted)
    assert (polled.origin, polled.native_id) == (brought.origin, brought.native_id)


@pytest.mark.parametrize("says_it", ["body", "header"])
def test_other_feed_is_not_taken_for_ours(server: HubServer, says_it: str) -> None:
    found = asked(server)
    server.own, server.names_in = "https://other.example/feed", says_it
    read = network.read(found, delivery(*server.brought(secret=SECRET)))
    assert (read.events, [bad.reason for bad in read.bad]) == ((), ["feed.other"])
    assert read.cursor is None


def test_feed_that_calls_itself_nearly_the_same_is_ours(server: HubServer) -> None:
    found = asked(server)
    server.own = server.feed.replace("http://", "https://") + "/"
    headers, body = server.brought(secret=SECRET)
    assert network.read(found, delivery({**headers, "link": ""}, body)).events


@pytest.mark.parametrize("body", [b"", b"<html><body>", b"\x00\xff", b"{}", b"{" * 99_999, b"[1]"])
def test_body_that_is_no_feed_is_put_aside(server: HubServer, body: bytes) -> None:
    read = network.read(asked(server), delivery({}, body))
    assert (read.events, [bad.reason for bad in read.bad]) == ((), ["feed.not_a_feed"])


def test_entry_that_cannot_be_read_is_left_to_the_poll(server: HubServer) -> None:
    broken = "<item><guid>9</guid><title>x</title><pubDate>Fri, 31 Dec 9999 23:59:59 +0000</pubDate></item>"
    read = told(server, entry("8", "Geht"), broken)
    assert texts(read) == ["Geht"]
    assert read.bad == ()


def test_cursor_stays_bounded_however_much_is_brought(server: HubServer) -> None:
    cursor = ""
    for start in range(0, 9_000, 1_500):
        cursor = told(server, *(entry(str(start + number), "x") for number in range(1_500)), cursor=cursor).cursor or ""
    assert len(cursor) < 200_000


@given(
    st.text(max_size=300) | st.lists(st.sampled_from(("<", ">", "h", ";", ' rel="hub"', ",")), max_size=40).map("".join)
)
@settings(max_examples=300)
def test_any_header_is_read(header: str) -> None:
    found = links_in(header, "https://blog.example/feed")

    assert len(found.hubs) <= 4
    assert all(hub.startswith("https://") for hub in found.hubs)


@pytest.mark.parametrize("piece", ["<", "<>;", " ", "; rel=", '<a>;rel="', "<a>;rel=hub,"])
def test_header_without_end_is_read_only_so_far(piece: str) -> None:
    wanted = '<https://hub.example/>; rel="hub", <a>'
    assert links_in(wanted + piece * 99_999, "https://blog.example/feed").hubs[:1] == ("https://hub.example/",)
    assert links_in(piece * 99_999 + wanted, "https://blog.example/feed").hubs != ("https://hub.example/",)


_PIECES = [
    "<rss version='2.0'>", "<channel>", "<item>", "</item>", "<guid>", "</guid>", "<link", " rel='self'", " href='",
    "<atom:link ", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<![CDATA[", "&#x0;", "&a;", "</rss>",
    "http://[", "//", "{", '"items":[', '"hubs":[{"type":"WebSub","url":', "]", "}", "\x00", ",", "ü",
    "'/>", '"version":"https://jsonfeed.org/version/1"',
]  # fmt: skip


@given(
    st.one_of(
        st.binary(max_size=300), st.lists(st.sampled_from(_PIECES), max_size=25).map(lambda p: "".join(p).encode())
    )
)
@settings(max_examples=300, deadline=None)
def test_any_body_is_read_or_put_aside(body: bytes) -> None:
    found = Account(
        network="feeds", address="https://blog.example/feed", settings={"topic": "https://blog.example/feed"}
    )
    read = network.read(found, delivery({"content-type": "application/rss+xml"}, body))
    assert read.cursor is not None or len(read.bad) == 1


@given(st.dictionaries(st.sampled_from(["hub.mode", "hub.topic", "hub.challenge", "hub.lease_seconds"]), st.text()))
@settings(max_examples=200)
def test_any_question_is_answered_or_not(question: dict[str, str]) -> None:
    keys = Keys(SECRET, settings={"topic": "https://blog.example/feed", BROUGHT_TO: OURS})
    proof = network.prove(question, keys)
    assert proof is None or question["hub.topic"] == "https://blog.example/feed"
