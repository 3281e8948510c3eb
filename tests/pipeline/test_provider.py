"""What a provider brings, from the door to the case: signed, numbered, each batch once, each line judged alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post, PostQuote
from resonanz.networks.connections import batch_keys, webhook_keys
from resonanz.networks.connections.batch_keys import NewKey, TwoAreGood
from resonanz.networks.connections.channels import connect, pause
from resonanz.networks.errors import Unsupported
from resonanz.networks.models import Channel, ChannelState, Gap, Webhook
from resonanz.pipeline import arrivals, batches, retention
from resonanz.pipeline.batches import Range
from resonanz.pipeline.channel_removal import remove
from resonanz.pipeline.models import Batch, Delivery, PutAside
from resonanz.pipeline.receiving import Received, receive
from resonanz.privacy.models import AuditRecord
from resonanz.service.models import Case
from tests.networks.provider_asking import batch, headers, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())


@pytest.fixture
def channel() -> Channel:
    return connect(network="service_provider", name="Agency", is_live=True, actor=None)


@pytest.fixture
def key(channel: Channel, administrator: User) -> NewKey:
    return batch_keys.make(channel_id=channel.pk, actor=administrator)


Bring = Callable[..., Received]


@pytest.fixture
def bring(key: NewKey) -> Bring:
    address = Webhook.objects.get().key

    def send(number: int | str, *lines: Any, signed_with: NewKey = key, take: bool = True, **more: Any) -> Received:
        body = batch(*lines)
        given = headers(signed_with.key_id, signed_with.secret, number, body, **more)
        received = receive(key=address, headers=given, body=body)
        if take:
            arrivals.take_waiting()
        return received

    return send


def texts() -> list[str]:
    return list(Post.objects.order_by("native_id").values_list("text", flat=True))


def missing(channel: Channel) -> list[tuple[int, int]]:
    return [(one.first, one.last) for one in batches.missing(channel=channel)]


def holes() -> list[bool]:
    return list(Gap.objects.order_by("id").values_list("is_filled", flat=True))


def test_batch_becomes_posts_of_their_own_network_and_cases(channel: Channel, bring: Bring) -> None:
    assert (
        bring(1, line("1", "Wo bleibt es?"), line("2", network="reddit", origin="", text="Kaputt!")) is Received.STORED
    )

    assert set(Post.objects.values_list("network", "origin", "native_id")) == {
        ("forum", "forum.example", "1"),
        ("reddit", "", "2"),
    }
    assert Case.objects.filter(channel=channel).count() == 2
    channel.refresh_from_db()
    assert channel.read_at is not None


def test_batch_is_stored_before_anything_of_it_is_read(bring: Bring) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert bring(1, line("1"), take=False) is Received.STORED

    assert texts() == []
    assert len(asked.captured_queries) <= 12
    arrivals.take_waiting()
    assert len(texts()) == 1


def test_batch_brought_again_changes_nothing(bring: Bring) -> None:
    bring(1, line("1"))

    assert bring(1, line("1")) is Received.KNOWN
    assert bring(1, line("1"), at=clock.now() + timedelta(seconds=30)) is Received.KNOWN
    assert (Batch.objects.count(), len(texts())) == (1, 1)


def test_another_batch_with_a_number_that_came_is_refused(bring: Bring) -> None:
    bring(1, line("1"))

    assert bring(1, line("2")) is Received.NUMBER_TAKEN
    assert len(texts()) == 1


def test_same_lines_under_another_number_are_another_batch_and_no_other_posts(bring: Bring) -> None:
    assert [bring(number, line("1")) for number in (1, 2)] == [Received.STORED, Received.STORED]
    assert (Batch.objects.count(), len(texts()), Case.objects.count()) == (2, 1, 1)


def test_number_that_is_missing_is_a_gap_until_it_comes(channel: Channel, bring: Bring) -> None:
    bring(1, line("1"))
    with clock.moved_to(clock.now() + timedelta(minutes=10)):
        bring(5, line("5"))
        assert (missing(channel), holes()) == ([(2, 4)], [False])

        bring(3, line("3"))
        assert (missing(channel), holes()) == ([(4, 4), (2, 2)], [False])

        bring(2, line("2"))
        bring(4, line("4"))
        assert (missing(channel), holes()) == ([], [True])
    assert len(texts()) == 5


def test_first_number_that_never_came_is_missing(channel: Channel, bring: Bring) -> None:
    bring(3, line("3"))
    assert (missing(channel), holes()) == ([(1, 2)], [False])


def test_batches_that_overtake_each_other_by_moments_leave_no_gap(channel: Channel, bring: Bring) -> None:
    bring(2, line("2"))
    bring(1, line("1"))
    assert (missing(channel), holes()) == ([], [])

    for number in (5, 4, 3):
        bring(number, line(str(number)), take=False)
    arrivals.take_waiting()
    assert (missing(channel), holes()) == ([], [])


def test_several_gaps_are_filled_each_by_its_own(channel: Channel, bring: Bring) -> None:
    started = clock.now()
    for minutes, number in enumerate((1, 3, 6)):
        with clock.moved_to(started + timedelta(minutes=10 * minutes)):
            bring(number, line(str(number)))
    with clock.moved_to(started + timedelta(hours=1)):
        bring(2, line("2"))

    assert (missing(channel), holes()) == ([(4, 5)], [True, False])
    assert batches.missing(channel=channel) == [Range(4, 5)]


def test_number_far_ahead_costs_no_more_than_its_row(channel: Channel, bring: Bring) -> None:
    bring(1, line("1"))
    bring(999_999_999_999, line("2"))

    assert missing(channel) == [(2, 999_999_999_998)]


@pytest.mark.parametrize("number", ["", "0", "01", "-1", "1.5", "١", "1" * 13, "1\n"])
def test_what_is_no_number_is_refused(bring: Bring, number: str) -> None:
    assert bring(number, line("1")) is Received.FORGED
    assert not Batch.objects.exists()


@pytest.mark.parametrize("minutes", [-6, 6, -60])
def test_batch_signed_too_long_ago_is_a_replay(bring: Bring, minutes: int) -> None:
    assert bring(1, line("1"), at=clock.now() + timedelta(minutes=minutes)) is Received.FORGED


def test_nothing_that_is_signed_can_be_changed(key: NewKey, channel: Channel) -> None:
    address, body = Webhook.objects.get().key, batch(line("1"))
    good = headers(key.key_id, key.secret, 1, body)
    spoilt = [
        good | {"resonanz-batch": "2"},
        good | {"resonanz-time": str(int(good["resonanz-time"]) + 1)},
        good | {"resonanz-key": "another"},
        good | {"resonanz-signature": good["resonanz-signature"].replace("v1=", "v2=")},
        good | {"resonanz-signature": ""},
        {},
    ]

    assert {receive(key=address, headers=one, body=body) for one in spoilt} == {Received.FORGED}
    assert receive(key=address, headers=good, body=body + b" ") is Received.FORGED
    assert receive(key=address, headers=good, body=body) is Received.STORED


def test_two_keys_are_good_at_once_and_the_first_ends(
    channel: Channel, key: NewKey, bring: Bring, administrator: User
) -> None:
    second = batch_keys.make(channel_id=channel.pk, actor=administrator)
    assert bring(1, line("1")) is Received.STORED
    assert bring(2, line("2"), signed_with=second) is Received.STORED
    with pytest.raises(TwoAreGood):
        batch_keys.make(channel_id=channel.pk, actor=administrator)

    with clock.moved_to(clock.now() + batch_keys.BESIDE + timedelta(seconds=1)):
        assert bring(3, line("3")) is Received.FORGED
        assert bring(3, line("3"), signed_with=second) is Received.STORED
        third = batch_keys.make(channel_id=channel.pk, actor=administrator)
        batch_keys.end(channel_id=channel.pk, key_id=second.key_id, actor=administrator)
        assert bring(4, line("4"), signed_with=second) is Received.FORGED
        assert bring(4, line("4"), signed_with=third) is Received.STORED
    acts = AuditRecord.objects.filter(act__startswith="channel.batch_key").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["channel.batch_key_made"] * 3 + ["channel.batch_key_ended"]


def test_secrets_of_a_provider_are_never_shown_again_and_no_other_kind_is_made(
    channel: Channel, key: NewKey, administrator: User
) -> None:
    for act in (webhook_keys.show_secret, webhook_keys.renew_secret, webhook_keys.make):
        with pytest.raises(Unsupported):
            act(channel_id=channel.pk, actor=administrator)
    assert key.secret.encode() not in bytes(Webhook.objects.get().encrypted_secret)
    assert key.secret not in repr(key)


def test_channels_of_other_networks_get_no_keys_for_batches(administrator: User) -> None:
    for network in ("feeds", "discourse"):
        other = connect(network=network, name=network, is_live=True, actor=None)
        with pytest.raises(Unsupported):
            batch_keys.make(channel_id=other.pk, actor=administrator)


def test_each_line_is_judged_alone(channel: Channel, bring: Bring) -> None:
    lines = [
        line("1"),
        "{broken\n",
        line("2", followers=12),
        line("3", visibility="PRIVATE", text="Unter uns"),
        line("4", posted_at="2026-11-20T09:30:00"),
        line("5"),
        '{"type": "posted"',
    ]
    bring(1, *lines)

    assert set(Post.objects.values_list("native_id", flat=True)) == {"1", "5"}
    refused = dict(PutAside.objects.values_list("reason", "raw"))
    assert set(refused) == {
        "json.broken",
        "field.unknown:followers",
        "provider.private",
        "date.no_offset:posted_at",
        "line.cut_off",
    }
    assert refused["provider.private"] == ""
    kept = Batch.objects.get()
    assert (kept.lines, kept.refused) == (7, 5)


def test_batch_without_lines_counts_as_one_that_came(channel: Channel, bring: Bring) -> None:
    assert bring(1) is Received.STORED
    assert (Batch.objects.get().lines, missing(channel)) == (0, [])


def test_batch_with_too_many_lines_or_bytes_is_refused_whole(bring: Bring) -> None:
    assert bring(1, *["\n"] * 1_001) is Received.TOO_MANY_LINES
    assert bring(1, line("1", text="x" * 1024 * 1024)) is Received.TOO_LARGE
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("allowed", "kept"),
    [("", ("u-1", "ada1", "Ada Berg")), ("handles", ("u-1", "ada1", "")), ("nobody", ("", "", ""))],
)
def test_only_what_was_agreed_upon_of_an_author_is_kept(
    channel: Channel, bring: Bring, allowed: str, kept: tuple[str, str, str]
) -> None:
    Channel.objects.update(settings={"provider_authors": allowed})
    quoted = {"id": "77", "author": {"id": "u-1", "handle": "ada1", "name": "Ada Berg"}, "text": "Der Sattel ist da"}
    bring(1, line("1", quoted=quoted))

    columns = ("author_native_id", "author_handle", "author_name")
    assert Post.objects.values_list(*columns).get() == kept
    assert PostQuote.objects.values_list(*columns, "text").get() == (*kept, "Der Sattel ist da" if kept[0] else "")


def test_only_networks_that_were_agreed_upon_are_heard(channel: Channel, bring: Bring) -> None:
    Channel.objects.update(settings={"provider_networks": "Reddit kununu"})
    bring(1, line("1"), line("2", network="reddit", origin=""))

    assert list(Post.objects.values_list("native_id", flat=True)) == ["2"]
    assert list(PutAside.objects.values_list("reason", "raw")) == [("provider.network_not_agreed", "")]


def test_what_is_meant_for_us_is_left_to_the_topics_where_that_was_agreed_upon(channel: Channel, bring: Bring) -> None:
    Channel.objects.update(settings={"provider_addressed": "ignored"})
    bring(1, line("1"))

    assert texts() == []


@pytest.mark.parametrize("state", [ChannelState.PAUSED, ChannelState.WAITING])
def test_batch_for_a_channel_that_does_not_listen_is_kept_by_who_brings_it(
    channel: Channel, bring: Bring, state: str
) -> None:
    Channel.objects.update(state=state)
    assert bring(1, line("1")) is Received.NOT_LISTENING

    Channel.objects.update(state=ChannelState.ACTIVE)
    assert bring(1, line("1")) is Received.STORED
    assert len(texts()) == 1


def test_changes_of_what_it_told_are_taken_over_though_a_batch_comes_late(channel: Channel, bring: Bring) -> None:
    where = {"network": "forum", "origin": "forum.example"}
    edited = {"type": "edited", **where, "id": "1", "text": "anders", "edited_at": "2026-11-21T09:30:00+01:00"}
    deleted = {"type": "deleted", **where, "id": "2", "deleted_at": "2026-11-21T09:30:00+01:00"}

    bring(1, line("1"))
    bring(3, edited, deleted)
    bring(2, line("2"))

    assert texts() == ["anders"]


def test_thousand_lines_are_taken_in_by_portions(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "MOST_TOGETHER", 3)
    bring(1, *(line(str(number)) for number in range(8)))

    assert len(texts()) == 8


def test_what_waited_in_vain_may_be_brought_again(channel: Channel, bring: Bring) -> None:
    bring(1, line("1"), take=False)
    Delivery.objects.all().delete()

    assert bring(1, line("1")) is Received.STORED
    assert len(texts()) == 1


def test_notes_of_batches_go_but_for_the_newest(channel: Channel, bring: Bring) -> None:
    for number in (1, 2, 3):
        bring(number, line(str(number)))
    due = Batch.objects.values_list("delete_on", flat=True).first()
    assert due is not None

    assert retention.delete_due_batches(due - timedelta(days=1), 10) == 0
    assert retention.delete_due_batches(due, 10) == 2
    bring(4, line("4"))
    assert missing(channel) == []


def test_paused_by_a_person_it_answers_that_nobody_listens(channel: Channel, bring: Bring, administrator: User) -> None:
    pause(channel_id=channel.pk, actor=administrator)
    assert bring(1, line("1")) is Received.NOT_LISTENING


def test_batch_that_breaks_its_reader_is_put_aside_is_not_missing_and_says_so(
    channel: Channel, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "deliver", broken)
        bring(1, line("1"))
    bring(2, line("2"))

    assert PutAside.objects.get().reason == "delivery.RuntimeError"
    assert (missing(channel), len(texts())) == ([], 1)
    assert list(Batch.objects.order_by("number").values_list("lines", "refused")) == [(1, 1), (1, 0)]


def test_failure_stays_on_the_channel_until_a_batch_goes_well(
    channel: Channel, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "deliver", broken)
        bring(1, line("1"))
    channel.refresh_from_db()
    assert channel.failure_code == "channel.take_in_failed"

    bring(2, line("2"))
    channel.refresh_from_db()
    assert channel.failure_code == ""


@pytest.mark.parametrize("removed", ["before", "meanwhile"])
def test_removed_channel_takes_its_batches_and_keys_along(
    channel: Channel, bring: Bring, administrator: User, removed: str
) -> None:
    bring(1, line("1"), take=removed == "before")
    remove(channel_id=channel.pk, actor=administrator)

    assert not Batch.objects.exists()
    assert not Webhook.objects.exists()
    assert texts() == []
    assert bring(2, line("2")) is Received.NOBODY
