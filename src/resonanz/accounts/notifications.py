"""Telling colleagues outside of the pages, by e-mail and through services they chose.

    WAITING ──► SENT       the server took it
       │  └───► WAITING    it did not: again later, with growing pauses
       └──────► FAILED     given up; the page of notifications shows it

Rooms hand over codes and ids; the face that registered with `say_with` finds the words, in the language of the reader.
Nothing that people outside said or are called may stand in them. Where no mail server is known, nothing is put on its
way. The addresses of services hold tokens, so they are encrypted and never shown again; where they lead is decided by
whoever operates this installation: they are asked for outside of `core.http`.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import Notification, NotificationService, NotificationState, User
from resonanz.core import clock, secrets
from resonanz.core.errors import ResonanzError
from resonanz.privacy import audit

PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 45)]
LEASE = timedelta(minutes=2)
KEEP_DAYS = 30
MAIL_FAILED = "notification.mail_failed"
SERVICE_FAILED = "notification.service_failed"
logger = logging.getLogger(__name__)


class ServiceUnreadable(ResonanzError):
    """No service is reached by such an address."""

    code = "notification.address_unreadable"


class ServiceNameTaken(ResonanzError):
    """Another service bears this name."""

    code = "notification.name_taken"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to tell: a code with its parameters, and the path of the page it is about."""

    code: str
    params: dict[str, Any]
    path: str

    def as_record(self) -> dict[str, Any]:
        """As stored."""
        return {"code": self.code, "params": self.params, "path": self.path}


Say = Callable[[Sequence[Line], "User | None"], tuple[str, str]]
"""Subject and text for somebody, or for everybody in a room."""
_say: list[Say] = []


def say_with(say: Say) -> None:
    """Register who finds the words; the last one counts."""
    _say[:] = [say]


def mail_is_ready() -> bool:
    """Whether a mail server is known."""
    return bool(settings.MAIL_IS_READY)


def enqueue(*, user_ids: Collection[int], lines: Sequence[Line]) -> list[int]:
    """Put the same lines on their way to each of them, as they wish; the ids. Rooms for all are told once."""
    users = User.objects.filter(pk__in=user_ids, is_active=True).order_by("pk")
    services = list(NotificationService.objects.filter(user__in=users).order_by("pk"))
    mailed = [user for user in users if user.notified_by_email and mail_is_ready()]
    now, stored = clock.now(), [line.as_record() for line in lines]
    rows = [Notification(user=user, lines=stored, created_at=now, next_at=now) for user in mailed]
    rows += [Notification(user_id=s.user_id, service=s, lines=stored, created_at=now, next_at=now) for s in services]
    return [row.pk for row in Notification.objects.bulk_create(rows)]


def enqueue_for_rooms(*, lines: Sequence[Line]) -> list[int]:
    """The same for the services that nobody owns; the ids."""
    now, stored = clock.now(), [line.as_record() for line in lines]
    rooms = NotificationService.objects.filter(user__isnull=True).order_by("pk")
    rows = [Notification(service=room, lines=stored, created_at=now, next_at=now) for room in rooms]
    return [row.pk for row in Notification.objects.bulk_create(rows)]


def try_mail(*, user: User) -> Notification:
    """A message to oneself, to see whether mail arrives."""
    now = clock.now()
    line = Line("notification.test", {}, "/company/notifications/").as_record()
    return Notification.objects.create(user=user, lines=[line], created_at=now, next_at=now)


def try_service(*, service_id: int) -> Notification:
    """A message through a service, to see whether it arrives."""
    now = clock.now()
    service = NotificationService.objects.get(pk=service_id)
    line = Line("notification.test", {}, "/company/notifications/").as_record()
    return Notification.objects.create(
        user_id=service.user_id, service=service, lines=[line], created_at=now, next_at=now
    )


def add_service(*, name: str, address: str, user_id: int | None, actor: User) -> NotificationService:
    """A service that carries notifications from now on. Raises ServiceUnreadable, ServiceNameTaken."""
    if not _is_address(address):
        raise ServiceUnreadable
    try:
        with transaction.atomic():
            service = NotificationService.objects.create(
                name=name, encrypted_address=secrets.encrypt(address), user_id=user_id, created_at=clock.now()
            )
            audit.record(act="notification_service.added", actor=actor_of(actor), thing="service", thing_id=service.pk)
    except IntegrityError as error:
        raise ServiceNameTaken(name=name) from error
    return service


def remove_service(*, service_id: int, actor: User) -> None:
    """Nothing is told there any more; what waits for it goes with it."""
    with transaction.atomic():
        if NotificationService.objects.filter(pk=service_id).delete()[0]:
            audit.record(
                act="notification_service.removed", actor=actor_of(actor), thing="service", thing_id=service_id
            )


def set_by_email(*, user: User, wanted: bool) -> None:
    """Whether warnings reach a colleague by e-mail, too."""
    user.notified_by_email = wanted
    user.save(update_fields=["notified_by_email"])


def waiting() -> list[int]:
    """What is to be sent now."""
    due = Notification.objects.filter(state=NotificationState.WAITING, next_at__lte=clock.now())
    return list(due.order_by("next_at", "id").values_list("pk", flat=True)[:200])


def deliver(*, notification_id: int) -> None:
    """Send one; a failure is stored and tried again later. Does nothing when somebody else is at it."""
    found = _claim(notification_id)
    if found is None:
        return
    failure = _send_mail(found) if found.service is None else _send_through(found.service, found)
    _keep(found, failure)


def _claim(notification_id: int) -> Notification | None:
    now = clock.now()
    with transaction.atomic():
        rows = Notification.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user", "service")
        found = rows.filter(pk=notification_id, state=NotificationState.WAITING, next_at__lte=now).first()
        if found is None:
            return None
        found.attempts += 1
        found.next_at = now + LEASE
        found.save(update_fields=["attempts", "next_at"])
    return found


def _send_mail(found: Notification) -> str:
    """What went wrong, as a code; "" when the server took it."""
    if found.user is None or not mail_is_ready():
        return MAIL_FAILED
    subject, text = _said(found)
    try:
        EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [found.user.email]).send()
    except (SMTPException, OSError):
        logger.warning("notification %s could not be sent by mail", found.pk)
        return MAIL_FAILED
    return ""


def _send_through(service: NotificationService, found: Notification) -> str:
    """The same through a service."""
    import apprise  # noqa: PLC0415 (it loads a hundred plugins; only who sends needs them)

    subject, text = _said(found)
    sender = apprise.Apprise()
    sent = False
    # Plugins are written by many; whatever one of them raises is a failure of this message alone.
    with contextlib.suppress(Exception):
        sent = bool(sender.add(secrets.decrypt(bytes(service.encrypted_address)))) and bool(
            sender.notify(title=subject, body=text)
        )
    if not sent:
        logger.warning("notification %s could not be sent through service %s", found.pk, service.pk)
        return SERVICE_FAILED
    return ""


def _said(found: Notification) -> tuple[str, str]:
    lines = [Line(line["code"], line["params"], line["path"]) for line in found.lines]
    return _say[0](lines, found.user if found.service is None or found.service.user_id else None)


def _keep(found: Notification, failure: str) -> None:
    now = clock.now()
    if not failure:
        found.state, found.sent_at, found.failure_code = NotificationState.SENT, now, ""
    elif found.attempts > len(PAUSES):
        found.state, found.failure_code = NotificationState.FAILED, failure
    else:
        found.next_at, found.failure_code = now + PAUSES[found.attempts - 1], failure
    found.save(update_fields=["state", "sent_at", "failure_code", "next_at"])
    if found.service is not None:
        _keep_service(found.service, failed=bool(failure), now=now)


def _keep_service(service: NotificationService, *, failed: bool, now: datetime) -> None:
    rows = NotificationService.objects.filter(pk=service.pk)
    if failed:
        rows.filter(failing_since__isnull=True).update(failing_since=now)
    else:
        rows.update(failing_since=None, reached_at=now)


def failing() -> list[Notification]:
    """What was not delivered within the last days, newest first; an unreachable mail server shows here."""
    since = clock.now() - timedelta(days=3)
    rows = Notification.objects.filter(~Q(failure_code=""), created_at__gte=since).select_related("user", "service")
    return list(rows.order_by("-id")[:20])


def _is_address(address: str) -> bool:
    import apprise  # noqa: PLC0415 (as above)

    with contextlib.suppress(Exception):
        return bool(address.strip()) and bool(apprise.Apprise().add(address.strip()))
    return False
