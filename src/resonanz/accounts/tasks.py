"""Jobs of this room: they turn ids into one call."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from resonanz.accounts import notifications
from resonanz.core.jobs import job

logger = logging.getLogger(__name__)


@job(name="accounts.deliver", attempts=1)
def deliver(*, notification_id: int, **_: object) -> None:
    """Send one notification. Not retried by the queue: the row says when to try again, and the sweep finds it."""
    notifications.deliver(notification_id=notification_id)


def deliver_soon(notification_ids: Iterable[int]) -> None:
    """Put them on the queue, within the transaction of their rows."""
    for notification_id in notification_ids:
        deliver.later(notification_id=notification_id)


def sweep_notifications() -> None:
    """Everything whose time has come and whose job was lost, or that is tried again."""
    for notification_id in notifications.waiting():
        try:
            notifications.deliver(notification_id=notification_id)
        except Exception:
            logger.exception("notification %s could not be brought further", notification_id)
