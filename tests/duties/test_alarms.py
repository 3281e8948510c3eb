"""Alarms of channels: before a token ends without a successor, when it ended, when a channel stopped; each once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core import mail

from resonanz.accounts import notifications
from resonanz.accounts.models import Notification, Role, User
from resonanz.accounts.tasks import sweep_notifications
from resonanz.core import clock
from resonanz.duties import alarms
from resonanz.networks.connections import channels, renewing
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel, ChannelState

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MAIL_IS_READY", True)


@pytest.fixture
def ida() -> User:
    """Of IT."""
    return User.objects.create_user("ida@nordhain.example", name="Ida", role=Role.ADMIN, created_at=NOON)


@pytest.fixture
def channel(ida: User) -> Channel:
    """Connected on a Monday at noon with a token for 64 days that gets no successor."""
    with clock.moved_to(NOON):
        return channels.connect(
            network="memory", name="Nordhain", native_id="7", secret="first", expires_at=NOON + 64 * DAY, actor=ida
        )


def told(at: datetime) -> list[tuple[str, str]]:
    """What is put on its way at a moment: who is told, and of what."""
    before = set(Notification.objects.values_list("pk", flat=True))
    with clock.moved_to(at):
        alarms.alarm()
    rows = Notification.objects.exclude(pk__in=before).select_related("user").order_by("pk")
    return [(str(row.user), row.lines[0]["code"]) for row in rows]


def test_end_of_a_token_is_told_fourteen_seven_and_one_days_before_and_after(channel: Channel) -> None:
    ends_at = NOON + 64 * DAY
    found = {}
    for hours in range(0, 24 * 66, 12):
        at = NOON + timedelta(hours=hours)
        if lines := told(at):
            found[round((ends_at - at) / DAY)] = lines

    assert {days: [code for _, code in lines] for days, lines in found.items()} == {
        14: ["channel.token_ends"], 7: ["channel.token_ends"], 1: ["channel.token_ends"], 0: ["channel.token_ended"],
    }  # fmt: skip


def test_token_that_gets_a_successor_is_told_of_only_when_it_ended_all_the_same(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "is_renewed", lambda _channel: True)
    Channel.objects.update(expires_at=NOON + timedelta(hours=30))

    assert told(NOON + timedelta(hours=21)) == []
    assert told(NOON + timedelta(hours=45)) == [("Ida", "channel.token_ended")]
    assert told(NOON + timedelta(hours=45)) == []


def test_successor_that_does_not_come_for_a_day_is_told_of_like_none(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "is_renewed", lambda _channel: True)
    Channel.objects.update(expires_at=NOON + 9 * DAY)

    assert told(NOON + 6 * DAY + timedelta(hours=20)) == []  # due for less than a day
    assert told(NOON + 7 * DAY) == [("Ida", "channel.token_ends")]


def test_connected_again_it_begins_anew_with_its_history(channel: Channel, ida: User) -> None:
    channels.move_cursor(channel_id=channel.pk, cursor="17")
    told(NOON + 64 * DAY)
    with clock.moved_to(NOON + 64 * DAY):
        channels.note_failure(channel_id=channel.pk, code="network.not_authorised", words="", stop=True)
        account = Account(network="memory", address="", secret="second", expires_at=NOON + 128 * DAY)
        again = channels.reconnect(channel_id=channel.pk, account=account, actor=ida)

    assert (again.pk, again.cursor, again.state) == (channel.pk, "17", ChannelState.ACTIVE)
    assert told(NOON + 113 * DAY) == []
    assert told(NOON + 114 * DAY) == [("Ida", "channel.token_ends")]


def test_channel_that_stopped_is_told_of_once_and_again_when_it_stops_again(channel: Channel, ida: User) -> None:
    channels.note_failure(channel_id=channel.pk, code="network.refused", words="Gesperrt", stop=True)
    assert told(NOON) == [("Ida", "channel.stopped")]
    assert told(NOON + timedelta(minutes=1)) == []

    channels.resume(channel_id=channel.pk, actor=ida)
    channels.note_failure(channel_id=channel.pk, code="network.refused", words="", stop=True)
    assert told(NOON + timedelta(minutes=2)) == [("Ida", "channel.stopped")]


def test_channel_that_stopped_because_its_token_ended_is_not_told_of_twice(channel: Channel) -> None:
    told(NOON + 64 * DAY)
    channels.note_failure(channel_id=channel.pk, code="network.not_authorised", words="", stop=True)

    assert told(NOON + 64 * DAY) == []


def test_what_only_fails_for_a_while_is_no_alarm(channel: Channel) -> None:
    channels.note_failure(channel_id=channel.pk, code="network.try_later", words="", stop=False)

    assert told(NOON) == []


def test_only_who_can_connect_it_again_is_told(channel: Channel) -> None:
    mona, lea = (
        User.objects.create_user(f"{name}@nordhain.example", name=name, role=Role.LEAD, created_at=NOON)
        for name in ("Mona", "Lea")
    )
    User.objects.filter(pk=mona.pk).update(connects_accounts=True)

    assert told(NOON + 50 * DAY) == [("Ida", "channel.token_ends"), ("Mona", "channel.token_ends")]
    assert lea.pk


def test_where_nobody_is_at_work_it_waits_until_somebody_is(channel: Channel) -> None:
    channels.note_failure(channel_id=channel.pk, code="network.refused", words="", stop=True)

    assert told(NOON - timedelta(hours=10)) == []  # two o'clock at night
    assert told(NOON) == [("Ida", "channel.stopped")]


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Resonanz: a channel needs somebody", "The connection of the channel Nordhain ends on 19 January 2027."),
        ("de", "Resonanz: Ein Kanal braucht jemanden", "Die Verbindung des Kanals Nordhain endet am 19. Januar 2027."),
    ],
)
def test_it_is_said_in_words_by_mail(channel: Channel, ida: User, language: str, subject: str, words: str) -> None:
    User.objects.filter(pk=ida.pk).update(language=language)
    told(NOON + 50 * DAY)
    with clock.moved_to(NOON + 50 * DAY):
        sweep_notifications()

    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == (subject, [ida.email])
    assert words in sent.body
    assert f"/channels/{channel.pk}/" in sent.body
    assert notifications.failing() == []
