"""Times in which a channel could not be read are written down when reading goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.connections import channels
from resonanz.networks.connections.gaps import MOST_KEPT
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.models import Channel, Gap
from resonanz.pipeline.polling import poll_once
from tests.networks.memory_process import MemoryProcess
from tests.networks.page_server import PageServer, page

BEGUN = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><title>F</title><item><guid>1</guid><title>Da</title></item></channel></rss>"


@pytest.fixture
def channel(db: None, memory_network: MemoryProcess) -> Channel:
    account = memory_network.open_account("nordhain", "Nordhain")
    return channels.connect(
        network="memory", name="Übung", address=memory_network.url, handle="nordhain", native_id=account.native_id,
        secret=account.secret, is_live=True, actor=None,
    )  # fmt: skip


def poll_at(channel: Channel, moment: datetime) -> None:
    with clock.moved_to(moment):
        poll_once(channel.pk)


def gaps() -> list[tuple[datetime, datetime, bool]]:
    return list(Gap.objects.order_by("began_at").values_list("began_at", "ended_at", "is_filled"))


def test_a_gap_reaches_from_the_last_reading_to_the_next_and_is_filled(
    channel: Channel, memory_network: MemoryProcess
) -> None:
    poll_at(channel, BEGUN)
    memory_network.stop()
    poll_at(channel, BEGUN + timedelta(minutes=10))
    poll_at(channel, BEGUN + timedelta(minutes=11))
    before = gaps()
    memory_network.start()
    poll_at(channel, BEGUN + timedelta(minutes=12))
    poll_at(channel, BEGUN + timedelta(minutes=13))

    assert before == []
    assert gaps() == [(BEGUN, BEGUN + timedelta(minutes=12), True)]


def test_a_gap_before_a_channel_was_ever_read_to_the_end_begins_when_that_failed(
    channel: Channel, memory_network: MemoryProcess
) -> None:
    memory_network.stop()
    poll_at(channel, BEGUN)
    poll_at(channel, BEGUN + timedelta(minutes=8))
    memory_network.start()
    poll_at(channel, BEGUN + timedelta(minutes=12))
    poll_at(channel, BEGUN + timedelta(minutes=13))

    assert gaps() == [(BEGUN, BEGUN + timedelta(minutes=12), True)]


def test_the_usual_pause_between_two_polls_is_no_gap(channel: Channel) -> None:
    for minutes in (0, 4, 8, 13):  # beside a stream it is polled every five minutes
        poll_at(channel, BEGUN + timedelta(minutes=minutes))

    assert gaps() == []


def test_a_gap_of_what_gives_nothing_past_is_not_called_filled(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with PageServer() as pages:
        monkeypatch.setenv(ALLOWED_VARIABLE, pages.host)
        pages.pages["/feed"] = page(FEED, headers={"Content-Type": "application/rss+xml"})
        feed = channels.connect(network="feeds", name="Forum", address=pages.url("/feed"), is_live=True, actor=None)
        poll_at(feed, BEGUN)
        poll_at(feed, BEGUN + timedelta(hours=3))

    assert gaps() == [(BEGUN, BEGUN + timedelta(hours=3), False)]


def test_a_gap_is_filled_for_as_many_days_as_the_network_shows(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryNetwork, "limits", replace(MemoryNetwork.limits, fills_gap_days=7))
    again, back = BEGUN + timedelta(days=7), BEGUN + timedelta(days=28)
    for moment in (BEGUN, again, back):
        poll_at(channel, moment)

    assert gaps() == [
        (BEGUN, again, True),
        (again, back - timedelta(days=7), False),
        (back - timedelta(days=7), back, True),
    ]


def test_only_the_newest_are_kept(channel: Channel) -> None:
    for hours in range(MOST_KEPT + 4):
        poll_at(channel, BEGUN + timedelta(hours=hours))

    kept = gaps()
    assert len(kept) == MOST_KEPT
    assert kept[-1][1] == BEGUN + timedelta(hours=MOST_KEPT + 3)
