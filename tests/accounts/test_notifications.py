"""Notifications against a real mail server and a real web server on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from tests.mail_sink import mail_sink
from tests.networks.page_server import PageServer, page

from resonanz.accounts import notifications
from resonanz.accounts.models import Notification, NotificationService, Role, User
from resonanz.accounts.notifications import Line
from resonanz.config.mail import MailServer, server
from resonanz.core import clock
from resonanz.core.env import WrongSetting

pytestmark = pytest.mark.django_db
LINE = Line(
    "warning.answer", {"case": 123, "network": "mastodon", "due_at": "2026-11-17T13:00:00+00:00"}, "/inbox/123/"
)


@pytest.fixture
def mail(settings: Any) -> Iterator[list[EmailMessage]]:
    """A mail server of this machine; what it took."""
    with mail_sink() as sink:
        settings.MAIL_IS_READY = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.DEFAULT_FROM_EMAIL = "resonanz@nordhain.example"
        yield sink.messages


@pytest.fixture
def miriam() -> User:
    return User.objects.create_user(
        "miriam@nordhain.example", name="Miriam", role=Role.ADMIN, language="en", created_at=clock.now()
    )


def deliver_all() -> None:
    for notification_id in notifications.waiting():
        notifications.deliver(notification_id=notification_id)


def test_a_mail_names_the_case_and_where_to_find_it(mail: list[EmailMessage], miriam: User) -> None:
    notifications.enqueue(user_ids=[miriam.pk], lines=[LINE])

    deliver_all()

    (message,) = mail
    told = message.as_string()
    assert message["To"] == "miriam@nordhain.example"
    assert "Case 123 on Mastodon: an answer was due" in told
    assert "/inbox/123/" in told
    assert Notification.objects.get().state == "SENT"
    deliver_all()
    assert len(mail) == 1


def test_whoever_wants_no_mail_gets_none_and_without_a_server_nothing_is_pretended(
    mail: list[EmailMessage], miriam: User, settings: Any
) -> None:
    notifications.set_by_email(user=miriam, wanted=False)
    assert notifications.enqueue(user_ids=[miriam.pk], lines=[LINE]) == []

    notifications.set_by_email(user=miriam, wanted=True)
    settings.MAIL_IS_READY = False
    assert notifications.enqueue(user_ids=[miriam.pk], lines=[LINE]) == []
    assert mail == []


def test_a_service_is_reached_its_address_is_encrypted_and_failures_are_seen(miriam: User) -> None:
    with PageServer() as outside:
        outside.pages["/told"] = page(status=503)
        service = notifications.add_service(
            name="Room", address=f"json://user:geheim@{outside.host}/told", user_id=None, actor=miriam
        )
        assert b"geheim" not in bytes(service.encrypted_address)
        notifications.enqueue_for_rooms(lines=[LINE])
        deliver_all()
        service.refresh_from_db()
        waiting = Notification.objects.get()
        assert (waiting.state, waiting.failure_code) == ("WAITING", "notification.service_failed")
        assert service.failing_since is not None
        assert [one.pk for one in notifications.failing()] == [waiting.pk]
        assert notifications.waiting() == []

        outside.pages["/told"] = page(status=200)
        with clock.moved_to(clock.now() + timedelta(minutes=2)):
            deliver_all()

    service.refresh_from_db()
    assert Notification.objects.get().state == "SENT"
    assert service.failing_since is None
    assert service.reached_at is not None
    assert b"123" in outside.bodies[-1]


def test_a_service_that_never_answers_is_given_up(miriam: User) -> None:
    notifications.add_service(name="Room", address="json://127.0.0.1:9/nowhere", user_id=None, actor=miriam)
    notifications.enqueue_for_rooms(lines=[LINE])
    moment = clock.now()

    for _ in range(len(notifications.PAUSES) + 1):
        moment += timedelta(hours=1)
        with clock.moved_to(moment):
            deliver_all()

    assert (Notification.objects.get().state, Notification.objects.get().attempts) == ("FAILED", 5)


@pytest.mark.parametrize("address", ["", "nonsense", "https://", "nothing://x"])
def test_what_no_service_understands_is_refused(address: str, miriam: User) -> None:
    with pytest.raises(notifications.ServiceUnreadable):
        notifications.add_service(name="Room", address=address, user_id=None, actor=miriam)

    assert not NotificationService.objects.exists()


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("", None),
        ("smtps://u%40x:p%2Fw@mail.example", MailServer("mail.example", 465, "u@x", "p/w", "always")),
        ("smtp://mail.example:2525", MailServer("mail.example", 2525, "", "", "starttls")),
        ("smtp+plain://localhost", MailServer("localhost", 25, "", "", "never")),
    ],
)
def test_a_mail_server_is_read_from_one_address(url: str, found: MailServer | None) -> None:
    assert server(url) == found


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "smtps://geheim@:99999999/", "mail.example"])
def test_a_wrong_mail_server_stops_the_start_without_repeating_its_password(url: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        server(url)

    assert "geheim" not in str(refused.value)
