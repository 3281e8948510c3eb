"""Splitting: posts of a case become a case of their own, with their answers, and both lead to each other.

There is one open case per thread, so the new one is that of the part of the thread which begins with its first post:
what is said below its posts comes there (`service.intake`), everything else to the case it was part of.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from django.db import transaction

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.duties.directory import Directory
from resonanz.listening.models import Intent, Post
from resonanz.service import intake
from resonanz.service.cases import NotInCase, identity_of, locked
from resonanz.service.models import (
    Case,
    CaseEvent,
    CasePost,
    CaseState,
    CaseTag,
    ClosedBecause,
    IssueCase,
    NoneNeeded,
)
from resonanz.service.notices import notify
from resonanz.service.times.deadlines import Deadlines
from resonanz.service.times.grouping import groups_for
from resonanz.service.work import crises, moving
from resonanz.service.work.acting import before, following, only_open
from resonanz.service.work.leases import end_claim
from resonanz.service.work.workload import open_cases
from resonanz.triage.models import Evaluation

_COLUMNS = ("answer_due_at", "last_post_at", *moving.TURN)
MOST_OF_ROOT = 470
DIRECTORY = -1
"""Instead of a colleague: whoever is responsible for what the posts say."""


class NothingChosen(ResonanzError):
    """No post was chosen."""

    code = "split.nothing_chosen"


class NothingLeft(ResonanzError):
    """All of it would go; then it is the case itself."""

    code = "split.nothing_left"


def split(*, case_id: int, post_ids: Collection[int], actor: User, assignee_id: int | None = DIRECTORY) -> Case:
    """Make a case of these posts; raises NotOpen, NotInCase, NothingChosen, NothingLeft.

    Due is what was due first of them. Drafts and answers stay with the post they answer; tags and known issues count
    for both.
    """
    if not post_ids:
        raise NothingChosen
    return following(case_id, lambda standing_id: _split(standing_id, set(post_ids), actor, assignee_id))


def _split(case_id: int, post_ids: set[int], actor: User, assignee_id: int | None) -> Case:
    with transaction.atomic():
        case = locked(case_id=case_id)
        only_open(case)
        chosen = _chosen(case, post_ids)
        stood = before(case, _COLUMNS)
        part = _new_case(case, chosen, assignee_id)
        moved = moving.move_posts(post_ids=post_ids, source=case, target=part)
        _follow(case, part)
        for each in (case, part):
            _reckon(each)
        _tell(case, part, actor, {"posts": sorted(post_ids), "moved": moved, "before": stood})
    return part


def choosable(*, case: Case) -> list[CasePost]:
    """The posts of a case, oldest first, as far as they may become a case of their own."""
    rows = CasePost.objects.filter(case=case).select_related("post").exclude(post__speaker="OWN")
    return list(rows.order_by("post__posted_at", "post_id"))


def join_again(*, source: Case, part: Case, event: CaseEvent) -> bool:
    """As it was before; whether that is still possible. The new case stays as a pointer, so that its address leads on.

    Call with both locked.
    """
    if source.state != CaseState.OPEN or part.state != CaseState.OPEN:
        return False
    moving.move_all(source=part, target=source)
    end_claim(part)
    part.state, part.resolved_at, part.closed_because = CaseState.RESOLVED, clock.now(), ClosedBecause.MERGED
    part.merged_into, part.answer_due_at, part.resolution_since, part.resolution_due_at = source, None, None, None
    part.is_snoozed, part.snoozed_until, part.returned_at = False, None, None
    part.save()
    moving.restore(source, event.details["before"])
    moving.settle_in_memory(case=source)
    source.save(update_fields=_COLUMNS)
    return True


def _chosen(case: Case, post_ids: set[int]) -> list[CasePost]:
    """The places that go, oldest first; something somebody else said stays, and something goes."""
    places = choosable(case=case)
    chosen = [place for place in places if place.post_id in post_ids]
    if len(chosen) < len(post_ids):
        raise NotInCase
    if len(chosen) == len(places):
        raise NothingLeft
    return chosen


def _new_case(case: Case, chosen: Collection[CasePost], assignee_id: int | None) -> Case:
    posts = [place.post for place in chosen]
    first = posts[0]
    judged = {row.post_id: row for row in Evaluation.objects.filter(post__in=posts)}
    part = Case(
        channel=case.channel, network=case.network, origin=case.origin, root_native_id=_root(case, first),
        visibility=case.visibility, private_with=case.private_with, intent=_intent(posts, judged) or case.intent,
        names_employees=case.names_employees,
        urgency=max((judged[post.pk].urgency for post in posts if post.pk in judged), default=case.urgency),
        opened_at=clock.now(), last_post_at=max(post.posted_at for post in posts), split_from=case,
        identity_id=_identity(case, first),
    )  # fmt: skip
    if any(crises.as_stored(evaluation=judged.get(post.pk)) for post in posts):
        part.crisis_at = case.crisis_at
    _give(part, case, posts, assignee_id)
    part.save(force_insert=True)
    return part


def _root(case: Case, first: Post) -> str:
    """Where its part of the thread begins; where the thread itself begins with it, it needs a name of its own."""
    taken = Case.objects.filter(channel=case.channel, state=CaseState.OPEN, root_native_id=first.native_id)
    return f"{first.native_id[:MOST_OF_ROOT]}#{uuid4().hex}" if taken.exists() else first.native_id


def _intent(posts: Collection[Post], judged: dict[int, Evaluation]) -> str:
    found = {intake.intent_as_stored(judged[post.pk]) for post in posts if post.pk in judged}
    order = (Intent.COMPLAINT, Intent.QUESTION, Intent.PRAISE, Intent.OTHER)
    return next((intent for intent in order if intent in found), "")


def _identity(case: Case, first: Post) -> int | None:
    if case.identity is not None and case.identity.native_id == first.author_native_id:
        return case.identity_id
    return identity_of(first)


def _give(part: Case, case: Case, posts: Collection[Post], assignee_id: int | None) -> None:
    """To the colleague who was named; else to whom the directory names for what the posts say."""
    topic_ids = sorted({pk for post in posts for pk in post.topics.values_list("id", flat=True)})
    directory = Directory(channel_id=case.channel_id, open_cases=open_cases)
    answer = directory.answer(
        topic_ids=topic_ids, intent=Intent(part.intent), language=next(iter(posts)).language, at=clock.now(),
        group_ids=groups_for(directory, [part.identity_id]).get(part.identity_id, ()),
    )  # fmt: skip
    part.topic_id = (answer.row.topic_id if answer.row else None) or next(iter(topic_ids), None)
    part.team_id = answer.team_id
    part.assignee_id = assignee_id
    if assignee_id == DIRECTORY:
        part.assignee = answer.person


def _follow(case: Case, part: Case) -> None:
    for tag_id in case.case_tags.values_list("tag_id", flat=True):
        CaseTag.objects.create(case=part, tag_id=tag_id)
    for bound in IssueCase.objects.filter(case=case, state="BOUND"):
        IssueCase.objects.create(case=part, issue_id=bound.issue_id, bound_by_id=bound.bound_by_id,
                                 bound_at=bound.bound_at)  # fmt: skip
    moving.link(case.pk, part.pk)


def _reckon(case: Case) -> None:
    """Due is what was due first of its posts; what they were promised stands on their places."""
    moving.settle_in_memory(case=case)
    if case.answer_due_at is not None and case.resolution_since is None:
        Deadlines(channel=case.channel).begin_turn(case=case, since=clock.now())
    said = CasePost.objects.filter(case=case).exclude(reason=NoneNeeded.CONTEXT).order_by("-post__posted_at")
    case.last_post_at = said.values_list("post__posted_at", flat=True).first() or case.last_post_at
    case.save(update_fields=_COLUMNS)


def _tell(case: Case, part: Case, actor: User, details: dict[str, Any]) -> None:
    now, batch = clock.now(), str(uuid4())
    CaseEvent.objects.bulk_create(
        [
            CaseEvent(case=case, at=now, act="case.split", actor=actor,
                      details={"to": part.pk, "batch": batch, **details}),
            CaseEvent(case=part, at=now, act="case.opened", details={"intent": part.intent}),
            CaseEvent(case=part, at=now, act="case.split", actor=actor, details={"of": case.pk, "batch": batch}),
        ]
    )  # fmt: skip
    notify(case_ids=[case.pk, part.pk])
