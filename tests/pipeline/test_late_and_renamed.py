"""What comes late, twice or upside down, from whom was renamed, below what is gone: polled, streamed and brought."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from typing import Any, Protocol

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.core.http_streams import never
from resonanz.listening.models import Post
from resonanz.networks.connections import applications, channels, webhook_keys
from resonanz.networks.mastodon import MastodonNetwork
from resonanz.networks.models import Channel
from resonanz.networks.streams import Listening
from resonanz.people.models import Identity, Person
from resonanz.pipeline import arrivals
from resonanz.pipeline.delivering import deliver
from resonanz.pipeline.polling import poll_once
from resonanz.pipeline.receiving import receive
from resonanz.service.models import Case, CaseState
from tests.networks.discourse_server import KEY, DiscourseServer
from tests.networks.page_server import PageServer, page
from tests.networks.x_asking import NOON
from tests.networks.x_server import CLIENT_SECRET, CONSUMER_SECRET, TOKEN, US, XServer

pytestmark = pytest.mark.django_db
OURS = {"id": "1", "username": "nordhain", "acct": "nordhain", "url": ""}


class Way(Protocol):
    """How a network tells us of what people say to us there. What is said is told of when the test wants it."""

    def say(self, words: str, *, below: str = "") -> str:
        """Ada says something to us; its id."""
        ...

    def tell(self, *ids: str) -> None:
        """We hear of these, in this order where the way has one, whatever we heard before."""
        ...

    def rename(self) -> None:
        """Ada is called Grace from now on."""
        ...

    def delete(self, native_id: str) -> None:
        """She takes it away, and we hear of that."""
        ...


class Polled:
    """X: what is asked for is listed by its age, so it comes late where it is listed late."""

    def __init__(self, server: XServer, channel: Channel) -> None:
        self._server, self._channel = server, channel
        self._said: dict[str, dict[str, Any]] = {}
        self._name, self._minutes = "ada", 0

    def say(self, words: str, *, below: str = "") -> str:
        answered = self._said.get(below)
        age = timedelta(minutes=5) - timedelta(seconds=len(self._said))
        made = self._server.say(self._name, f"@nordhain {words}", below=answered, ago=age)
        self._said[made["id"]] = self._server.posts.pop(made["id"])
        return str(made["id"])

    def tell(self, *ids: str) -> None:
        self._server.posts |= {native_id: self._said[native_id] for native_id in ids}
        Channel.objects.update(cursor="")
        self._poll()

    def rename(self) -> None:
        self._server.users = {"grace" if name == "ada" else name: one for name, one in self._server.users.items()}
        self._name = "grace"

    def delete(self, native_id: str) -> None:
        del self._server.posts[native_id]
        self._minutes += 24 * 60
        self._poll()

    def _poll(self) -> None:
        self._minutes += 1
        with clock.moved_to(NOON + timedelta(minutes=self._minutes)):
            assert poll_once(self._channel.pk).well


class Streamed:
    """Mastodon: events in one long answer, in the order in which the server writes them."""

    def __init__(self, server: PageServer, channel: Channel) -> None:
        self._server, self._channel = server, channel
        self._said: dict[str, dict[str, Any]] = {}
        self._author = {"id": "7", "username": "ada", "acct": "ada", "display_name": "ada", "url": ""}
        self._numbers = count(100)
        self._gone: set[str] = set()

    def say(self, words: str, *, below: str = "") -> str:
        made = {
            "id": str(next(self._numbers)), "created_at": "2026-11-20T11:55:00.000Z", "visibility": "public",
            "account": self._author, "content": f"<p>@nordhain {words}</p>", "in_reply_to_id": below or None,
            "mentions": [OURS],
        }  # fmt: skip
        self._said[str(made["id"])] = made
        return str(made["id"])

    def tell(self, *ids: str) -> None:
        told = [{"type": "mention", "status": self._said[native_id]} for native_id in ids]
        for native_id in ids:
            above = json.dumps({"ancestors": self._above(native_id)}).encode()
            self._server.pages[f"/api/v1/statuses/{native_id}/context"] = page(above)
        self._stream("".join(f"event: notification\ndata: {json.dumps(one)}\n\n" for one in told))

    def rename(self) -> None:
        self._author = {**self._author, "username": "grace", "acct": "grace", "display_name": "grace"}

    def delete(self, native_id: str) -> None:
        self._gone.add(native_id)
        self._stream(f"event: delete\ndata: {native_id}\n\n")

    def _above(self, native_id: str) -> list[dict[str, Any]]:
        """What the server still has of what stands above it."""
        above = str(self._said[native_id]["in_reply_to_id"])
        is_there = above in self._said and above not in self._gone
        return [*self._above(above), self._said[above]] if is_there else []

    def _stream(self, body: str) -> None:
        self._server.pages["/api/v1/streaming/user"] = page(
            body.encode(), headers={"Content-Type": "text/event-stream"}
        )
        for batch in MastodonNetwork().stream(channels.account_of(self._channel), Listening(never)):
            deliver(channel=self._channel, events=batch.events, cursor=batch.cursor, bad=batch.bad)


class Brought:
    """Discourse: a delivery for each event, in any order."""

    def __init__(self, server: DiscourseServer, channel: Channel, actor: User) -> None:
        self._server, self._name, self._topic = server, "ada", 0
        self._webhook = webhook_keys.make(channel_id=channel.pk, actor=actor)

    def say(self, words: str, *, below: str = "") -> str:
        answered = self._server.posts[int(below)]["post_number"] if below else None
        topic = self._topic if below else None
        made = self._server.say(self._name, f"@nordhain {words}", topic=topic, below=answered)
        self._topic = made["topic_id"]
        return str(made["id"])

    def tell(self, *ids: str) -> None:
        for native_id in ids:
            self._bring("post_created", native_id)

    def rename(self) -> None:
        self._server.users = {"grace": self._server.users["ada"], **self._server.users}
        self._name = "grace"

    def delete(self, native_id: str) -> None:
        self._server.posts[int(native_id)]["deleted_at"] = "2026-11-20T12:00:00.000Z"
        self._bring("post_destroyed", native_id)

    def _bring(self, name: str, native_id: str) -> None:
        said = self._server.posts[int(native_id)]
        if name == "post_created":  # as it was then
            said = {**said, "deleted_at": None}
        headers, body = self._server.webhook(name, said, secret=webhook_keys.keys_of(self._webhook).secret)
        receive(key=self._webhook.key, headers=headers, body=body)
        arrivals.take_waiting()


@pytest.fixture
def colleague() -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora", role="ADMIN", created_at=clock.now())


def polled(stack: ExitStack, actor: User) -> tuple[Way, str]:
    server = stack.enter_context(XServer())
    typed = {"client_id": "client", "client_secret": CLIENT_SECRET, "consumer_secret": CONSUMER_SECRET}
    applications.keep(network="x", typed=typed, actor=actor)
    channel = channels.connect(
        network="x", name="X", address=server.url, handle="nordhain", native_id=US, secret=TOKEN, is_live=True,
        actor=actor,
    )  # fmt: skip
    return Polled(server, channel), server.host


def streamed(stack: ExitStack, actor: User) -> tuple[Way, str]:
    server = stack.enter_context(PageServer())
    channel = channels.connect(
        network="mastodon", name="Mastodon", address=server.url("").rstrip("/"), origin=server.host, handle="nordhain",
        native_id="1", secret="t", is_live=True, actor=actor,
    )  # fmt: skip
    return Streamed(server, channel), server.host


def brought(stack: ExitStack, actor: User) -> tuple[Way, str]:
    server = stack.enter_context(DiscourseServer())
    channel = channels.connect(
        network="discourse", name="Forum", address=server.url, origin=server.host, handle="nordhain", native_id="7",
        secret=KEY, is_live=True, actor=actor,
    )  # fmt: skip
    return Brought(server, channel, actor), server.host


@pytest.fixture(params=[polled, streamed, brought], ids=lambda one: str(one.__name__))
def way(request: pytest.FixtureRequest, colleague: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    with clock.moved_to(NOON), ExitStack() as stack:
        made, host = request.param(stack, colleague)
        monkeypatch.setenv(ALLOWED_VARIABLE, host)
        yield made


def standing() -> list[str]:
    """Ids of what stands in the only case there is, by their age."""
    return sorted(Case.objects.get().case_posts.values_list("post__native_id", flat=True))


def test_what_is_told_twice_and_upside_down_is_one_case_with_each_once(way: Way) -> None:
    first = way.say("Wann kommt mein Rad?")
    second = way.say("Es eilt!", below=first)
    third = way.say("Hallo?", below=second)

    way.tell(third)
    way.tell(second, third)
    way.tell(first)
    way.tell(third, second, first)

    assert standing() == sorted([first, second, third])
    assert Post.objects.count() == 3


def test_who_was_renamed_is_the_same_person_by_another_name(way: Way) -> None:
    first = way.say("Wann kommt mein Rad?")
    way.tell(first)
    way.rename()
    second = way.say("Es eilt!", below=first)
    way.tell(second)

    one = Identity.objects.get()
    assert one.handle.partition("@")[0] == "grace"
    assert (Person.objects.count(), Case.objects.get().identity) == (1, one)


def test_thread_whose_beginning_is_gone_stays_one_case(way: Way) -> None:
    first = way.say("Wann kommt mein Rad?")
    second = way.say("Es eilt!", below=first)
    way.tell(first, second)

    way.delete(first)
    third = way.say("Hallo?", below=second)
    way.tell(third)

    assert standing() == sorted([second, third])
    assert Case.objects.get().state == CaseState.OPEN
    assert not Post.objects.filter(native_id=first).exists()


def test_what_is_gone_and_told_again_stays_gone(way: Way) -> None:
    first = way.say("Wann kommt mein Rad?")
    second = way.say("Es eilt!", below=first)
    way.tell(first)
    way.delete(first)

    way.tell(first, second)

    assert standing() == [second]
    assert not Post.objects.filter(native_id=first).exists()
