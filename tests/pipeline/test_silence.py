"""A provider who brings nothing for longer than usual is told of once, and stands in the status until a batch comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import translation

from resonanz.accounts.models import Notification, Role, User
from resonanz.core import clock
from resonanz.duties import alarms
from resonanz.networks.connections import channels
from resonanz.networks.models import Channel
from resonanz.ops import queues_report
from resonanz.pipeline.models import Batch
from resonanz.web.wording import warning_words

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MAIL_IS_READY", True)


@pytest.fixture
def ida() -> User:
    """Of IT."""
    return User.objects.create_user("ida@nordhain.example", name="Ida", role=Role.ADMIN, created_at=MONDAY)


@pytest.fixture
def channel(ida: User) -> Channel:
    with clock.moved_to(MONDAY):
        return channels.connect(network="service_provider", name="Agency", is_live=True, actor=ida)


def bring(channel: Channel, number: int, at: datetime) -> None:
    Batch.objects.create(
        channel=channel, number=number, digest=bytes([number]) * 32, received_at=at, taken_at=at, delete_on=at.date()
    )


def told(at: datetime) -> list[str]:
    """What is put on its way at a moment."""
    before = set(Notification.objects.values_list("pk", flat=True))
    with clock.moved_to(at):
        alarms.alarm()
    rows = Notification.objects.exclude(pk__in=before).order_by("pk")
    return [line["code"] for row in rows for line in row.lines]


def stuck(at: datetime) -> list[str]:
    with clock.moved_to(at):
        return [one.what for one in queues_report.stuck()]


def test_silence_is_told_once_and_again_after_the_next_batch(channel: Channel) -> None:
    bring(channel, 1, MONDAY)
    bring(channel, 2, MONDAY + HOUR)

    assert told(MONDAY + HOUR + 3 * DAY) == []
    assert stuck(MONDAY + HOUR + 3 * DAY) == []
    assert told(MONDAY + 2 * HOUR + 3 * DAY) == ["channel.silent"]
    assert told(MONDAY + 4 * DAY) == []
    assert stuck(MONDAY + 4 * DAY) == ["channel Agency: no batch for longer than usual"]

    bring(channel, 3, MONDAY + 4 * DAY)
    assert stuck(MONDAY + 4 * DAY) == []
    assert told(MONDAY + 14 * DAY) == ["channel.silent"]


def test_who_comes_once_a_week_is_not_silent_for_two(channel: Channel) -> None:
    for week in range(3):
        bring(channel, week + 1, MONDAY + week * 7 * DAY)

    assert told(MONDAY + 28 * DAY) == []
    assert told(MONDAY + 28 * DAY + HOUR) == ["channel.silent"]


def test_who_never_came_or_is_paused_is_not_silent(channel: Channel, ida: User) -> None:
    assert told(MONDAY + 30 * DAY) == []

    bring(channel, 1, MONDAY)
    channels.pause(channel_id=channel.pk, actor=ida)
    assert told(MONDAY + 30 * DAY) == []


def test_what_nobody_is_there_to_hear_is_told_later(channel: Channel, ida: User) -> None:
    bring(channel, 1, MONDAY)
    User.objects.update(is_active=False)
    assert told(MONDAY + 4 * DAY) == []

    User.objects.update(is_active=True)
    assert told(MONDAY + 4 * DAY) == ["channel.silent"]


def test_silence_is_told_in_the_words_of_whoever_reads() -> None:
    params = {"channel": "Agentur", "since": MONDAY.isoformat()}
    with translation.override("de"):
        assert warning_words.sentence(alarms.SILENT, params) == (
            "Der Dienstleister des Kanals Agentur hat seit dem 16. November 2026 nichts gebracht, länger als üblich."
        )
    with translation.override("en"):
        assert "Agentur has brought nothing since" in warning_words.sentence(alarms.SILENT, params)
