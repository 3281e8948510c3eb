"""Posts that read otherwise now: what they say since is looked for in their cases; a resolved one opens for it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.service import cases
from resonanz.service.models import Case, CaseEvent, CasePost, CaseState, Declaration
from resonanz.service.times import weighing
from resonanz.service.work import crises, declarations
from resonanz.service.work.declarations import Hit


def look_again(*, post_ids: Collection[int]) -> bool:
    """Declarations and crises that were written into posts afterwards; whether somebody has to be warned at once."""
    elsewhere = _opened_again(post_ids)
    standing = CasePost.objects.filter(post_id__in=post_ids, case__state=CaseState.OPEN)
    case_ids = {*standing.values_list("case_id", flat=True), *elsewhere.values()}
    with transaction.atomic():
        rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=case_ids, state=CaseState.OPEN)
        held = {case.pk: case for case in rows.order_by("pk")}
        posts = Post.objects.filter(pk__in=elsewhere).select_related("evaluation")
        spoken = [(post, elsewhere[post.pk]) for post in posts]
        spoken += [(place.post, place.case_id) for place in standing.select_related("post__evaluation")]
        lifted = _look([(post, held[case_id]) for post, case_id in spoken if case_id in held])
    weighing.weigh(case_ids=case_ids)
    return lifted


def _opened_again(post_ids: Collection[int]) -> dict[int, int]:
    """Open the resolved cases that have to be; where a thread has another open one, that one speaks for the post."""
    elsewhere = {}
    for post_id, case_id in _to_open_again(post_ids):
        try:
            cases.open_for_what_was_added(case_id=case_id)
        except cases.AnotherOpen as error:
            elsewhere[post_id] = int(str(error.params["case"]))
    return elsewhere


def _to_open_again(post_ids: Collection[int]) -> list[tuple[int, int]]:
    """Posts that stand in no open case and say now what nobody has decided about, with the newest case of each."""
    places = CasePost.objects.filter(post_id__in=post_ids).select_related("case", "post__evaluation")
    newest = {place.post_id: place for place in places.order_by("case_id")}
    waiting = {place.post_id for place in places if place.case.state == CaseState.OPEN}
    known = set(Declaration.objects.filter(post__in=newest).values_list("post_id", flat=True))
    return [
        (post_id, place.case_id)
        for post_id, place in sorted(newest.items())
        if post_id not in waiting and _says_more(place, is_known=post_id in known)
    ]


def _says_more(place: CasePost, *, is_known: bool) -> bool:
    evaluation = getattr(place.post, "evaluation", None)
    if not is_known and declarations.chance_as_stored(evaluation=evaluation):
        return True
    return place.case.crisis_at is None and crises.as_stored(evaluation=evaluation)


def _look(spoken: Collection[tuple[Post, Case]]) -> bool:
    now, hits, lifted = clock.now(), [], []
    for post, case in spoken:
        evaluation = getattr(post, "evaluation", None)
        if chance := declarations.chance_as_stored(evaluation=evaluation):
            hits.append(Hit(post.pk, case, chance))
        if crises.as_stored(evaluation=evaluation):
            lifted.append(crises.lift(case=case, post_id=post.pk, now=now))
    declarations.find(hits=hits, now=now)
    events = [event for event in lifted if event is not None]
    Case.objects.bulk_update([event.case for event in events], ["crisis_at"])
    CaseEvent.objects.bulk_create(events)
    return bool(events)
