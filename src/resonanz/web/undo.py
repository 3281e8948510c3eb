"""What may still be taken back. The session knows whether anything was done just now, so most pages need not ask."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from resonanz.core import clock
from resonanz.service import inbox, undoing
from resonanz.service.models import CaseEvent
from resonanz.service.replies import TIME_TO_UNDO
from resonanz.web import words
from resonanz.web.acts import signed_in

_UNTIL = "undo_until"
_LONGEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Undoable:
    """One thing done a moment ago: its name on the page, what it was, where it is taken back, and for how long."""

    name: str
    words: str
    address: str
    seconds: float


def remember(request: HttpRequest) -> None:
    """Something was done that can be taken back for a moment."""
    request.session[_UNTIL] = (clock.now() + _LONGEST).timestamp()


def open_for(request: HttpRequest) -> list[Undoable]:
    """What this reader can still take back, the newest last, where its key looks for it."""
    until = request.session.get(_UNTIL)
    if until is None:
        return []
    if until < clock.now().timestamp():
        del request.session[_UNTIL]
        return []
    return sorted([*_replies(request), *_acts(request)], key=lambda undoable: undoable.seconds)


def _replies(request: HttpRequest) -> list[Undoable]:
    return [
        Undoable(
            f"undo-reply-{outgoing.pk}",
            _("The answer will be sent in a few seconds."),
            reverse("cancel_reply", args=[outgoing.pk]),
            _left(outgoing.due_at),
        )
        for outgoing in inbox.in_time_to_undo(user=signed_in(request))
    ]


def _acts(request: HttpRequest) -> list[Undoable]:
    return [
        Undoable(
            f"undo-act-{event.pk}",
            _told(event),
            reverse("undo", args=[event.pk]),
            _left(event.at + TIME_TO_UNDO),
        )
        for event in undoing.latest(user=signed_in(request))
    ]


def _told(event: CaseEvent) -> str:
    if event.act == "note.written":
        return _("Note kept.")
    return f"{words.word('events', event.act)}."


def _left(until: datetime | None) -> float:
    return max(0.0, round((until - clock.now()).total_seconds(), 1)) if until else 0.0


def mark_of(text: str) -> str:
    """A short mark of a text: two tabs compare marks, not words."""
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""
