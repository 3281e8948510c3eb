"""The connector against a server of the kind that others wrote, as a process of its own."""

from __future__ import annotations

import threading
import urllib.parse
import urllib.request
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from tests.networks.mastodon_process import MastodonProcess

from resonanz.core import clock
from resonanz.networks import streams
from resonanz.networks.contract import (
    Account,
    Batch,
    Counted,
    Deleted,
    Edited,
    Event,
    Posted,
    PostKind,
    ReplyOrder,
    Visibility,
)
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.mastodon import MastodonNetwork

network = MastodonNetwork()
_numbers = count(1)


@pytest.fixture
def server(mastodon: MastodonProcess) -> MastodonProcess:
    return mastodon


@pytest.fixture
def us(server: MastodonProcess) -> Account:
    return server.open_account(f"werke{next(_numbers)}")


@pytest.fixture
def ada(server: MastodonProcess) -> Account:
    return server.open_account(f"ada{next(_numbers)}")


def name_of(account: Account) -> str:
    return "@" + account.handle.split("@")[0]


def read(account: Account, cursor: str = "") -> tuple[list[Event], str]:
    batches = list(network.poll(account, cursor))
    assert batches[-1].cursor is not None
    return [event for batch in batches for event in batch.events], batches[-1].cursor


def posts(events: list[Event]) -> list[Posted]:
    return [event for event in events if isinstance(event, Posted)]


def answer_to(status: dict[str, object], text: str = "Wir kümmern uns.", key: str = "k1") -> ReplyOrder:
    return ReplyOrder(
        key=key, text=text, parent_id=str(status["id"]), root_id=str(status["id"]), visibility=Visibility.PUBLIC
    )


class Listening:
    """A stream in a thread of its own; `events` grows."""

    def __init__(self, account: Account) -> None:
        self.events: list[Event] = []
        self.batches: list[Batch] = []
        self.error: Exception | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(account,), daemon=True)

    def _run(self, account: Account) -> None:
        try:
            for batch in network.stream(account, streams.Listening(self._stop.is_set)):
                self.batches.append(batch)
                self.events += batch.events
        except Exception as error:  # noqa: BLE001 (shown by the test that waits)
            self.error = error

    def __enter__(self) -> Listening:
        self._thread.start()
        self.until(lambda: bool(self.batches))
        assert self.batches[0] == Batch((), None)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=10)
        assert not self._thread.is_alive()

    def until(self, done: object) -> None:
        assert callable(done)
        end = clock.monotonic() + 15
        while not done() and not self.error and clock.monotonic() < end:
            clock.sleep(0.05)
        assert self.error is None, self.error
        assert done()


def test_mention_arrives_by_poll_with_all_that_belongs_to_it(
    server: MastodonProcess, us: Account, ada: Account
) -> None:
    first = server.say(ada, "Heute erst gekauft")
    said = server.say(
        ada,
        f"{name_of(us)} der Akku lädt nicht <b>!\n\nhttps://shop.example/akku?a=1&b=2",
        in_reply_to_id=first["id"],
        language="de",
        spoiler_text="Ärger",
    )
    server.say(ada, "nur so, an niemanden")
    events, cursor = read(us)
    (post,) = posts(events)
    assert post.native_id == said["id"]
    assert post.origin == server.host
    assert post.text == f"Ärger\n\n{name_of(us)} der Akku lädt nicht <b>!\n\nhttps://shop.example/akku?a=1&b=2"
    assert (post.addressed, post.mentions, post.language, post.kind) == (True, (us.handle,), "de", PostKind.COMMENT)
    assert (post.parent_id, post.root_id, post.visibility) == (first["id"], first["id"], Visibility.PUBLIC)
    assert post.author is not None
    assert (post.author.native_id, post.author.handle) == (ada.native_id, ada.handle)
    assert read(us, cursor)[0] == []


def test_private_mention_is_a_message(server: MastodonProcess, us: Account, ada: Account) -> None:
    server.say(ada, f"{name_of(us)} unter uns", visibility="direct")
    server.say(ada, f"{name_of(us)} für Freunde", visibility="private")
    found = posts(read(us)[0])
    assert [(post.kind, post.visibility) for post in found] == [
        (PostKind.MESSAGE, Visibility.PRIVATE),
        (PostKind.POST, Visibility.PRIVATE),
    ]


def test_gap_is_filled_completely_and_in_order(server: MastodonProcess, us: Account, ada: Account) -> None:
    _, cursor = read(us)
    expected = [server.say(ada, f"{name_of(us)} Nummer {number}")["id"] for number in range(85)]
    batches = list(network.poll(us, cursor))
    assert [post.native_id for batch in batches for post in posts(list(batch.events))] == expected
    more = [server.say(ada, f"{name_of(us)} noch {number}")["id"] for number in range(42)]
    half = next(iter(network.poll(us, str(batches[-1].cursor))))
    assert [post.native_id for post in posts(list(half.events))] == more[:40]
    assert [post.native_id for post in posts(read(us, str(half.cursor))[0])] == more[40:]


def test_first_poll_takes_only_the_recent_past(server: MastodonProcess, us: Account, ada: Account) -> None:
    for number in range(60):
        server.say(ada, f"{name_of(us)} Nummer {number}")
    assert len(posts(read(us)[0])) == 40
    with clock.moved_to(clock.now() + timedelta(days=8)):
        assert posts(read(us)[0]) == []


def test_hashtag_is_heard_unless_its_author_wants_not_to_be_found(
    server: MastodonProcess, us: Account, ada: Account
) -> None:
    eve = server.open_account(f"eve{next(_numbers)}")
    server.let_find(ada)
    tag = f"straße{next(_numbers)}"
    listening = replace(us, settings={"hashtags": f"#{tag.title()}, anderes"})
    with Listening(listening) as stream:
        clock.sleep(0.5)
        heard = [server.say(ada, f"Kalt heute #{tag}")["id"], server.say(eve, f"{name_of(us)} kaputt #{tag}")["id"]]
        server.say(eve, f"Mag nicht gefunden werden #{tag}")
        stream.until(lambda: {post.native_id for post in posts(stream.events)} >= set(heard))
    assert {post.native_id for post in posts(stream.events)} == set(heard)
    found = posts(read(listening)[0])
    assert {post.native_id for post in found} == set(heard)
    assert {post.native_id for post in found if post.addressed} == {heard[1]}


def test_public_timeline_is_heard_when_asked_for(server: MastodonProcess, us: Account, ada: Account) -> None:
    server.let_find(ada)
    listening = replace(us, settings={"public": "local"})
    _, cursor = read(listening)
    said = server.say(ada, "Regen in Kiel")
    assert [post.native_id for post in posts(read(listening, cursor)[0])] == [said["id"]]
    assert posts(read(us, cursor)[0]) == []


def test_boost_is_no_post_but_counts(server: MastodonProcess, us: Account, ada: Account) -> None:
    server.let_find(ada)
    listening = replace(us, settings={"public": "all"})
    with Listening(listening) as stream:
        clock.sleep(0.5)
        said = server.say(ada, "Gut gemacht")
        eve = server.open_account(f"eve{next(_numbers)}")
        server.call("POST", f"/api/v1/statuses/{said['id']}/reblog", eve.secret)
        stream.until(lambda: any(isinstance(event, Counted) for event in stream.events))
    assert [post.native_id for post in posts(stream.events)] == [said["id"]]
    assert [(event.native_id, event.shares) for event in stream.events if isinstance(event, Counted)] == [
        (said["id"], 1)
    ]


def test_stream_brings_mention_edit_and_deletion(server: MastodonProcess, us: Account, ada: Account) -> None:
    server.let_find(ada)
    tag = f"tag{next(_numbers)}"
    with Listening(replace(us, settings={"hashtags": tag})) as stream:
        clock.sleep(0.5)
        said = server.say(ada, f"{name_of(us)} geht niht #{tag}")
        stream.until(lambda: any(post.addressed for post in posts(stream.events)))
        server.call("PUT", f"/api/v1/statuses/{said['id']}", ada.secret, status=f"geht nicht #{tag}")
        stream.until(lambda: any(isinstance(event, Edited) for event in stream.events))
        server.call("DELETE", f"/api/v1/statuses/{said['id']}", ada.secret)
        stream.until(lambda: any(isinstance(event, Deleted) for event in stream.events))
        quiet = len(stream.batches)
        stream.until(lambda: len(stream.batches) > quiet)
    assert all(batch.cursor is None for batch in stream.batches)
    assert [event.text for event in stream.events if isinstance(event, Edited)] == [f"geht nicht #{tag}"]
    assert [event.native_id for event in stream.events if isinstance(event, Deleted)] == [said["id"]]
    with pytest.raises(StopIteration):
        next(iter(network.stream(us, streams.Listening(lambda: True))))


def test_poll_alone_mirrors_edit_likes_and_deletion_of_a_mention(
    server: MastodonProcess, us: Account, ada: Account
) -> None:
    said = server.say(ada, f"{name_of(us)} geht niht")
    _, cursor = read(us)
    server.call("PUT", f"/api/v1/statuses/{said['id']}", ada.secret, status="geht nicht")
    server.call("POST", f"/api/v1/statuses/{said['id']}/favourite", us.secret)
    events, cursor = read(us, cursor)
    assert [(type(event).__name__, event.native_id) for event in events] == [
        ("Edited", said["id"]),
        ("Counted", said["id"]),
    ]
    assert read(us, cursor)[0] == []
    server.call("DELETE", f"/api/v1/statuses/{said['id']}", ada.secret)
    events, cursor = read(us, cursor)
    assert [(type(event).__name__, event.native_id) for event in events] == [("Deleted", said["id"])]
    assert read(us, cursor)[0] == []


def test_own_words_from_another_app_are_told(server: MastodonProcess, us: Account, ada: Account) -> None:
    asked = server.say(ada, f"{name_of(us)}?")
    _, cursor = read(us)
    own = server.say(us, "Vom Telefon aus", in_reply_to_id=asked["id"])
    (post,) = posts(read(us, cursor)[0])
    assert (post.native_id, post.author and post.author.native_id, post.root_id) == (
        own["id"],
        us.native_id,
        asked["id"],
    )


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("public", "unlisted"), ("unlisted", "unlisted"), ("private", "direct"), ("direct", "direct")],
)
def test_reply_names_the_author_and_is_never_more_public(
    server: MastodonProcess, us: Account, ada: Account, asked: str, answered: str
) -> None:
    eve = server.open_account(f"eve{next(_numbers)}")
    parent = server.say(ada, f"{name_of(us)} {name_of(eve)}?", visibility=asked, language="en")
    receipt = network.reply(us, answer_to(parent))
    stands = server.call("GET", f"/api/v1/statuses/{receipt.native_id}", ada.secret)
    assert stands["in_reply_to_id"] == parent["id"]
    assert (stands["visibility"], stands["language"]) == (answered, "en")
    assert [mention["id"] for mention in stands["mentions"]] == [ada.native_id]
    assert receipt.url == stands["url"]


def test_reply_to_what_was_said_in_private_stays_private(server: MastodonProcess, us: Account, ada: Account) -> None:
    parent = server.say(ada, f"{name_of(us)}?")
    receipt = network.reply(us, replace(answer_to(parent), visibility=Visibility.PRIVATE))
    assert server.call("GET", f"/api/v1/statuses/{receipt.native_id}", ada.secret)["visibility"] == "direct"


def test_reply_names_also_who_spoke_to_us_in_the_thread(server: MastodonProcess, us: Account, ada: Account) -> None:
    eve = server.open_account(f"eve_with_a_name_of_thirty{next(_numbers)}"[:30])
    bystander = server.open_account(f"bob{next(_numbers)}")
    first = server.say(eve, f"{name_of(us)} hallo?")
    second = server.say(ada, f"{name_of(us)} {name_of(eve)} {name_of(bystander)} auch!", in_reply_to_id=first["id"])
    receipt = network.reply(us, answer_to(second, f"{name_of(ada)} und alle: kommt."))
    stands = server.call("GET", f"/api/v1/statuses/{receipt.native_id}", ada.secret)
    assert {mention["id"] for mention in stands["mentions"]} == {ada.native_id, eve.native_id}
    assert stands["content"].count(name_of(ada)) == 1
    longest = network.reply(us, answer_to(second, "x" * network.limits.text_length, key="k2"))
    stands = server.call("GET", f"/api/v1/statuses/{longest.native_id}", ada.secret)
    assert ada.native_id in {mention["id"] for mention in stands["mentions"]}


def test_reply_sent_twice_with_one_key_stands_once_and_is_found(
    server: MastodonProcess, us: Account, ada: Account
) -> None:
    parent = server.say(ada, f"{name_of(us)}?")
    order = answer_to(parent, "Ja – siehe https://hilfe.example/a?b=1&c=2\n\nGruß & <3")
    since = clock.now() - timedelta(minutes=5)
    assert network.find_sent(us, order, since=since, known=frozenset()) is None
    receipt = network.reply(us, order)
    assert network.reply(us, order) == receipt
    assert network.find_sent(us, order, since=since, known=frozenset()) == receipt
    assert network.find_sent(replace(us, native_id=""), order, since=since, known=frozenset()) == receipt
    assert network.find_sent(us, order, since=since, known=frozenset({receipt.native_id})) is None
    assert network.find_sent(us, order, since=clock.now() + timedelta(hours=1), known=frozenset()) is None
    other = answer_to(server.say(ada, f"{name_of(us)}??"), order.text)
    assert network.find_sent(us, other, since=since, known=frozenset()) is None
    server.call("DELETE", f"/api/v1/statuses/{parent['id']}", ada.secret)
    assert network.find_sent(us, order, since=since, known=frozenset()) == receipt


def test_refusals_say_why(server: MastodonProcess, us: Account, ada: Account) -> None:
    parent = server.say(ada, f"{name_of(us)}?")
    with pytest.raises(Refused, match="too long"):
        network.reply(us, answer_to(parent, "x" * 600))
    server.trouble("/api/v1/statuses", {"status": 403, "body": {"error": "This action is not allowed"}}, method="POST")
    with pytest.raises(Refused, match="This action is not allowed"):
        network.reply(us, answer_to(parent, key="k2"))
    weak = {"status": 403, "body": {"error": "This action is outside the authorized scopes"}}
    server.trouble("/api/v1/statuses", weak, method="POST")
    with pytest.raises(NotAuthorised):
        network.reply(us, answer_to(parent, key="k3"))
    with pytest.raises(NotAuthorised):
        list(network.poll(replace(us, secret="wrong"), ""))
    server.call("DELETE", f"/api/v1/statuses/{parent['id']}", ada.secret)
    with pytest.raises(Refused, match="Record not found"):
        network.reply(us, answer_to(parent, key="k4"))


def test_trouble_is_told_apart(server: MastodonProcess, us: Account, ada: Account) -> None:
    parent = server.say(ada, f"{name_of(us)}?")
    server.trouble("/api/v1/statuses", {"status": 503}, method="POST")
    with pytest.raises(TryLater):
        network.reply(us, answer_to(parent))
    server.trouble("/api/v1/statuses", {"status": 502}, method="POST")
    with pytest.raises(NoAnswer):
        network.reply(us, answer_to(parent))
    server.trouble("/api/v1/statuses", {"type": "malformed"}, method="POST")
    with pytest.raises(NoAnswer):
        network.reply(us, answer_to(parent))
    reset = (clock.now() + timedelta(seconds=90)).isoformat()
    server.trouble("/api/v1/notifications", {"status": 429, "headers": {"X-RateLimit-Reset": reset}})
    with pytest.raises(TryLater) as later:
        list(network.poll(us, ""))
    assert later.value.seconds == pytest.approx(90, abs=5)
    server.trouble("/api/v1/notifications", {"type": "malformed"})
    with pytest.raises(TryLater):
        list(network.poll(us, ""))


def test_closed_timeline_keeps_no_mention_away(server: MastodonProcess, us: Account, ada: Account) -> None:
    said = server.say(ada, f"{name_of(us)}?")
    server.trouble("/api/v1/timelines/*", {"status": 403, "body": {"error": "This action is not allowed"}}, count=9)
    events, cursor = read(replace(us, settings={"hashtags": "eins", "public": "local"}))
    assert [post.native_id for post in posts(events)] == [said["id"]]
    assert "tag:eins" not in cursor


def test_account_is_connected_by_oauth(server: MastodonProcess, us: Account, ada: Account) -> None:
    found = network.server_of(server.url + "/@somebody")
    assert found == server.url
    back = "https://resonanz.example/back"
    registration = network.register(found, back)
    page = network.authorize_url(found, registration, redirect_uri=back, state="s1", challenge="c1")
    question = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page).query))
    assert (question["state"], question["code_challenge"], question["code_challenge_method"]) == ("s1", "c1", "S256")
    assert question["redirect_uri"] == back
    assert "read:notifications" in question["scope"].split()
    shown = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(page, timeout=10).read()
    assert name_of(us).encode() in shown
    code = f"mockcode_{name_of(us).removeprefix('@')}"  # what this server gives when the button is pressed
    (account,) = network.sign_in(found, registration, redirect_uri=back, code=code, verifier="v1")
    assert (account.address, account.origin, account.native_id) == (server.url, server.host, us.native_id)
    assert account.handle == us.handle
    rules = f"2 ({account.address}/about)"
    assert (account.settings["server_title"], account.settings["server_rules"]) == ("Beispielserver", rules)
    assert account.secret not in repr(account)
    server.say(ada, f"{name_of(us)} jetzt?")
    assert [post.addressed for post in posts(read(account)[0])] == [True]
    with pytest.raises(Refused, match="invalid_grant"):
        network.sign_in(found, registration, redirect_uri=back, code="wrong", verifier="v1")
