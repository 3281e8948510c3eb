from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.listening.models import Post
from resonanz.networks import registry
from resonanz.networks.connections import channels
from resonanz.networks.contract import Account, Batch, Capability, Deleted, Entries, Event, Limits
from resonanz.networks.errors import NetworkError, NotAuthorised, TryLater, Unsupported
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.metering import BudgetUsedUp
from resonanz.networks.models import Channel, ChannelState
from resonanz.networks.streams import Listening
from resonanz.pipeline import delivering, listeners, streaming
from resonanz.pipeline.listeners import Rounds
from resonanz.pipeline.take_in import take_in
from resonanz.pipeline.taken import Taken
from tests.networks.memory_process import MemoryProcess
from tests.pipeline.events import posted
from tests.pipeline.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


class Scripted:
    """A network whose polls and streams a test writes."""

    name = "scripted"
    title = "Scripted"
    capabilities = frozenset({Capability.POLL, Capability.STREAM})
    limits = Limits(poll_seconds=1, poll_beside_stream_seconds=3600)
    asks_for = Entries()

    def __init__(self) -> None:
        self.polls: list[float] = []
        self.streams: list[float] = []
        self.closed = threading.Event()
        self.polled: list[Batch] = []
        self.told: Callable[[], Iterator[Batch]] = lambda: iter(())

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        self.polls.append(clock.monotonic())
        yield from self.polled

    def stream(self, account: Account, listening: Listening) -> Iterator[Batch]:
        self.streams.append(clock.monotonic())
        self.closed.clear()
        yield from self.told()
        while not listening.stopping():
            clock.sleep(0.02)
        self.closed.set()


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    network = Scripted()
    monkeypatch.setitem(registry._BY_NAME, "scripted", network)
    return network


@pytest.fixture
def channel(scripted: Scripted) -> Channel:
    return channels.connect(network="scripted", name="Scripted", secret="word", is_live=True, actor=None)


def batch(*events: Event) -> Batch:
    return Batch(tuple(events), None)


def test_burst_is_taken_in_together_and_a_poll_follows_the_opening(
    scripted: Scripted, channel: Channel, listening: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def counted(*, channel: Channel, events: Sequence[Event], **more: Any) -> Taken:
        sizes.append(len(events))
        return take_in(channel=channel, events=events, **more)

    monkeypatch.setattr(delivering, "take_in", counted)
    scripted.told = lambda: iter(
        [batch(), *(batch(posted(str(number), network="scripted", addressed=True)) for number in range(450))]
    )
    listening()
    eventually(lambda: Post.objects.count() == 450, 20)
    assert sum(sizes) == 450
    assert max(sizes) <= streaming.MOST_EVENTS
    assert len(sizes) <= 30
    eventually(lambda: scripted.polls and scripted.polls[-1] > scripted.streams[0])
    clock.sleep(1.5)  # longer than poll_seconds: beside an open stream the polls are rare
    assert len(scripted.polls) <= 2
    channel.refresh_from_db()
    assert channel.cursor == ""


def test_nothing_is_taken_in_behind_what_was_lost(scripted: Scripted, channel: Channel) -> None:
    """Else its place would be kept, and what was lost before it never told again."""
    submitted: list[object] = []

    class Takers(Executor):
        def submit(self, *given: Any, **more: Any) -> Any:
            submitted.append(given)

    follower = streaming.Follower(channel_id=channel.pk, connector=scripted, takers=Takers(), turn=threading.Lock())
    follower._lock.acquire()
    late = threading.Thread(target=follower._hand_over, args=[Batch((), None, place="9")])
    late.start()  # it has looked whether the stream goes on, and waits for its turn
    clock.sleep(0.3)
    follower._broken.set()
    follower._lock.release()
    late.join()

    assert submitted == []


def test_stream_of_a_paused_channel_closes_and_comes_back(
    scripted: Scripted, channel: Channel, listening: Callable[[], None]
) -> None:
    scripted.told = lambda: iter([batch()])
    listening()
    eventually(lambda: scripted.streams)
    Channel.objects.update(state=ChannelState.PAUSED)
    eventually(scripted.closed.is_set)
    assert len(scripted.streams) == 1
    Channel.objects.update(state=ChannelState.ACTIVE)
    eventually(lambda: len(scripted.streams) == 2)


def test_changed_channel_is_streamed_anew(scripted: Scripted, channel: Channel, listening: Callable[[], None]) -> None:
    scripted.told = lambda: iter([batch()])
    listening()
    eventually(lambda: scripted.streams)
    Channel.objects.update(settings={"hashtags": "rad"})
    eventually(lambda: len(scripted.streams) == 2)
    assert len(scripted.streams) == 2


def test_polls_go_on_where_there_is_no_stream(
    scripted: Scripted, channel: Channel, listening: Callable[[], None]
) -> None:
    def none() -> Iterator[Batch]:
        raise Unsupported
        yield

    scripted.told = none
    listening()
    eventually(lambda: len(scripted.polls) >= 3)
    assert len(scripted.streams) == 1
    channel.refresh_from_db()
    assert (channel.state, channel.failure_code) == (ChannelState.ACTIVE, "")


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (Unsupported(reason="x.no_bearer"), "x.no_bearer"),
        (TryLater(600.0, "The stream is taken."), "The stream is taken."),
        (TryLater(600.0, "http.503"), "network.try_later"),
        (BudgetUsedUp(86_400.0, ""), "network.budget_used_up"),
    ],
)
def test_why_nothing_is_told_at_once_stands_with_the_channel_until_it_is(
    scripted: Scripted, channel: Channel, listening: Callable[[], None], failure: NetworkError, told: str
) -> None:
    def refused() -> Iterator[Batch]:
        raise failure
        yield

    scripted.told = refused
    listening()
    eventually(lambda: Channel.objects.get().stream_failure == told)
    eventually(lambda: len(scripted.polls) >= 2)
    assert Channel.objects.get().stream_failure == told  # polls that go well do not take it away
    assert (Channel.objects.get().state, Channel.objects.get().failure_code) == (ChannelState.ACTIVE, "")

    scripted.told = lambda: iter([batch()])
    Channel.objects.update(settings={"hashtags": "rad"})
    eventually(lambda: Channel.objects.get().stream_failure == "")


def test_stream_that_comes_back_in_a_moment_is_nothing_to_tell(
    scripted: Scripted, channel: Channel, listening: Callable[[], None]
) -> None:
    def busy() -> Iterator[Batch]:
        raise TryLater(1.0, "http.503")
        yield

    scripted.told = busy
    listening()
    eventually(lambda: len(scripted.streams) >= 2)

    assert Channel.objects.get().stream_failure == ""


def test_lost_token_stops_the_channel(scripted: Scripted, channel: Channel, listening: Callable[[], None]) -> None:
    def denied() -> Iterator[Batch]:
        raise NotAuthorised
        yield

    scripted.told = denied
    listening()
    eventually(lambda: Channel.objects.get().state == ChannelState.BROKEN)
    assert Channel.objects.get().failure_code == NotAuthorised.code


def test_broken_stream_is_tried_again_with_growing_pauses_and_polled_meanwhile(
    scripted: Scripted, channel: Channel, listening: Callable[[], None]
) -> None:
    def broken() -> Iterator[Batch]:
        yield batch()
        raise TryLater(0.0)

    scripted.told = broken
    listening()
    eventually(lambda: len(scripted.streams) == 3, 10)
    first, second, third = scripted.streams
    assert third - second > second - first > 0.5
    assert len(scripted.polls) >= 3


def test_stream_waits_as_long_as_it_was_told_to(
    scripted: Scripted, channel: Channel, listening: Callable[[], None]
) -> None:
    def busy() -> Iterator[Batch]:
        raise TryLater(60.0)
        yield

    scripted.told = busy
    listening()
    eventually(lambda: len(scripted.polls) >= 3)
    assert len(scripted.streams) == 1


def test_deletion_waits_for_the_poll_that_read_the_post_before(
    scripted: Scripted, channel: Channel, listening: Callable[[], None]
) -> None:
    polling, deleting = threading.Event(), threading.Event()

    def poll(account: Account, cursor: str) -> Iterator[Batch]:
        if deleting.is_set():
            return
        polling.set()
        deleting.wait(5)
        clock.sleep(0.3)
        yield batch(posted("1", network="scripted", addressed=True))
        yield batch(posted("2", network="scripted", addressed=True))

    def told() -> Iterator[Batch]:
        yield batch()
        polling.wait(5)
        yield batch(Deleted(network="scripted", origin="practice.example", native_id="1", deleted_at=clock.now()))
        deleting.set()

    scripted.poll, scripted.told = poll, told  # type: ignore[method-assign]
    listening()
    eventually(Post.objects.filter(native_id="2").exists)
    eventually(lambda: not Post.objects.filter(native_id="1", text__gt="").exists())
    assert set(Post.objects.exclude(text="").values_list("native_id", flat=True)) == {"2"}


def test_listening_that_fails_lets_go_of_its_streams(
    scripted: Scripted, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = Rounds(threading.Event())
    look = rounds._look

    def lost(takers: Executor) -> None:
        if scripted.streams:
            raise OperationalError
        look(takers)

    monkeypatch.setattr(listeners, "_LOOK_FOR_CHANNELS_SECONDS", 0.1)
    monkeypatch.setattr(rounds, "_look", lost)
    with pytest.raises(OperationalError):
        rounds.go()
    assert scripted.closed.wait(3)


def test_said_is_stored_at_once_and_a_lost_connection_misses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listening: Callable[[], None]
) -> None:
    # Polls are hours apart, so that what comes within seconds came by the stream.
    monkeypatch.setattr(MemoryNetwork, "limits", replace(MemoryNetwork.limits, poll_seconds=7200))
    practice = MemoryProcess(tmp_path / "practice.sqlite3")
    monkeypatch.setenv(ALLOWED_VARIABLE, practice.host)
    practice.start()
    ours, jonas = practice.open_account("nordhain"), practice.open_account("jonas")
    channels.connect(
        network="memory", name="Practice", address=practice.url, handle=ours.handle, native_id=ours.native_id,
        secret=ours.secret, is_live=True, actor=None,
    )  # fmt: skip
    listening()
    practice.say(jonas, "@nordhain Hallo?")
    eventually(lambda: Post.objects.count() == 1)
    for number in range(2, 7):
        practice.say(jonas, f"@nordhain Nummer {number}?")
        eventually(lambda: Post.objects.count() == number)  # noqa: B023
    practice.kill()
    practice.start()
    practice.say(jonas, "@nordhain Noch da?")
    eventually(lambda: Post.objects.count() == 7, 20)
    assert Post.objects.count() == 7
    practice.stop()
