"""X and the house together: what is brought is charged once, and what can no longer be read is on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.listening.models import Post
from resonanz.networks.connections import applications, channels
from resonanz.networks.models import Channel, ChannelState, Gap, Spending
from resonanz.pipeline import arrivals
from resonanz.pipeline.polling import poll_once
from resonanz.pipeline.receiving import Received, receive
from tests.networks.x_asking import NOON
from tests.networks.x_server import CLIENT_SECRET, CONSUMER_SECRET, SIGNED_WITH, TOKEN, US, XServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def x(monkeypatch: pytest.MonkeyPatch) -> Iterator[XServer]:
    with clock.moved_to(NOON), XServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


@pytest.fixture
def channel(x: XServer) -> Channel:
    ada = User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())
    typed = {"client_id": "client", "client_secret": CLIENT_SECRET, "consumer_secret": CONSUMER_SECRET}
    applications.keep(network="x", typed=typed, actor=ada)
    return channels.connect(
        network="x", name="X", address=x.url, handle="nordhain", native_id=US, secret=TOKEN,
        settings={"words": "nordhain"}, is_live=True, actor=ada,
    )  # fmt: skip


def bring(x: XServer, name: str, said: dict[str, object], **more: str) -> Received:
    headers, body = x.event(name, said, **more)
    return receive(key=applications.webhook_key(network="x"), headers=headers, body=body)


def uses() -> dict[str, int]:
    return dict(Spending.objects.values_list("use", "times"))


@pytest.mark.parametrize("header", SIGNED_WITH)
def test_what_is_brought_is_charged_once_however_often_taking_it_in_fails(
    x: XServer, channel: Channel, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    assert bring(x, "post.mention.create", x.say("ada", "Wo seid ihr, @nordhain?"), header=header) is Received.STORED

    def away(**_: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "deliver", away)
        for _ in range(3):
            with pytest.raises(OperationalError):
                arrivals.take_waiting()
    assert uses() == {}
    arrivals.take_waiting()

    assert uses() == {"post_read": 1}
    assert Post.objects.get().text == "Wo seid ihr, @nordhain?"


def test_search_that_cannot_go_on_leaves_a_gap_and_stops_no_channel(x: XServer, channel: Channel) -> None:
    x.say("ada", "erster bei Nordhain", ago=timedelta(hours=3))
    poll_once(channel.pk)
    x.page = 2
    for number in range(6):
        x.say("ada", f"{number} bei Nordhain", ago=timedelta(minutes=50 - number))
    x.requests_left = 3
    poll_once(channel.pk)
    x.requests_left = 100

    with clock.moved_to(NOON + timedelta(days=14)):
        poll_once(channel.pk)

    channel.refresh_from_db()
    assert channel.state == ChannelState.ACTIVE
    searched, silent = Gap.objects.filter(is_filled=False).order_by("began_at")
    assert searched.ended_at - searched.began_at < timedelta(hours=3)
    assert (silent.began_at, silent.ended_at) == (NOON, NOON + timedelta(days=7))
