"""What may still be taken back. The session knows whether anything was done just now, so most pages need not ask."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from resonanz.core import clock
from resonanz.service.answers.replies import TIME_TO_UNDO
from resonanz.service.lists import inbox
from resonanz.service.models import CaseEvent
from resonanz.service.work import undoing
from resonanz.triage.learning import labels as company_labels
from resonanz.web import times
from resonanz.web.acts import signed_in
from resonanz.web.wording import judged_words, words

_UNTIL = "undo_until"
_JUDGED = "undo_judged"
_LONGEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Undoable:
    """One thing done a moment ago: its name on the page, what it was, where it is taken back, and for how long."""

    name: str
    words: str
    address: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A person's word on a label of a post, and the one that stood there before, "" where there was none."""

    post_id: int
    label: str
    value: str
    former: str


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
        forget_judged(request)
        return []
    return sorted([*_replies(request), *_acts(request), *judged(request)], key=lambda undoable: undoable.seconds)


def remember_judged(request: HttpRequest, done: Judged) -> None:
    """A label was corrected or confirmed; the last one can be taken back."""
    remember(request)
    request.session[_JUDGED] = [done.post_id, done.label, done.value, done.former, clock.now().timestamp()]


def forget_judged(request: HttpRequest) -> None:
    """It was taken back."""
    request.session.pop(_JUDGED, None)


def judged_just_now(request: HttpRequest) -> Judged | None:
    """What this reader said of a label last, while it can be taken back."""
    kept = request.session.get(_JUDGED)
    if kept is None or clock.now().timestamp() - kept[-1] > TIME_TO_UNDO.total_seconds():
        return None
    return Judged(*kept[:-1])


def judged(request: HttpRequest) -> list[Undoable]:
    """The same as the message that takes it back."""
    done = judged_just_now(request)
    if done is None:
        return []
    since = clock.now().timestamp() - request.session[_JUDGED][-1]
    told = judged_words.said_as(done.label, done.value, company_labels.names())
    address = reverse("take_back_correction", args=[done.post_id])
    left = max(0.0, round(TIME_TO_UNDO.total_seconds() - since, 1))
    return [Undoable(f"undo-judged-{done.post_id}", _("Kept: %(told)s.") % {"told": told}, address, left)]


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
    done = f"{words.word('events', event.act)}."
    if event.act == "case.moderated":
        done = _told_of_moderation(event)
    count = undoing.size_of(event=event)
    return done if count == 1 else _("%(count)s cases: %(done)s") % {"count": times.number(count), "done": done}


def _told_of_moderation(event: CaseEvent) -> str:
    act = words.word("moderations", str(event.details.get("moderation_act")))
    state = str(event.details.get("moderation_state", "QUEUED"))
    if state == "QUEUED":
        return _("%(act)s: happens in a few seconds.") % {"act": act}
    return f"{act}: {words.word('moderation_states', state)}."


def _left(until: datetime | None) -> float:
    return max(0.0, round((until - clock.now()).total_seconds(), 1)) if until else 0.0


def mark_of(text: str) -> str:
    """A short mark of a text: two tabs compare marks, not words."""
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""
