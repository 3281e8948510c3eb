"""Taking back what one just did to a case: for ten seconds, one's own acts only, unless somebody acted on it since.

What was taken back is history no more: its event bears `undone_at` and leaves the conversation. The case then is as it
was before, and due as before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.service import cases
from resonanz.service.answers.replies import TIME_TO_UNDO
from resonanz.service.models import Case, CaseEvent, CaseNote, CasePost, CasePostState, CaseState
from resonanz.service.moderation import departing
from resonanz.service.notices import notify
from resonanz.service.work import crises, declarations, known_issues, merging, splitting, tagging

GRACE = timedelta(seconds=2)
"""What the network between browser and server may take of the time."""

_LONGEST_BATCH = timedelta(minutes=2)


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
    """What this user may still take back, newest first; of what was done to many cases at once, one of its events."""
    since = clock.now() - TIME_TO_UNDO
    mine = CaseEvent.objects.filter(actor=user, at__gt=since, act__in=UNDONE_BY, undone_at__isnull=True)
    found: dict[str, CaseEvent] = {}
    for event in mine.select_related("case").order_by("-at", "-id"):
        found.setdefault(event.details.get("batch") or str(event.pk), event)
    return list(found.values())


def size_of(*, event: CaseEvent) -> int:
    """On how many cases the act was done together with this one."""
    return len(_together(event))


def undo(*, event_id: int, actor: User) -> CaseEvent:
    """Take the act back, with all that was done together; twice is once.

    Raises TooLate, ChangedMeanwhile, NotYours, and AnotherOpen of reopening. Nothing is taken back by half: where one
    of many cases was changed since, all stay as they are.
    """
    with transaction.atomic():
        event, cases_by_id, together = _locked(event_id)
        if event.actor_id != actor.pk:
            raise NotYours
        if event.undone_at is not None:
            return event
        if event.act not in UNDONE_BY or event.at + TIME_TO_UNDO + GRACE < clock.now():
            raise TooLate
        if len(cases_by_id) < len(together) or _acted_on_since(together):
            raise ChangedMeanwhile
        UNDONE_BY[event.act]([(cases_by_id[each.case_id], each) for each in together])
        now = clock.now()
        CaseEvent.objects.filter(pk__in=[each.pk for each in together]).update(undone_at=now)
        event.undone_at = now
        _tell(together, actor, now)
    return event


def _tell(together: Sequence[CaseEvent], actor: User, now: datetime) -> None:
    CaseEvent.objects.bulk_create(
        [
            CaseEvent(
                case_id=each.case_id, at=now, act="act.undone", actor=actor,
                details={"event": each.pk, "undone": each.act},
            )
            for each in together
        ]
    )  # fmt: skip
    notify(case_ids=[each.case_id for each in together])


def _together(event: CaseEvent) -> list[CaseEvent]:
    batch = event.details.get("batch")
    if not batch:
        return [event]
    near = CaseEvent.objects.filter(actor=event.actor_id, at__gt=event.at - _LONGEST_BATCH, details__batch=batch)
    return list(near.filter(act=event.act).order_by("case_id", "id"))


def _locked(event_id: int) -> tuple[CaseEvent, dict[int, Case], list[CaseEvent]]:
    """The event and those of its batch as they stand, their cases locked; ChangedMeanwhile where they are gone."""
    event = CaseEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise ChangedMeanwhile
    ids = {each.case_id for each in _together(event)}
    rows = Case.objects.select_for_update(of=("self",)).select_related("channel").filter(pk__in=ids)
    found = {case.pk: case for case in rows.order_by("pk")}
    try:
        event.refresh_from_db()
    except CaseEvent.DoesNotExist:
        raise ChangedMeanwhile from None
    return event, found, _together(event)


_STATE = ("case.resolved", "case.reopened")
_WHOLE = ("case.merged", "case.split")
_POST = ("case.none_needed", "case.answered_elsewhere", "case.post_removed")


def _acted_on_since(together: Sequence[CaseEvent]) -> bool:
    """Whether an act that stands followed on the same thing in one of the cases: a column, the state, a post, a tag."""
    begun = {each.case_id: each for each in together}
    later = CaseEvent.objects.filter(case__in=begun, id__gt=min(each.pk for each in together), undone_at__isnull=True)
    return any(
        each.pk > begun[each.case_id].pk and _same_thing(begun[each.case_id], each)
        for each in later.only("id", "case_id", "act", "details")
    )


def _same_thing(one: CaseEvent, later: CaseEvent) -> bool:
    if one.act in _STATE:
        return later.act in _STATE
    if one.act in _POST:
        closed_it = any(place[0] == one.details.get("post") for place in later.details.get("settled", []))
        return closed_it or (later.act in _POST and later.details.get("post") == one.details.get("post"))
    if one.act in _WHOLE and later.act in (*_STATE, *_WHOLE):
        return True
    if one.act == "case.tagged":
        return later.act == "case.tagged" and bool(_tags_of(one) & _tags_of(later))
    return bool(set(one.details.get("before", ())) & set(later.details.get("before", ())))


def _tags_of(event: CaseEvent) -> set[int]:
    return {*event.details.get("added", []), *event.details.get("removed", [])}


Undoings = Sequence[tuple[Case, CaseEvent]]


def _as_before(undoings: Undoings) -> None:
    """What stood in the columns stands there again. Nobody is put back who works here no more."""
    columns = sorted(undoings[0][1].details["before"])
    people = {event.details["before"].get(name) for _, event in undoings for name in _PEOPLE} - {None}
    if people and User.objects.filter(pk__in=people).count() < len(people):
        raise ChangedMeanwhile
    for case, event in undoings:
        for name, value in event.details["before"].items():
            setattr(case, name, datetime.fromisoformat(value) if value and name in _MOMENTS else value)
    cases_changed = [case for case, _ in undoings]
    Case.objects.bulk_update(cases_changed, [name.removesuffix("_id") for name in columns])


_PEOPLE = ("assignee_id", "claimed_by_id")
_MOMENTS = frozenset(
    ("claimed_until", "snoozed_until", "returned_at", "resolved_at", "answer_due_at", "resolution_since",
     "resolution_due_at")
)  # fmt: skip


def _hand_back(undoings: Undoings) -> None:
    _as_before(undoings)
    notes = [event.details["note"] for _, event in undoings if "note" in event.details]
    CaseNote.objects.filter(pk__in=notes).delete()


def _retag(undoings: Undoings) -> None:
    """The same tags came to many cases, so mostly there are few kinds of what to take back."""
    kinds: dict[tuple[tuple[int, ...], tuple[int, ...]], list[Case]] = {}
    for case, event in undoings:
        key = (tuple(event.details["added"]), tuple(event.details["removed"]))
        kinds.setdefault(key, []).append(case)
    for (added, removed), of_kind in kinds.items():
        tagging.retag_back(cases=of_kind, added=added, removed=removed)


def _part(undoings: Undoings) -> None:
    cases.refuse_beside_others(closed=[case for case, event in undoings if "into" in event.details])
    if not merging.take_apart(undoings=undoings):
        raise ChangedMeanwhile


def _join(undoings: Undoings) -> None:
    source, event = next((case, event) for case, event in undoings if "to" in event.details)
    part = next((case for case, _ in undoings if case.pk == event.details["to"]), None)
    if part is None or not splitting.join_again(source=source, part=part, event=event):
        raise ChangedMeanwhile


def _unbind(undoings: Undoings) -> None:
    pairs = [(case, event.details["issue"]) for case, event in undoings]
    known_issues.bind_again(pairs=pairs, actor_id=None, bound=False)


def _bind(undoings: Undoings) -> None:
    pairs = [(case, event.details["issue"]) for case, event in undoings]
    known_issues.bind_again(pairs=pairs, actor_id=undoings[0][1].actor_id, bound=True)


def _reopen(undoings: Undoings) -> None:
    """Open again, with the posts open that the act settled, and due as before."""
    if any(case.state != CaseState.RESOLVED for case, _ in undoings):
        raise ChangedMeanwhile
    cases.refuse_beside_others(closed=[case for case, _ in undoings])
    by_place = {
        (case.pk, post_id): (was, reason)
        for case, event in undoings
        for post_id, was, reason in event.details["settled"]
    }
    places = list(CasePost.objects.filter(case__in=[case for case, _ in undoings], post__in={p for _, p in by_place}))
    changed = [place for place in places if (place.case_id, place.post_id) in by_place]
    for place in changed:
        place.state, place.reason = by_place[place.case_id, place.post_id]
    CasePost.objects.bulk_update(changed, ["state", "reason"])
    _as_before(undoings)


def _open_post(undoings: Undoings) -> None:
    for case, event in undoings:
        settled = CasePost.objects.filter(
            case=case, post_id=event.details["post"], state=CasePostState.NONE_NEEDED, reason=event.details["reason"]
        )
        if case.state != CaseState.OPEN:
            raise ChangedMeanwhile
        if not settled.update(state=event.details["was"], reason=event.details["was_reason"]):
            raise ChangedMeanwhile
        cases.settle(case=case)


def _close_again(undoings: Undoings) -> None:
    """As it was: resolved at the moment it was resolved before, so that it stands in its old place."""
    if declarations.waiting(case_ids=[case.pk for case, _ in undoings]):
        raise ChangedMeanwhile
    for case, event in undoings:
        if case.state != CaseState.OPEN or CasePost.objects.filter(case=case, state=CasePostState.OPEN).exists():
            raise ChangedMeanwhile
        case.state, case.answer_due_at = CaseState.RESOLVED, None
        case.resolved_at = datetime.fromisoformat(event.details["before"]["resolved_at"])
        case.closed_because = event.details["before"]["closed_because"]
        case.is_snoozed, case.snoozed_until = False, None
        case.save(
            update_fields=["state", "resolved_at", "answer_due_at", "closed_because", "is_snoozed", "snoozed_until"]
        )


def _cancel_moderation(undoings: Undoings) -> None:
    ids = [event.details["moderation"] for _, event in undoings]
    actor = undoings[0][1].actor
    if actor is None or not departing.cancel(moderation_ids=ids, actor=actor):
        raise TooLate


def _remove_note(undoings: Undoings) -> None:
    CaseNote.objects.filter(pk__in=[event.details["note"] for _, event in undoings]).delete()


def _lift_again(undoings: Undoings) -> None:
    _as_before(undoings)
    crises.withdraw(undoings=undoings)


def _decide_again(undoings: Undoings) -> None:
    if not declarations.take_back(undoings=undoings):
        raise ChangedMeanwhile


UNDONE_BY: dict[str, Callable[[Undoings], None]] = {
    "case.assigned": _as_before,
    "case.claimed": _as_before,
    "case.released": _as_before,
    "case.snoozed": _as_before,
    "case.woken": _as_before,
    "case.handed_over": _hand_back,
    "case.handed_out": _as_before,
    "case.spread": _as_before,
    "case.merged": _part,
    "case.split": _join,
    "case.issue_bound": _unbind,
    "case.issue_unbound": _bind,
    "case.tagged": _retag,
    "case.none_needed": _open_post,
    "case.resolved": _reopen,
    "case.reopened": _close_again,
    "case.moderated": _cancel_moderation,
    "case.no_crisis": _lift_again,
    "declaration.none": _decide_again,
    "declaration.is_one": _decide_again,
    "declaration.done": _decide_again,
    "note.written": _remove_note,
}
