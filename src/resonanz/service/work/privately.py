"""From public to private: what was said in public is answered in private, in a case of its own beside the public one.

Where a network lets us write first, the answer goes there at once. Where the person has to write first, they are asked
to, in public and without asking for anything about them (`service.answers.inviting`); what they then write opens its
own case, as every private message does.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.listening.models import Post, Speaker, Visible
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.service import intake
from resonanz.service.cases import CaseGone, NotInCase, arrival_of, end_requests, locked, note, settle, through
from resonanz.service.models import Case, CasePost, CasePostState, CaseState, NoneNeeded
from resonanz.service.work import linking
from resonanz.service.work.acting import following, not_merged

CONTINUED = "case.continued_in_private"


class AlreadyPrivate(ResonanzError):
    """What was said in private cannot become more private."""

    code = "private.already"


class NobodyThere(ResonanzError):
    """Nobody is known who said it, or it was ourselves."""

    code = "private.nobody"


class TheyWriteFirst(ResonanzError):
    """This network lets us write to nobody who has not written to us in private before."""

    code = "private.they_write_first"


def may_write_first(*, network: str) -> bool:
    """Whether what was said in public there can be answered in private."""
    try:
        return able(registry.connector(network), Capability.ANSWER_IN_PRIVATE)
    except registry.UnknownNetwork:
        return False


def continue_in_private(*, case_id: int, post_id: int, actor: User) -> Case:
    """The private case in which this post is answered from now on; its clock runs on there. Twice leads to the same.

    Raises CaseGone, NotInCase, AlreadyPrivate, NobodyThere, TheyWriteFirst.
    """
    return following(case_id, lambda standing_id: _continue(standing_id, post_id, actor))


def _continue(case_id: int, post_id: int, actor: User) -> Case:
    with transaction.atomic():
        post = _said_in_public(case_id, post_id)
        case = Case.objects.select_related("channel").get(pk=case_id)
        beside = _lock_with_beside(case, post)
        public = locked(case_id=case_id)
        arrival = replace(arrival_of(post=post), visibility=Visible.PRIVATE, root_id=public.root_native_id)
        private_id = intake.take(channel=through(case=public, post=post), arrivals=[arrival])[0]
        if not beside:
            _with_whom_it_was(private_id, public, actor)
        _leave(public, post_id, private_id, actor)
        linking.link(case_id=public.pk, other_id=private_id, actor=actor)
    return Case.objects.get(pk=private_id)


def _said_in_public(case_id: int, post_id: int) -> Post:
    place = CasePost.objects.filter(case_id=case_id, post_id=post_id).select_related("post", "case").first()
    if place is None:
        case = Case.objects.filter(pk=case_id).first()
        if case is None:
            raise CaseGone
        not_merged(case)
        raise NotInCase
    post = place.post
    if post.visibility != Visible.PUBLIC or place.case.visibility != Visible.PUBLIC:
        raise AlreadyPrivate
    if post.speaker != Speaker.OUTSIDER or not post.author_native_id:
        raise NobodyThere
    if not may_write_first(network=post.network):
        raise TheyWriteFirst
    return post


def _lock_with_beside(public: Case, post: Post) -> bool:
    """Lock both, the smaller id first; whether the person's private case is open already."""
    same = Case.objects.filter(
        channel=through(case=public, post=post), state=CaseState.OPEN, network=post.network,
        origin=post.origin, root_native_id=public.root_native_id, visibility=Visible.PRIVATE,
        private_with=post.author_native_id,
    )  # fmt: skip
    ids = [public.pk, *same.values_list("pk", flat=True)]
    list(Case.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    return len(ids) > 1


def _with_whom_it_was(private_id: int, public: Case, actor: User) -> None:
    """Whoever has the public case goes on, unless an employee is named in it: then a neutral person does."""
    rows = Case.objects.filter(pk=private_id, names_employees=False)
    rows.update(assignee_id=public.assignee_id or actor.pk, team_id=public.team_id, topic_id=public.topic_id)


def _leave(public: Case, post_id: int, private_id: int, actor: User) -> None:
    """In public nothing waits on this post any more."""
    place = CasePost.objects.get(case=public, post_id=post_id)
    if place.state == CasePostState.OPEN:
        place.state, place.reason = CasePostState.NONE_NEEDED, NoneNeeded.IN_PRIVATE
        place.save(update_fields=["state", "reason"])
        note(case=public, act=CONTINUED, actor=actor, post=post_id, other=private_id)
        end_requests(case=public, post_id=post_id)
        settle(case=public)
