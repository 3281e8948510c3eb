"""Taking back what one just did to a case: for ten seconds, one's own acts only, unless somebody acted on it since.

What was taken back is history no more: its event bears `undone_at` and leaves the conversation. The case then is as it
was before, and due as before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.service import cases
from resonanz.service.models import Case, CaseEvent, CaseNote, CasePost, CasePostState, CaseState
from resonanz.service.replies import TIME_TO_UNDO

GRACE = timedelta(seconds=2)
"""What the network between browser and server may take of the time."""


class TooLate(ResonanzError):
    """The time to take it back is over."""

    code = "undo.too_late"


class ChangedMeanwhile(ResonanzError):
    """Somebody acted on the same thing since, so taking it back would undo theirs."""

    code = "undo.changed_meanwhile"


class NotYours(ResonanzError):
    """Somebody else did it."""

    code = "undo.not_yours"


def latest(*, user: User) -> list[CaseEvent]:
    """What this user may still take back, newest first."""
    since = clock.now() - TIME_TO_UNDO
    mine = CaseEvent.objects.filter(actor=user, at__gt=since, act__in=_UNDO, undone_at__isnull=True)
    return list(mine.select_related("case").order_by("-at", "-id"))


def undo(*, event_id: int, actor: User) -> CaseEvent:
    """Take the act back; twice is once. Raises TooLate, ChangedMeanwhile, NotYours, and AnotherOpen of reopening."""
    with transaction.atomic():
        case, event = _locked(event_id)
        if event.actor_id != actor.pk:
            raise NotYours
        if event.undone_at is not None:
            return event
        if event.act not in _UNDO or event.at + TIME_TO_UNDO + GRACE < clock.now():
            raise TooLate
        if _acted_on_since(event):
            raise ChangedMeanwhile
        _UNDO[event.act](case, event)
        event.undone_at = clock.now()
        event.save(update_fields=["undone_at"])
        cases.note(case=case, act="act.undone", actor=actor, event=event.pk, undone=event.act)
    return event


def _locked(event_id: int) -> tuple[Case, CaseEvent]:
    """The case, for one act at a time, and its event as it then stands; ChangedMeanwhile where they are gone."""
    case_id = CaseEvent.objects.filter(pk=event_id).values_list("case_id", flat=True).first()
    try:
        case = cases.locked(case_id=case_id or 0)
        return case, CaseEvent.objects.get(pk=event_id)
    except (Case.DoesNotExist, CaseEvent.DoesNotExist):
        raise ChangedMeanwhile from None


_ASSIGNEE = ("case.assigned", "case.claimed")
_STATE = ("case.resolved", "case.reopened")
_POST = ("case.none_needed", "case.answered_elsewhere", "case.post_removed")


def _acted_on_since(event: CaseEvent) -> bool:
    """Whether an act that stands followed on the same thing: the assignee, the state, the post."""
    later = CaseEvent.objects.filter(case=event.case_id, id__gt=event.pk, undone_at__isnull=True)
    if event.act in _ASSIGNEE:
        return later.filter(act__in=_ASSIGNEE).exists()
    if event.act in _STATE:
        return later.filter(act__in=_STATE).exists()
    return later.filter(act__in=_POST, details__post=event.details.get("post", 0)).exists()


def _give_back(case: Case, event: CaseEvent) -> None:
    previous = event.details["previous"]
    if case.assignee_id != event.details["assignee"]:
        raise ChangedMeanwhile
    if previous is not None and not User.objects.filter(pk=previous).exists():
        raise ChangedMeanwhile
    case.assignee_id = previous
    case.save(update_fields=["assignee"])


def _open_post(case: Case, event: CaseEvent) -> None:
    settled = CasePost.objects.filter(
        case=case, post_id=event.details["post"], state=CasePostState.NONE_NEEDED, reason=event.details["reason"]
    )
    if case.state != CaseState.OPEN:
        raise ChangedMeanwhile
    if not settled.update(state=event.details["was"], reason=event.details["was_reason"]):
        raise ChangedMeanwhile
    cases.settle(case=case)


def _reopen(case: Case, _event: CaseEvent) -> None:
    if case.state != CaseState.RESOLVED:
        raise ChangedMeanwhile
    cases.open_again(case=case)


def _close_again(case: Case, event: CaseEvent) -> None:
    """As it was: resolved at the moment it was resolved before, so that it stands in its old place."""
    if case.state != CaseState.OPEN or CasePost.objects.filter(case=case, state=CasePostState.OPEN).exists():
        raise ChangedMeanwhile
    case.state, case.answer_due_at = CaseState.RESOLVED, None
    case.resolved_at = datetime.fromisoformat(event.details["resolved_at"])
    case.save(update_fields=["state", "resolved_at", "answer_due_at"])


def _remove_note(_case: Case, event: CaseEvent) -> None:
    CaseNote.objects.filter(pk=event.details["note"]).delete()


_UNDO: dict[str, Callable[[Case, CaseEvent], None]] = {
    "case.assigned": _give_back,
    "case.claimed": _give_back,
    "case.none_needed": _open_post,
    "case.resolved": _reopen,
    "case.reopened": _close_again,
    "note.written": _remove_note,
}
