"""A feed's hub, from asking it to the post: what it confirms, brings, refuses and forgets, beside the polls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening import topics
from resonanz.listening.erasure import delete_posts
from resonanz.listening.models import Post
from resonanz.networks.connections import bringing, channels, leases, webhook_keys
from resonanz.networks.errors import NoAnswer, Refused, TryLater
from resonanz.networks.feeds.websub import NoHub
from resonanz.networks.models import Channel, ChannelState, Lease, Webhook
from resonanz.networks.webhooks import BROUGHT_TO
from resonanz.pipeline import arrivals, channel_removal, receiving
from resonanz.pipeline.models import PutAside
from resonanz.pipeline.polling import poll_once
from resonanz.pipeline.receiving import Received, receive
from resonanz.privacy.models import AuditRecord
from tests.networks.conftest import reachable
from tests.networks.hub_server import HubServer, entry

pytestmark = pytest.mark.django_db
ROOT = "https://edge.nordhain.example"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with reachable(HubServer(), monkeypatch) as server:
        yield server


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())


@pytest.fixture
def channel(hub: HubServer, ada: User) -> Channel:
    topics.create(name="Meldungen", query="Meldung", opens_cases=False, actor=ada)
    return channels.connect(network="feeds", name="Blog", address=hub.feed, is_live=True, actor=None)


@pytest.fixture
def brought(channel: Channel, hub: HubServer, ada: User) -> Channel:
    """A channel to which its hub brings."""
    have_brought(channel, ada)
    hub.verify(door)
    return channel


def have_brought(channel: Channel, ada: User) -> None:
    bringing.have_brought(channel_id=channel.pk, root=ROOT, actor=ada)


def door(asked: dict[str, str]) -> str | None:
    proof = receiving.prove(key=Webhook.objects.get().key, asked=asked)
    return proof.body if proof else None


def bring(hub: HubServer, *entries: str, algorithm: str = "sha1", secret: str = "") -> Received:
    headers, body = hub.brought(*entries, algorithm=algorithm, secret=secret)
    return receive(key=Webhook.objects.get().key, headers=headers, body=body)


def texts() -> list[str]:
    return list(Post.objects.order_by("id").values_list("text", flat=True))


def health(channel: Channel) -> tuple[bool, bool, bool, str]:
    """Whether it brings, is awaited, refuses; and its words."""
    found = bringing.health(Channel.objects.get(pk=channel.pk))
    return found.until is not None, found.is_awaited, found.failed_at is not None, found.words


def test_hub_is_asked_confirmed_and_brings(channel: Channel, hub: HubServer, ada: User) -> None:
    have_brought(channel, ada)
    webhook = Webhook.objects.get()
    [wish] = hub.wishes
    assert (wish.topic, wish.callback) == (hub.feed, f"{ROOT}/webhooks/{webhook.key}")
    assert wish.secret == webhook_keys.keys_of(webhook).secret
    assert health(channel) == (False, True, False, "")

    with clock.moved_to(NOON):
        hub.verify(door)
        assert health(channel) == (True, False, False, "")
    assert Lease.objects.get().until == NOON + timedelta(days=10)

    assert bring(hub, entry("7", "Neue Meldung")) is Received.STORED
    assert arrivals.take_waiting() == 1
    assert texts() == ["Neue Meldung"]


def test_push_and_poll_bring_each_post_once(brought: Channel, hub: HubServer) -> None:
    poll_once(brought.pk)
    hub.entries.insert(0, entry("2", "Zweite Meldung"))

    assert bring(hub) is Received.STORED
    assert bring(hub) is Received.KNOWN
    arrivals.take_waiting()
    poll_once(brought.pk)

    assert texts() == ["Erste Meldung", "Zweite Meldung"]


def test_several_deliveries_at_once_go_on_from_one_another(brought: Channel, hub: HubServer) -> None:
    poll_once(brought.pk)
    for number in range(3):
        bring(hub, entry("2", f"Meldung, Fassung {number}"), entry(f"n{number}", f"Meldung {number}"))
    arrivals.take_waiting()

    assert sorted(texts()) == ["Erste Meldung", "Meldung 0", "Meldung 1", "Meldung 2", "Meldung, Fassung 2"]
    hub.entries = [entry("2", "Meldung, Fassung 2")]
    poll_once(brought.pk)
    assert "Meldung, Fassung 2" in texts()


def test_post_that_reached_its_day_is_not_brought_back(brought: Channel, hub: HubServer) -> None:
    poll_once(brought.pk)
    delete_posts(list(Post.objects.values_list("pk", flat=True)))

    bring(hub, entry("1", "Erste Meldung"), entry("2", "Zweite Meldung"))
    arrivals.take_waiting()

    assert texts() == ["Zweite Meldung"]


def test_what_comes_while_the_channel_is_paused_is_left_to_the_poll(
    brought: Channel, hub: HubServer, ada: User
) -> None:
    channels.pause(channel_id=brought.pk, actor=ada)
    hub.entries.insert(0, entry("2", "Zweite Meldung"))
    bring(hub)
    arrivals.take_waiting()
    assert texts() == []

    channels.resume(channel_id=brought.pk, actor=ada)
    poll_once(brought.pk)
    assert sorted(texts()) == ["Erste Meldung", "Zweite Meldung"]


def test_channel_that_stopped_still_says_why(brought: Channel, hub: HubServer) -> None:
    channels.note_failure(channel_id=brought.pk, code="feed.gone", words="", stop=True)
    bring(hub, entry("2", "Zweite Meldung"))
    arrivals.take_waiting()

    brought.refresh_from_db()
    assert (brought.state, brought.failure_code) == (ChannelState.BROKEN, "feed.gone")
    assert texts() == ["Zweite Meldung"]


def test_forged_and_foreign_change_nothing(brought: Channel, hub: HubServer) -> None:
    assert bring(hub, entry("2", "Falsche Meldung"), secret="guessed") is Received.FORGED
    assert door({"hub.mode": "subscribe", "hub.topic": "https://other.example/", "hub.challenge": "1"}) is None
    assert door({"hub.mode": "unsubscribe", "hub.topic": hub.feed, "hub.challenge": "1"}) is None
    assert door({"hub.mode": "denied", "hub.topic": "https://other.example/"}) is None
    assert health(brought) == (True, False, False, "")

    hub.own = "https://other.example/feed"
    bring(hub, entry("3", "Fremde Meldung"))
    arrivals.take_waiting()
    assert texts() == []
    assert [one.reason for one in PutAside.objects.all()] == ["feed.other"]


def test_body_that_is_too_large_is_left_to_the_poll(brought: Channel, hub: HubServer) -> None:
    hub.entries.insert(0, entry("2", "Zweite Meldung" + " x" * 600_000))
    assert bring(hub) is Received.TOO_LARGE
    poll_once(brought.pk)
    assert len(texts()) == 2


@pytest.mark.parametrize("is_before", [False, True])
def test_feed_without_a_hub_stays_as_it_was(channel: Channel, hub: HubServer, ada: User, is_before: bool) -> None:
    if is_before:
        have_brought(channel, ada)
        hub.verify(door)
    hub.hubs = []
    before = Channel.objects.get().settings

    with pytest.raises(NoHub):
        have_brought(channel, ada)

    assert Channel.objects.get().settings == before
    assert Lease.objects.exists() == is_before


def test_hub_that_refuses_at_once_leaves_nothing_behind(channel: Channel, hub: HubServer, ada: User) -> None:
    hub.refuses["/hub"] = (403, {"Content-Type": "text/plain"}, b"members only")
    with pytest.raises(Refused):
        have_brought(channel, ada)
    assert Channel.objects.get().settings[BROUGHT_TO] == ""
    assert not Lease.objects.exists()


def test_hub_that_does_not_answer_is_asked_again(channel: Channel, hub: HubServer, ada: User) -> None:
    with clock.moved_to(NOON):
        hub.refuses["/hub"] = None
        with pytest.raises(NoAnswer):
            have_brought(channel, ada)
        del hub.refuses["/hub"]
        bringing.ask_again()
        assert hub.wishes == []
    with clock.moved_to(NOON + timedelta(minutes=5)):
        bringing.ask_again()
        assert len(hub.wishes) == 1
        hub.verify(door)
        assert health(channel)[0]


def test_lease_is_renewed_when_a_third_of_it_is_left(channel: Channel, hub: HubServer, ada: User) -> None:
    hub.longest = 9 * 24 * 3600
    with clock.moved_to(NOON):
        have_brought(channel, ada)
        hub.verify(door)
    secret = webhook_keys.keys_of(Webhook.objects.get()).secret
    with clock.moved_to(NOON + timedelta(days=5, hours=23)):
        bringing.ask_again()
        assert hub.wishes == []
    with clock.moved_to(NOON + timedelta(days=6)):
        bringing.ask_again()
        bringing.ask_again()
        [wish] = hub.wishes
        assert (wish.mode, wish.topic, wish.secret) == ("subscribe", hub.feed, secret)
        assert health(channel)[0]
        hub.verify(door)
    assert Lease.objects.get().until == NOON + timedelta(days=15)
    assert Lease.objects.get().tries == 0


def test_silent_hub_is_asked_ever_more_seldom_and_its_end_shows(brought: Channel, hub: HubServer) -> None:
    asked_at, moment = [], clock.now() + timedelta(days=20)
    end = moment + timedelta(days=4)
    while moment < end:
        with clock.moved_to(moment):
            bringing.ask_again()
            if hub.wishes:
                asked_at.append(moment)
                hub.wishes.clear()
        moment += timedelta(minutes=5)
    with clock.moved_to(end):
        assert health(brought) == (False, False, False, "")
    pauses = [later - sooner for sooner, later in pairwise(asked_at)]
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40)]
    assert max(pauses) == timedelta(hours=12)
    assert pauses == sorted(pauses)


def test_feed_that_is_away_for_a_moment_hides_no_hub(brought: Channel, hub: HubServer) -> None:
    hub.refuses["/feed"] = (503, {}, b"")
    assert health(brought) == (True, False, False, "")
    bringing.ask_instead(channel_id=brought.pk, actor=User.objects.get())
    with pytest.raises(TryLater):
        health(brought)


def test_hub_that_says_no_shows_and_is_asked_again_later(brought: Channel, hub: HubServer) -> None:
    with clock.moved_to(NOON):
        assert hub.deny(door, "Only members") == ""
        assert health(brought) == (False, False, True, "Only members")
        bringing.ask_again()
        assert hub.wishes == []
    with clock.moved_to(NOON + timedelta(hours=1)):
        bringing.ask_again()
        hub.verify(door)
        assert health(brought) == (True, False, False, "")


def test_hub_that_refuses_later_brings_to_the_end_of_its_time(brought: Channel, hub: HubServer) -> None:
    hub.refuses["/hub"] = (403, {"Content-Type": "text/plain"}, b"Only members")
    with clock.moved_to(clock.now() + timedelta(days=7)):
        bringing.ask_again()
        assert health(brought) == (True, False, False, "")
    with clock.moved_to(clock.now() + timedelta(days=11)):
        assert health(brought) == (False, False, True, "Only members")
    hub.hubs = []
    with clock.moved_to(clock.now() + timedelta(days=12)):
        bringing.ask_again()
    assert Lease.objects.get().refused_words == "feed.no_hub"


@pytest.mark.parametrize(("seconds", "days"), [("9999999999", 30), ("0", 0), ("", 1)])
def test_time_that_a_hub_names_is_bounded(channel: Channel, hub: HubServer, ada: User, seconds: str, days: int) -> None:
    with clock.moved_to(NOON):
        have_brought(channel, ada)
        door({"hub.mode": "subscribe", "hub.topic": hub.feed, "hub.challenge": "1", "hub.lease_seconds": seconds})
        bringing.ask_again()
    assert Lease.objects.get().until == NOON + timedelta(days=days)
    assert len(hub.asked) == 1


def test_feed_that_moved_is_asked_for_by_its_new_name(brought: Channel, hub: HubServer) -> None:
    old, hub.own = hub.feed, f"{hub.url}/feed?new"
    Lease.objects.update(until=clock.now(), asked_at=NOON - timedelta(days=9))

    bringing.ask_again()
    [answer] = hub.verify(door)

    assert answer
    assert Channel.objects.get().settings["topic"] == hub.own
    assert door({"hub.mode": "subscribe", "hub.topic": old, "hub.challenge": "1"}) is None
    record = AuditRecord.objects.filter(act="channel.settings_changed").latest("id")
    assert record.actor_id is None


def test_one_feed_that_is_gone_keeps_no_other_from_being_asked_for(brought: Channel, hub: HubServer, ada: User) -> None:
    gone = channels.connect(network="feeds", name="Gone", address=f"{hub.url}/gone", is_live=True, actor=None)
    Lease.objects.create(channel=gone, asked_at=NOON - timedelta(days=30))
    Lease.objects.filter(channel=brought).update(until=clock.now(), asked_at=NOON - timedelta(days=9))

    bringing.ask_again()

    assert len(hub.wishes) == 1


def test_paused_channel_is_not_asked_for(brought: Channel, hub: HubServer, ada: User) -> None:
    Lease.objects.update(until=clock.now(), asked_at=NOON - timedelta(days=9))
    channels.pause(channel_id=brought.pk, actor=ada)
    bringing.ask_again()
    assert hub.wishes == []

    channels.resume(channel_id=brought.pk, actor=ada)
    bringing.ask_again()
    assert len(hub.wishes) == 1


def test_end_is_told_and_confirmed_and_nobody_asks_again(brought: Channel, hub: HubServer, ada: User) -> None:
    bringing.ask_instead(channel_id=brought.pk, actor=ada)
    [answer] = hub.verify(door)

    assert answer
    assert hub.subscribed == {}
    assert Channel.objects.get().settings[BROUGHT_TO] == ""
    assert leases.due() == []
    assert door({"hub.mode": "subscribe", "hub.topic": hub.feed, "hub.challenge": "1"}) is None


@pytest.mark.parametrize("answer", [None, (500, {}, b""), (404, {}, b"")])
def test_hub_that_does_not_hear_of_the_end_is_left_alone(
    brought: Channel, hub: HubServer, ada: User, answer: tuple[int, dict[str, str], bytes] | None
) -> None:
    hub.refuses["/hub"] = answer
    bringing.ask_instead(channel_id=brought.pk, actor=ada)
    assert Channel.objects.get().settings[BROUGHT_TO] == ""
    assert not Lease.objects.exists()


def test_after_an_end_it_begins_anew_with_another_secret(brought: Channel, hub: HubServer, ada: User) -> None:
    old = webhook_keys.keys_of(Webhook.objects.get()).secret
    bringing.ask_instead(channel_id=brought.pk, actor=ada)
    hub.verify(door)
    have_brought(brought, ada)
    hub.verify(door)

    assert bring(hub, entry("2", "Alte Meldung"), secret=old) is Received.FORGED
    assert bring(hub, entry("2", "Neue Meldung")) is Received.STORED


def test_removed_channel_takes_leave(brought: Channel, hub: HubServer, ada: User) -> None:
    key = Webhook.objects.get().key
    channel_removal.remove(channel_id=brought.pk, actor=ada)

    assert [wish.mode for wish in hub.wishes] == ["unsubscribe"]
    assert not Lease.objects.exists()
    headers, body = hub.brought()
    assert receive(key=key, headers=headers, body=body) is Received.NOBODY
