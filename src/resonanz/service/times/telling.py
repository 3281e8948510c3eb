"""Telling colleagues that something came to them: those who are at work or on call; the others see it on their list."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from resonanz.accounts import notifications
from resonanz.accounts.notifications import Line
from resonanz.accounts.tasks import deliver_soon
from resonanz.duties.presence import on_duty
from resonanz.service.notices import notify_told


def tell(*, user_ids: Collection[int], code: str, params: Mapping[str, object], path: str) -> None:
    """Codes, ids and numbers alone, for it may leave the house."""
    there = sorted(on_duty(user_ids=user_ids)) if user_ids else []
    if there:
        deliver_soon(notifications.enqueue(user_ids=there, lines=[Line(code, dict(params), path)]))
        notify_told(user_ids=there)
