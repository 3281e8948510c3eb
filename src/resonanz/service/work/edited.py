"""Posts that read otherwise now: what they say since is looked for in their open cases."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from resonanz.core import clock
from resonanz.service.models import Case, CaseEvent, CasePost, CaseState
from resonanz.service.times import weighing
from resonanz.service.work import crises, declarations
from resonanz.service.work.declarations import Hit


def look_again(*, post_ids: Collection[int]) -> bool:
    """Declarations and crises that were written into posts afterwards; whether somebody has to be warned at once."""
    standing = CasePost.objects.filter(post_id__in=post_ids, case__state=CaseState.OPEN)
    case_ids = set(standing.values_list("case_id", flat=True))
    with transaction.atomic():
        rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=case_ids, state=CaseState.OPEN)
        cases = {case.pk: case for case in rows.order_by("pk")}
        lifted = _look(cases, list(standing.filter(case__in=cases).select_related("post__evaluation")))
    weighing.weigh(case_ids=case_ids)
    return lifted


def _look(cases: dict[int, Case], places: Collection[CasePost]) -> bool:
    now, hits, lifted = clock.now(), [], []
    for place in places:
        evaluation = getattr(place.post, "evaluation", None)
        if chance := declarations.chance_as_stored(evaluation=evaluation):
            hits.append(Hit(place.post_id, cases[place.case_id], chance))
        if crises.as_stored(evaluation=evaluation):
            lifted.append(crises.lift(case=cases[place.case_id], post_id=place.post_id, now=now))
    declarations.find(hits=hits, now=now)
    events = [event for event in lifted if event is not None]
    Case.objects.bulk_update([event.case for event in events], ["crisis_at"])
    CaseEvent.objects.bulk_create(events)
    return bool(events)
