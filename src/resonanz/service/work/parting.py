"""Private cases of several people, as they could arise before a private case belonged to one person: each gets theirs.

What is private belongs to one person and never shows beside what somebody else said. What colleagues noted there stays
with the case, because nobody can tell whom it is about.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from resonanz.core import clock
from resonanz.listening.models import Post, Visible
from resonanz.service.cases import identity_of, note
from resonanz.service.models import Case, CasePost, CaseState
from resonanz.service.work import moving

MOST = 500


def shared() -> QuerySet[Case]:
    """Settled private cases in which several people spoke."""
    speaker = Q(case_posts__post__speaker="OUTSIDER")
    found = Case.objects.filter(visibility=Visible.PRIVATE, state=CaseState.RESOLVED, merged_into__isnull=True)
    several = found.annotate(people=Count("case_posts__post__author_native_id", filter=speaker, distinct=True))
    return several.filter(people__gt=1).order_by("pk")


def part_all() -> int:
    """Part every such case; how many. Killed at any moment, the next call goes on where this one stopped."""
    count = 0
    while ids := list(shared().values_list("pk", flat=True)[:MOST]):
        for case_id in ids:
            with transaction.atomic():
                _part(Case.objects.select_for_update(of=("self",)).select_related("channel").get(pk=case_id))
        count += len(ids)
    return count


def _part(case: Case) -> None:
    said = CasePost.objects.filter(case=case, post__speaker="OUTSIDER").select_related("post")
    by_author: dict[str, list[CasePost]] = {}
    for place in said.order_by("post__posted_at", "pk"):
        by_author.setdefault(place.post.author_native_id, []).append(place)
    if case.private_with not in by_author:
        case.private_with = next(iter(by_author))
        case.identity_id = identity_of(by_author[case.private_with][0].post)
        case.save(update_fields=["private_with", "identity"])
    for author, places in by_author.items():
        if author != case.private_with:
            _give_own(case, author, places)
    last = max(place.post.posted_at for place in by_author[case.private_with])
    Case.objects.filter(pk=case.pk).update(last_post_at=last)


def _give_own(case: Case, author: str, places: list[CasePost]) -> None:
    first, last = places[0].post, places[-1].post
    own = Case.objects.create(
        channel=case.channel, network=case.network, origin=case.origin, root_native_id=case.root_native_id,
        visibility=case.visibility, private_with=author, state=CaseState.RESOLVED, closed_because=case.closed_because,
        intent=case.intent, urgency=case.urgency, topic_id=case.topic_id, identity_id=identity_of(first),
        team_id=case.team_id, assignee_id=case.assignee_id, opened_at=case.opened_at, last_post_at=last.posted_at,
        first_reply_at=case.first_reply_at, resolved_at=case.resolved_at or clock.now(),
        names_employees=case.names_employees,
    )  # fmt: skip
    theirs = [place.post for place in places]
    to_them = Post.objects.filter(
        case_posts__case=case, speaker="OWN", parent_native_id__in=[post.native_id for post in theirs]
    )
    going = [post.pk for post in theirs] + list(to_them.values_list("pk", flat=True))
    moving.move_posts(post_ids=going, source=case, target=own)
    note(case=own, act="case.parted", actor=None, of=case.pk)
