"""X's filtered stream and the house together: told at once, what was missed found, nothing paid twice, and why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.listening.models import Post
from resonanz.networks.connections import applications, channels
from resonanz.networks.connections.channels import account_of
from resonanz.networks.models import Channel, ChannelState, Gap, Spending
from resonanz.networks.x import streaming
from resonanz.networks.x.stood import Stood
from tests.networks.x_asking import network
from tests.networks.x_server import BEARER, CLIENT_SECRET, TOKEN, US, Said
from tests.networks.x_stream_server import XStreamServer
from tests.pipeline.waiting import eventually

OURS = "Heute neu"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def x(monkeypatch: pytest.MonkeyPatch) -> Iterator[XStreamServer]:
    monkeypatch.setattr(streaming, "_PLACE_SECONDS", 0.0)
    monkeypatch.setattr(streaming, "_NOTICED_SECONDS", 0.2)
    with XStreamServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server
        server.cut()


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())


@pytest.fixture
def channel(x: XStreamServer, ada: User) -> Channel:
    typed = {"client_id": "client", "client_secret": CLIENT_SECRET, "bearer": BEARER}
    applications.keep(network="x", typed=typed, actor=ada)
    return connected(x, "X", US, "nordhain", ada)


def connected(x: XStreamServer, name: str, native_id: str, handle: str, ada: User) -> Channel:
    return channels.connect(
        network="x", name=name, address=x.url, handle=handle, native_id=native_id, secret=TOKEN,
        settings={"words": "nordhain", "at_once": "yes"}, is_live=True, actor=ada,
    )  # fmt: skip


def say(x: XStreamServer, words: str) -> Said:
    """Somebody answers us without naming us, so the list of mentions does not hold it."""
    ours = next((one for one in x.posts.values() if one["text"] == OURS), None) or x.say("nordhain", OURS)
    return x.say("ada", f"Nordhain {words}", below=ours, ago=timedelta())


def texts() -> list[str]:
    return sorted(Post.objects.exclude(text=OURS).values_list("text", flat=True))


def uses() -> dict[str, int]:
    return {use: times for use, times in Spending.objects.values_list("use", "times") if times}


def is_told(channel: Channel) -> bool:
    channel.refresh_from_db()
    return channel.stream_at is not None and Stood.read(channel.stream_place).stands


def test_what_fits_is_here_in_a_moment_and_counted(
    x: XStreamServer, channel: Channel, listening: Callable[[], None]
) -> None:
    listening()
    eventually(lambda: is_told(channel))
    x.tell(x.say("bob", "Nordhain zum Aufwärmen, @nordhain", ago=timedelta()))
    eventually(lambda: len(texts()) == 1)
    began, before = clock.monotonic(), uses().get("post_read", 0)
    x.tell(say(x, "hat mein Rad"))
    eventually(lambda: "Nordhain hat mein Rad" in texts())
    assert clock.monotonic() - began < 5.0  # a poll comes every minute

    eventually(lambda: uses().get("post_read", 0) > before)
    assert [one["tag"] for one in x.rules.values()] == [f"resonanz:{US}"]


def test_connection_that_is_cut_misses_nothing_and_pays_nothing_twice(
    x: XStreamServer, channel: Channel, listening: Callable[[], None]
) -> None:
    listening()
    eventually(lambda: is_told(channel))
    x.tell(say(x, "erzählt"))
    eventually(lambda: "Nordhain erzählt" in texts())
    x.faulty = lambda _method, path: (503, {}, b"") if "/search/stream" in path else None
    x.cut()
    for number in range(20):
        say(x, f"nicht erzählt {number}")
    x.faulty = lambda _method, _path: None
    eventually(lambda: x.opened == 2, 20)
    eventually(lambda: len(texts()) == 21, 20)

    assert len(set(texts())) == 21


def test_process_that_was_away_writes_down_the_gap(
    x: XStreamServer, channel: Channel, listening: Callable[[], None]
) -> None:
    hour_ago = clock.now() - timedelta(hours=1)
    with clock.moved_to(hour_ago):
        place = Stood().opens().write()
    Channel.objects.update(stream_place=place, stream_at=hour_ago, read_at=hour_ago)
    with clock.moved_to(hour_ago + timedelta(minutes=20)):
        say(x, "hört mich nicht")
    listening()
    eventually(lambda: texts() == ["Nordhain hört mich nicht"])
    eventually(Gap.objects.exists)

    gap = Gap.objects.order_by("began_at").first()
    assert gap is not None
    assert gap.is_filled
    assert abs(gap.began_at - hour_ago) < timedelta(seconds=1)


def test_second_channel_of_the_application_is_polled_and_says_so(
    x: XStreamServer, channel: Channel, ada: User, listening: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "_LET_GO_SECONDS", 0.3)
    listening()
    eventually(lambda: is_told(channel))
    x.users["nordhain_service"] = "1002"
    second = connected(x, "Service", "1002", "nordhain_service", ada)
    eventually(lambda: Channel.objects.get(pk=second.pk).stream_failure == "x.connection_taken")

    x.say("bob", "Nordhain hilft @nordhain_service", ago=timedelta())
    Channel.objects.filter(pk=second.pk).update(settings={"words": "hilft", "at_once": "yes"})  # polled anew at once
    eventually(lambda: "Nordhain hilft @nordhain_service" in texts())
    second.refresh_from_db()
    assert (second.state, second.failure_code) == (ChannelState.ACTIVE, "")
    assert is_told(channel)
    assert x.opened == 1


def test_without_the_bearer_token_it_is_polled_and_says_so_until_it_is_entered(
    x: XStreamServer, channel: Channel, ada: User, listening: Callable[[], None]
) -> None:
    typed = {"client_id": "client", "client_secret": CLIENT_SECRET}
    applications.forget(network="x", actor=ada)
    applications.keep(network="x", typed=typed, actor=ada)
    say(x, "Hallo")
    listening()
    eventually(lambda: Channel.objects.get().stream_failure == "x.no_bearer")
    eventually(lambda: texts() == ["Nordhain Hallo"])

    applications.keep(network="x", typed={**typed, "bearer": BEARER}, actor=ada)
    channels.change_settings(channel_id=channel.pk, settings={"words": "nordhain rad"}, actor=ada)
    eventually(lambda: is_told(channel))
    eventually(lambda: Channel.objects.get().stream_failure == "")


def test_stream_stops_for_the_budget_and_goes_on_when_somebody_raises_it(
    x: XStreamServer, channel: Channel, ada: User, listening: Callable[[], None]
) -> None:
    channels.change_settings(channel_id=channel.pk, settings={"budget": "130000"}, actor=ada)
    listening()
    eventually(lambda: is_told(channel))
    for number in range(8):
        x.tell(x.say("bob", f"Nordhain {number}", ago=timedelta()))
    eventually(lambda: Channel.objects.get().stream_failure == "network.budget_used_up")

    spent = sum(Spending.objects.values_list("cost", flat=True))
    assert 130_000 - 20 * 5_000 < spent < 130_000
    assert Channel.objects.get().state == ChannelState.ACTIVE
    eventually(lambda: x.rules == {})

    channels.change_settings(channel_id=channel.pk, settings={"budget": "20000000"}, actor=ada)
    eventually(lambda: x.opened == 2)
    eventually(lambda: Channel.objects.get().stream_failure == "")


def test_bearer_that_is_revoked_in_the_middle_leaves_the_channel_polled(
    x: XStreamServer, channel: Channel, listening: Callable[[], None]
) -> None:
    listening()
    eventually(lambda: is_told(channel))
    gone = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
    x.faulty = lambda _method, path: (401, {}, str(gone).encode()) if "/search/stream" in path else None
    x.cut()
    eventually(lambda: Channel.objects.get().stream_failure == "x.bearer_refused")

    assert Channel.objects.get().state == ChannelState.ACTIVE


def test_poll_is_given_how_far_the_stream_came(x: XStreamServer, channel: Channel) -> None:
    place = Stood().opens().write()
    Channel.objects.update(stream_place=place)
    channel.refresh_from_db()

    assert account_of(channel).place == place
    assert list(network.poll(replace(account_of(channel), place="nonsense"), "")) != []
