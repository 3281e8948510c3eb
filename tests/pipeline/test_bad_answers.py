"""A channel on each polled network, and answers that are none: nothing lost, nothing doubled, one clear line of why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.listening import topics
from resonanz.listening.models import Post
from resonanz.networks.connections import applications, channels
from resonanz.networks.models import Channel, ChannelState, Gap
from resonanz.pipeline.polling import Polled, poll_once
from resonanz.web import channel_health
from resonanz.web.templatetags.resonanz import reason
from tests.networks.bad_answers import BAD, HOUR
from tests.networks.mail_server import DROP, FakeMail
from tests.networks.polled_worlds import WORLDS, WRONG, Standing, standing

pytestmark = pytest.mark.django_db
BUSY = "The network is busy or cannot be reached; it is asked again by itself."
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
        assert channel_health.failure(channel) == BUSY, name
        assert not _CODE.fullmatch(reason(channel.failure_words)), (name, channel.failure_words)
    place.front.begin()
    assert all(poll(channel, later).well for later in (60, 70, 80))

    assert (channel.failing_since, channel.failure_code, channel.failure_words) == (None, "", "")
    assert Gap.objects.earliest("began_at").began_at == NOON + timedelta(minutes=1)
    stored = Post.objects.filter(native_id__in=said)
    assert sorted(stored.values_list("native_id", flat=True)) == sorted(said)


MAIL = "From: {name}@strangers.example\nMessage-ID: <{name}@strangers.example>\nSubject: Rad\n\nWann kommt mein Rad?\n"
BAD_MAIL_SERVERS = (
    ("", b"* BYE full"), ("", DROP), ("", b"HTTP/1.1 400 Bad Request\r\n"),
    ("AUTHENTICATE", b"TAG NO [UNAVAILABLE] later"), ("SELECT", DROP), ("UID SEARCH", b"TAG BAD what"),
    ("UID SEARCH", b"* SEARCH eins zwei\r\nTAG OK done"), ("UID FETCH", b"* 1 FETCH (UID 1 BODY[] {2000000000}\r\n"),
    ("UID FETCH", b"TAG NO later"), ("UID FETCH", b"\xff\xfe\x00 {-1}\r\n"),
)  # fmt: skip


def test_mailbox_that_answers_badly_loses_and_doubles_nothing_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())
    with clock.moved_to(NOON), FakeMail() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.allowed)
        account = server.account
        channel = channels.connect(
            network="mail", name="Postfach", address=account.address, origin=account.origin, handle=account.handle,
            native_id=account.native_id, secret=account.secret, settings=account.settings, is_live=True, actor=ada,
        )  # fmt: skip
        server.arrives(MAIL.format(name="eva"), at=NOON)
        assert poll(channel, 1).well
        server.arrives(MAIL.format(name="bob"), at=NOON)
        before = channel.cursor

        for number, (command, answer) in enumerate(BAD_MAIL_SERVERS):
            server.says = {command: answer}

            assert not poll(channel, 10 + number).well, (command, answer)

            assert (channel.state, channel.cursor) == (ChannelState.ACTIVE, before), (command, answer)
            assert channel.failing_since == NOON + timedelta(minutes=10), (command, answer)
            assert channel_health.failure(channel) == BUSY, (command, answer)
            assert not _CODE.fullmatch(reason(channel.failure_words)), (command, answer, channel.failure_words)
        server.says = {}
        assert all(poll(channel, later).well for later in (60, 70))

    assert sorted(Post.objects.values_list("native_id", flat=True)) == [
        "<bob@strangers.example>",
        "<eva@strangers.example>",
    ]
    assert channel.failing_since is None
