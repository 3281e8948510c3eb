from __future__ import annotations

import threading
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.networks.memory_process import MemoryProcess

from resonanz.core import clock
from resonanz.core.http_streams import never
from resonanz.networks.contract import (
    Account,
    Author,
    Batch,
    Counted,
    Deleted,
    Edited,
    Event,
    Posted,
    PostKind,
    Quoted,
    ReplyOrder,
    Visibility,
)
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.streams import Listening

network = MemoryNetwork()


def everything(account: Account, cursor: str | None = "") -> list[Event]:
    return [event for batch in network.poll(account, cursor or "") for event in batch.events]


def answer_to(post: dict[str, object], text: str = "Wir kümmern uns.") -> ReplyOrder:
    return ReplyOrder(
        key="k", text=text, parent_id=str(post["id"]), root_id=str(post["root_id"]), visibility=Visibility.PUBLIC
    )


def test_poll_brings_what_concerns_the_account_and_goes_on_at_the_cursor(memory_network: MemoryProcess) -> None:
    us, ada, eve = (memory_network.open_account(handle) for handle in ("werke", "ada", "eve"))
    memory_network.say(ada, "Guten Morgen")
    memory_network.say(ada, "@werke der Zug ist zu spät <b>!")
    memory_network.say(ada, "Nur für Euch", visibility="PRIVATE", to=["werke"])
    memory_network.say(ada, "Nur für Eve", visibility="PRIVATE", to=["eve"])
    batches = list(network.poll(us, ""))
    posts = [event for batch in batches for event in batch.events if isinstance(event, Posted)]
    assert [(post.text, post.addressed, post.kind) for post in posts] == [
        ("Guten Morgen", False, PostKind.POST),
        ("@werke der Zug ist zu spät <b>!", True, PostKind.POST),
        ("Nur für Euch", True, PostKind.MESSAGE),
    ]
    assert posts[1].mentions == ("werke",)
    assert posts[1].origin == memory_network.url
    assert posts[1].author is not None
    assert posts[1].author.native_id == ada.native_id
    assert everything(us, batches[-1].cursor) == []
    assert len(everything(eve)) == 3
    memory_network.say(eve, "später")
    assert [event.text for event in everything(us, batches[-1].cursor) if isinstance(event, Posted)] == ["später"]


def test_stream_tells_what_happens_from_now_on_and_ends_when_told_to(memory_network: MemoryProcess) -> None:
    us, ada, eve = (memory_network.open_account(handle) for handle in ("werke", "ada", "eve"))
    memory_network.say(ada, "davor")
    stopping = threading.Event()
    batches = network.stream(us, Listening(stopping.is_set))
    assert next(batches) == Batch((), None)
    memory_network.say(ada, "Nur für Eve", visibility="PRIVATE", to=["eve"])
    post = memory_network.say(ada, "@werke Hallo?")
    told = (event for batch in batches for event in batch.events)
    said = next(told)
    assert isinstance(said, Posted)
    assert (said.text, said.addressed) == ("@werke Hallo?", True)
    memory_network.call("DELETE", f"/posts/{post['id']}", ada.secret)
    assert isinstance(next(told), Deleted)
    stopping.set()
    assert all(batch == Batch((), None) for batch in batches)
    with pytest.raises(NotAuthorised):
        next(network.stream(replace(eve, secret="wrong"), Listening(never)))


def test_stream_of_a_network_that_is_down_is_tried_again_soon(memory_network: MemoryProcess) -> None:
    us = memory_network.open_account("werke")
    memory_network.trouble("down", next=1, seconds=7)
    with pytest.raises(TryLater) as later:
        next(network.stream(us, Listening(never)))
    assert later.value.seconds == 7
    batches = network.stream(us, Listening(never))
    assert next(batches) == Batch((), None)
    memory_network.kill()
    assert all(batch == Batch((), None) for batch in batches)
    with pytest.raises(TryLater) as later:
        next(network.stream(us, Listening(never)))
    assert later.value.seconds == 1
    memory_network.start()


def test_poll_reads_many_pages(memory_network: MemoryProcess) -> None:
    us, ada = memory_network.open_account("werke"), memory_network.open_account("ada")
    for number in range(450):
        memory_network.say(ada, f"Nummer {number}")
    batches = list(network.poll(us, ""))
    assert [len(batch.events) for batch in batches] == [200, 200, 50]
    assert len({event.native_id for batch in batches for event in batch.events}) == 450


def test_thread_edit_like_deletion_and_leaving_are_told(memory_network: MemoryProcess) -> None:
    us, ada = memory_network.open_account("werke"), memory_network.open_account("ada")
    first = memory_network.say(us, "Wir sind da.")
    reply = memory_network.say(ada, "Endlich", parent_id=first["id"])
    memory_network.call("PATCH", f"/posts/{reply['id']}", ada.secret, text="Endlich!")
    memory_network.call("PUT", f"/posts/{first['id']}/like", ada.secret)
    memory_network.call("PUT", f"/posts/{first['id']}/like", ada.secret)
    found = everything(us)
    answered = next(event for event in found if event.native_id == reply["id"])
    assert isinstance(answered, Posted)
    assert (answered.text, answered.parent_id, answered.root_id, answered.addressed, answered.kind) == (
        "Endlich",
        first["id"],
        first["id"],
        True,
        PostKind.COMMENT,
    )
    assert [event.text for event in found if isinstance(event, Edited)] == ["Endlich!"]
    assert [(event.likes, event.replies) for event in found if isinstance(event, Counted)] == [(0, 1), (1, 1)]
    cursor = list(network.poll(us, ""))[-1].cursor
    memory_network.call("DELETE", f"/posts/{reply['id']}", ada.secret)
    memory_network.call("DELETE", "/accounts/me", ada.secret)
    assert [(type(event).__name__, event.native_id) for event in everything(us, cursor)] == [
        ("Deleted", reply["id"]),
        ("AccountGone", ada.native_id),
    ]
    assert not [event for event in everything(us) if isinstance(event, Posted | Edited) and "Endlich" in event.text]


def test_quote_is_told_to_whoever_is_quoted_until_that_is_gone(memory_network: MemoryProcess) -> None:
    us, ada, eve = (memory_network.open_account(handle) for handle in ("werke", "ada", "eve"))
    ours, hers = memory_network.say(us, "Der Sattel ist da."), memory_network.say(eve, "Und der Lenker.")
    first = memory_network.say(ada, "So geht das also", quoted_id=ours["id"])
    second = memory_network.say(ada, "Und das", quoted_id=hers["id"])
    private = memory_network.say(eve, "Nur für Ada", visibility="PRIVATE", to=["ada"])

    said = {event.native_id: event for event in everything(us) if isinstance(event, Posted)}

    assert (said[first["id"]].addressed, said[second["id"]].addressed) == (True, False)
    assert said[second["id"]].quoted == Quoted(
        hers["id"], f"{memory_network.url}/#post-{hers['id']}", Author(eve.native_id, "eve", "Eve"), "Und der Lenker."
    )
    assert said[ours["id"]].quoted is None
    with pytest.raises(urllib.error.HTTPError):
        memory_network.say(ada, "Verraten", quoted_id=private["id"])

    memory_network.call("DELETE", f"/posts/{hers['id']}", eve.secret)
    again = {event.native_id: event for event in everything(us) if isinstance(event, Posted)}
    assert again[second["id"]].quoted == Quoted()


def test_reply_stands_there_and_is_found_again(memory_network: MemoryProcess) -> None:
    us, ada = memory_network.open_account("werke"), memory_network.open_account("ada")
    order = answer_to(memory_network.say(ada, "@werke?"))
    since = clock.now() - timedelta(seconds=5)
    assert network.find_sent(us, order, since=since, known=frozenset()) is None
    receipt = network.reply(us, order)
    assert network.find_sent(us, order, since=since, known=frozenset()) == receipt
    assert network.find_sent(us, order, since=since, known=frozenset({receipt.native_id})) is None
    assert network.find_sent(us, order, since=clock.now() + timedelta(hours=1), known=frozenset()) is None
    again = network.reply(us, order)
    assert again.native_id != receipt.native_id
    assert network.find_sent(us, order, since=since, known=frozenset({receipt.native_id})) == again


def test_lost_answer_took_effect_and_is_read_back(memory_network: MemoryProcess) -> None:
    us, ada = memory_network.open_account("werke"), memory_network.open_account("ada")
    order = answer_to(memory_network.say(ada, "@werke?"))
    memory_network.trouble("lost", next=1, method="POST")
    with pytest.raises(NoAnswer):
        network.reply(us, order)
    assert network.find_sent(us, order, since=clock.now() - timedelta(minutes=1), known=frozenset()) is not None


@pytest.mark.parametrize(
    ("mode", "error"), [("refused", Refused), ("limited", TryLater), ("down", TryLater), ("slow", NoAnswer)]
)
def test_trouble_on_command_arrives_as_its_error(
    memory_network: MemoryProcess, mode: str, error: type[Exception]
) -> None:
    us, ada = memory_network.open_account("werke"), memory_network.open_account("ada")
    order = answer_to(memory_network.say(ada, "@werke?"))
    memory_network.trouble(mode, next=1, seconds=7)
    with pytest.raises(error) as raised:
        network.reply(us, order)
    if isinstance(raised.value, TryLater):
        assert raised.value.seconds == 7
    network.reply(us, order)


def test_random_trouble_repeats_with_its_seed(memory_network: MemoryProcess) -> None:
    us = memory_network.open_account("werke")

    def outcomes() -> list[bool]:
        memory_network.trouble("random", probability=0.5, seed=4, modes=["down"])
        found = []
        for _ in range(20):
            try:
                everything(us)
                found.append(True)
            except TryLater:
                found.append(False)
        memory_network.trouble("none")
        return found

    first = outcomes()
    assert first == outcomes()
    assert len(set(first)) == 2


def test_too_long_text_vanished_post_and_wrong_token_are_refused(memory_network: MemoryProcess) -> None:
    us, ada = memory_network.open_account("werke"), memory_network.open_account("ada")
    post = memory_network.say(ada, "@werke?")
    with pytest.raises(Refused, match="500"):
        network.reply(us, answer_to(post, "x" * 501))
    memory_network.call("DELETE", f"/posts/{post['id']}", ada.secret)
    with pytest.raises(Refused, match="no such post"):
        network.reply(us, answer_to(post))
    with pytest.raises(NotAuthorised):
        everything(Account(network="memory", address=memory_network.url, secret="wrong"))
    assert memory_network.url not in repr(NotAuthorised(status=401))


def test_rate_limit_says_how_long_to_wait(memory_network: MemoryProcess) -> None:
    memory_network.stop()
    memory_network.per_minute = 2
    memory_network.start()
    us = memory_network.open_account("werke")
    everything(us)
    everything(us)
    with pytest.raises(TryLater) as later:
        everything(us)
    assert 1 <= later.value.seconds <= 31


def test_network_that_is_down_is_tried_later_and_unlisted_is_refused(
    memory_network: MemoryProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = memory_network.open_account("werke")
    memory_network.kill()
    with pytest.raises(TryLater):
        everything(us)
    with pytest.raises(TryLater):
        network.reply(us, answer_to({"id": "1", "root_id": "1"}))
    monkeypatch.setenv("RESONANZ_ALLOWED_HOSTS", "")
    with pytest.raises(Refused, match="address_refused"):
        everything(us)


def test_kill_loses_nothing_that_was_acknowledged(memory_network: MemoryProcess) -> None:
    ada = memory_network.open_account("ada")
    acknowledged: list[str] = []

    def chatter() -> None:
        try:
            for number in range(100_000):
                acknowledged.append(memory_network.say(ada, f"Nummer {number}")["id"])
        except (urllib.error.URLError, OSError):
            return

    speaker = threading.Thread(target=chatter)
    speaker.start()
    while len(acknowledged) < 50:
        clock.sleep(0.01)
    memory_network.kill()
    speaker.join()
    memory_network.start()
    assert set(acknowledged) <= {event.native_id for event in everything(ada)}


def test_people_see_words_and_never_markup(memory_network: MemoryProcess) -> None:
    ada = memory_network.open_account("ada", "<i>Ada</i>")
    post = memory_network.say(ada, "<script>alert(1)</script>")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    shown = opener.open(memory_network.url + "/", timeout=5).read().decode()
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert f'id="post-{post["id"]}"' in shown
    assert "<i>" not in shown


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example", "Content-Type": "application/json"}, {"Content-Type": "text/plain"}]
)
def test_foreign_pages_cannot_post(memory_network: MemoryProcess, headers: dict[str, str]) -> None:
    url = memory_network.url + "/accounts"
    request = urllib.request.Request(url, b'{"handle": "mallory"}', headers, method="POST")  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open(request, timeout=5)
    assert refused.value.code in {403, 415}
    refused.value.close()
