"""Open due times reckoned anew after hours or targets changed; what is answered or settled stays as it was.

A job takes a chunk of cases, commits, and puts itself on the queue for the next one. Doing a case twice changes
nothing. A change that comes meanwhile begins anew from the first case; whoever began it, or anybody, may cancel it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.service.cases import settle
from resonanz.service.models import Case, CasePost, CasePostState, CaseState, Recomputation, RecomputationState
from resonanz.service.notices import notify
from resonanz.service.times.deadlines import Deadlines, as_record

CHUNK = 200
STALLED_AFTER = timedelta(minutes=3)
NEWS = timedelta(minutes=10)


def begin(*, actor: User) -> Recomputation | None:
    """Reckon all open due times anew from the first case on; None where nothing is open. Within a transaction."""
    Recomputation.objects.filter(state=RecomputationState.RUNNING).update(
        state=RecomputationState.CANCELLED, moved_at=clock.now()
    )
    total = Case.objects.filter(state=CaseState.OPEN).count()
    if not total:
        return None
    now = clock.now()
    return Recomputation.objects.create(actor=actor, begun_at=now, moved_at=now, total=total)


def latest_shown() -> Recomputation | None:
    """The one under way, or the last one as long as it is news."""
    recent = Q(state=RecomputationState.RUNNING) | Q(moved_at__gt=clock.now() - NEWS)
    return Recomputation.objects.filter(recent).order_by("-id").first()


def cancel(*, recomputation_id: int) -> None:
    """Leave the rest as it was; what is done stays done."""
    Recomputation.objects.filter(pk=recomputation_id, state=RecomputationState.RUNNING).update(
        state=RecomputationState.CANCELLED, moved_at=clock.now()
    )


def go_on(*, recomputation_id: int) -> bool:
    """The next chunk; whether more is to be done."""
    with transaction.atomic():
        running = _locked(recomputation_id)
        if running is None:
            return False
        cases = _next_cases(running)
        identities = {case.identity_id for case in cases if case.identity_id is not None}
        channels = {case.channel_id: case.channel for case in cases}
        deadlines = {pk: Deadlines(channel=channel, identity_ids=identities) for pk, channel in channels.items()}
        changed = [case.pk for case in cases if _recompute(case, deadlines[case.channel_id])]
        running.done += len(cases)
        running.changed += len(changed)
        running.last_case_id = cases[-1].pk if cases else running.last_case_id
        if len(cases) < CHUNK:
            running.state = RecomputationState.DONE
        running.moved_at = clock.now()
        running.save(update_fields=["done", "changed", "last_case_id", "state", "moved_at"])
        notify(case_ids=changed)
    return running.state == RecomputationState.RUNNING


def stalled() -> list[int]:
    """What is under way and has not moved for a while: its job was lost."""
    rows = Recomputation.objects.filter(state=RecomputationState.RUNNING, moved_at__lt=clock.now() - STALLED_AFTER)
    return list(rows.values_list("pk", flat=True))


def _locked(recomputation_id: int) -> Recomputation | None:
    """None where it ended, was cancelled, or another worker is at it."""
    rows = Recomputation.objects.select_for_update(skip_locked=True).filter(state=RecomputationState.RUNNING)
    return rows.filter(pk=recomputation_id).first()


def _next_cases(running: Recomputation) -> Sequence[Case]:
    rows = Case.objects.select_for_update(of=("self",)).filter(state=CaseState.OPEN, pk__gt=running.last_case_id)
    return list(rows.select_related("channel").order_by("pk")[:CHUNK])


def _recompute(case: Case, deadlines: Deadlines) -> bool:
    """Whether anything of the case is due at another moment now."""
    places = list(CasePost.objects.filter(case=case, state=CasePostState.OPEN).select_related("post").order_by("pk"))
    moved = [place for place in places if _place_moved(place, case, deadlines)]
    CasePost.objects.bulk_update(moved, ["due_at", "due_because", "alarm_at"])
    before = case.resolution_due_at
    if case.resolution_since is not None:
        case.resolution_due_at = deadlines.of_resolution(case=case)
        case.resolution_since = case.resolution_since if case.resolution_due_at else None
    elif places:
        deadlines.begin_turn(case=case, since=min(place.post.posted_at for place in places))
    if case.resolution_due_at != before:
        case.save(update_fields=["resolution_due_at", "resolution_since"])
    settle(case=case)
    return bool(moved) or case.resolution_due_at != before


def _place_moved(place: CasePost, case: Case, deadlines: Deadlines) -> bool:
    """Give a post its due time as of now; whether it, or how it came about, is another one."""
    topic_ids = place.post.topics.values_list("id", flat=True) if deadlines.musts.name_topics else ()
    due = deadlines.of_post(
        case=case, posted_at=place.post.posted_at, urgency=case.urgency, topic_ids=frozenset(topic_ids)
    )
    because = as_record(due.because)
    if "breached" in place.due_because and "must" in because:
        because["breached"] = True
    before = (place.due_at, place.due_because, place.alarm_at)
    place.due_at, place.due_because, place.alarm_at = due.at, because, due.alarm_at
    return before != (place.due_at, place.due_because, place.alarm_at)
