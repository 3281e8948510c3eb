"""A channel on each polled network, and answers that are none: nothing lost, nothing doubled, one clear line of why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening import topics
from resonanz.listening.models import Post
from resonanz.networks import applications, channels
from resonanz.networks.models import Channel, ChannelState, Gap
from resonanz.pipeline.polling import Polled, poll_once
from resonanz.web import channel_health
from resonanz.web.templatetags.resonanz import reason
from tests.networks.bad_answers import BAD, HOUR
from tests.networks.polled_worlds import WORLDS, WRONG, Standing, standing

pytestmark = pytest.mark.django_db
_CODE = re.compile(r"|[a-z]+\.[a-z0-9_.]+")  # a name of ours for a failure, which says nothing to people
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(params=WORLDS)
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Standing]:
    with clock.moved_to(NOON), standing(request.param, monkeypatch) as stands:
        yield stands


@pytest.fixture
def channel(place: Standing) -> Channel:
    ada = User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())
    topics.create(name="Räder", query="Rad", opens_cases=False, actor=ada)
    account = place.account()
    if account.app is not None:
        keys = {"client_id": account.app.client_id, "client_secret": account.app.client_secret}
        applications.keep(network=place.network, typed={**keys, **account.app.settings}, actor=ada)
    return channels.connect(
        network=place.network, name=place.network, address=account.address, origin=account.origin,
        handle=account.handle, native_id=account.native_id, secret=account.secret, renewal=account.renewal,
        settings=account.settings, is_live=True, actor=ada,
    )  # fmt: skip


def poll(channel: Channel, minutes: float) -> Polled:
    """One poll, so long after noon; the channel as it is then."""
    with clock.moved_to(NOON + timedelta(minutes=minutes)):
        polled = poll_once(channel.pk)
    channel.refresh_from_db()
    return polled


def test_bad_answers_one_after_another_lose_and_double_nothing_and_say_why(place: Standing, channel: Channel) -> None:
    said = {place.world.say("Wann kommt Rad 1?")}
    assert poll(channel, 1).well, (channel.failure_code, channel.failure_words)
    before = channel.cursor
    with clock.moved_to(NOON + timedelta(minutes=5)):
        said.add(place.world.say("Wann kommt Rad 2?"))

    for number, name in enumerate([*BAD, WRONG]):
        if name == place.world.reads:
            continue
        place.front.begin(place.bad(name).spoiling)

        polled = poll(channel, 10 + number)

        assert not polled.well, name
        assert polled.seconds == HOUR or place.bad(name).seconds is None, name
        assert (channel.state, channel.cursor) == (ChannelState.ACTIVE, before), name
        assert channel.failing_since == NOON + timedelta(minutes=10), name
        assert channel_health.failure(channel) == (
            "The network is busy or cannot be reached; it is asked again by itself."
        ), name
        assert not _CODE.fullmatch(reason(channel.failure_words)), (name, channel.failure_words)
    place.front.begin()
    assert all(poll(channel, later).well for later in (60, 70, 80))

    assert (channel.failing_since, channel.failure_code, channel.failure_words) == (None, "", "")
    assert Gap.objects.earliest("began_at").began_at == NOON + timedelta(minutes=1)
    stored = Post.objects.filter(native_id__in=said)
    assert sorted(stored.values_list("native_id", flat=True)) == sorted(said)
