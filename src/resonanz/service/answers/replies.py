"""Replies: what a person writes, ruled on, put on its way, and taken back within the time for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.guidelines.ruling import Outcome, Ruling
from resonanz.listening.models import Post
from resonanz.privacy import audit, retention
from resonanz.privacy.models import Purpose
from resonanz.service.answers import approvals, attachments, drafts, guarding, planning
from resonanz.service.answers.approvals import NotAllowed
from resonanz.service.answers.judging import judge
from resonanz.service.answers.releasing import TIME_TO_UNDO, release
from resonanz.service.answers.superseding import end_request
from resonanz.service.cases import NotInCase, locked, locked_with_case, note, through
from resonanz.service.models import ApprovalState, Case, CasePost, CaseState, Macro, Outgoing, OutgoingState
from resonanz.service.work.acting import following

__all__ = [
    "TIME_TO_UNDO", "AlreadySent", "NotAllowed", "NotYours", "TooLate", "UnderWay", "cancel", "queue_reply",
]  # fmt: skip


class AlreadySent(ResonanzError):
    """The form was sent before, with other words."""

    code = "reply.already_sent"


class UnderWay(ResonanzError):
    """A colleague's answer to this post is on its way."""

    code = "reply.under_way"


class NotYours(ResonanzError):
    """Somebody else asked for this signature."""

    code = "approval.not_yours"


class TooLate(ResonanzError):
    """It is already on its way and cannot be taken back here."""

    code = "reply.too_late"


def queue_reply(
    *, case_id: int, post_id: int, text: str, author: User, key: UUID, then_resolve: bool = False,
    macro_id: int | None = None, planned_for: datetime | None = None,
) -> Outgoing:  # fmt: skip
    """Put an answer on its way: row, audit record and job in one transaction, not due before `TIME_TO_UNDO`.

    Where the guideline wants a signature it waits for that (AWAITING); where the network takes no answers from here it
    is there to be posted by hand (ASSISTED). `key` belongs to the form: sent twice, it is one reply. `then_resolve`:
    the case is resolved once it is sent, unless something else is open in it. Refused, the words stay as the author's
    draft. `macro_id`: the macro it began with. `planned_for`: it does not leave before, and not at all once somebody
    writes in the case (`planning`). Where the case was merged, it answers in the one in which that goes on. Raises
    Case.DoesNotExist, NotAllowed, NotInCase, UnderWay, AlreadySent, approvals.Overtaken, and as `planning.check`.
    """
    text = clean(text, most=drafts.MOST_CHARACTERS)
    try:
        return following(
            case_id,
            lambda standing_id: _queue_reply(
                standing_id, post_id, text, author, key, then_resolve, macro_id, planned_for
            ),
        )
    except (NotAllowed, UnderWay, AlreadySent, approvals.Overtaken, attachments.NotFit, *planning.REFUSALS):
        if text:
            drafts.keep(case_id=case_id, post_id=post_id, text=text, author=author, key=key)
        raise


def _queue_reply(
    case_id: int,
    post_id: int,
    text: str,
    author: User,
    key: UUID,
    then_resolve: bool,
    macro_id: int | None,
    planned_for: datetime | None = None,
) -> Outgoing:
    with transaction.atomic():
        case = locked(case_id=case_id)
        draft = drafts.taken_for_reply(case_id=case_id, author=author, key=key, text=text)
        earlier = None if draft else Outgoing.objects.filter(key=key).first()
        if earlier is not None and earlier.state != OutgoingState.CANCELLED:
            return _only_once(earlier, text, author)
        ruling = _ruled(case, post_id, text, author)
        if _others_answer(post_id, author):
            raise UnderWay
        outgoing = draft or Outgoing(key=uuid4() if earlier else key)
        outgoing.then_resolve = then_resolve
        outgoing.macro = Macro.objects.filter(pk=macro_id).first() if macro_id else None
        post = _fill(outgoing, case, post_id, text, author, ruling)
        _plan(outgoing, case, post, planned_for)
        attachments.check(outgoing=outgoing)
        _take_stopped(case, post_id, author)
        if ruling.outcome is Outcome.NEEDS_APPROVAL:
            if case.state != CaseState.OPEN:  # nobody is asked to sign in a case that is done
                raise approvals.Overtaken
            outgoing.state, outgoing.due_at = OutgoingState.AWAITING, None
            outgoing.save()
            approvals.request(outgoing=outgoing, ruling=ruling, author=author)
        else:
            release(outgoing=outgoing, ruling=ruling, actor=author, act="reply.queued")
    return outgoing


def _plan(outgoing: Outgoing, case: Case, post: Post, planned_for: datetime | None) -> None:
    """When it shall leave, and up to where its author knew what was said."""
    outgoing.planned_for, outgoing.newest_place = planned_for, 0
    if planned_for is not None:
        planning.check(planned_for=planned_for, channel=outgoing.channel, post=post, visibility=outgoing.visibility)
        outgoing.newest_place = guarding.newest_place(case_id=case.pk)


def _only_once(earlier: Outgoing, text: str, author: User) -> Outgoing:
    """The reply of a form that is sent twice; two tabs that show the same form may have written different things."""
    if earlier.author_id == author.pk and not drafts.is_said(text=text, by=earlier):
        raise AlreadySent
    return earlier


def _ruled(case: Case, post_id: int, text: str, author: User) -> Ruling:
    """The ruling that lets it pass, perhaps with a signature; raises where there is none."""
    ruling = judge(case=case, text=text, author=author, post_id=post_id).ruling
    if ruling.outcome is Outcome.FORBIDDEN:
        raise NotAllowed(clause=ruling.clause, outcome=ruling.outcome.value, **ruling.params)
    return ruling


def _others_answer(post_id: int, author: User) -> bool:
    """Whether a colleague's answer to the same post has not arrived yet; a public answer is given once."""
    on_its_way = [
        OutgoingState.AWAITING, OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNKNOWN,
        OutgoingState.ASSISTED,
    ]  # fmt: skip
    return Outgoing.objects.filter(in_reply_to_id=post_id, state__in=on_its_way).exclude(author=author).exists()


def _fill(outgoing: Outgoing, case: Case, post_id: int, text: str, author: User, ruling: Ruling) -> Post:
    """All that it is but when it leaves; gives the post that it answers."""
    place = CasePost.objects.select_related("post").filter(case=case, post_id=post_id).first()
    if place is None:
        raise NotInCase
    now = clock.now()
    outgoing.channel, outgoing.case, outgoing.in_reply_to = through(case=case, post=place.post), case, place.post
    outgoing.parent_native_id, outgoing.root_native_id = place.post.native_id, place.post.root_native_id
    outgoing.visibility, outgoing.author = case.visibility, author
    outgoing.text, outgoing.ruling = text, ruling.as_record()
    outgoing.created_at = now
    outgoing.delete_on = retention.delete_on(purpose=Purpose.SERVICE, network=case.channel.network, since=now)
    return place.post


def _take_stopped(case: Case, post_id: int, author: User) -> None:
    """What the guideline stopped at the door gives way to what its author sends instead."""
    stopped = Outgoing.objects.filter(
        case=case, in_reply_to_id=post_id, author=author, state=OutgoingState.FAILED,
        failure_code__in=guarding.STOPPED,
    )  # fmt: skip
    stopped.update(state=OutgoingState.CANCELLED)


def cancel(*, outgoing_id: int, actor: User) -> Outgoing:
    """Take a reply back before it is sent, or posted by hand; raises TooLate once it is on its way.

    Its words are the draft again: its author's, or the actor's where the author is no longer here. What awaits a
    signature is taken back by its author alone (NotYours), as long as they are here.
    """
    with transaction.atomic():
        outgoing = locked_with_case(outgoing_id=outgoing_id)
        if outgoing is None:
            raise TooLate
        if outgoing.state in (OutgoingState.CANCELLED, OutgoingState.DRAFT):
            return outgoing
        if outgoing.state not in _TAKEN_BACK:
            raise TooLate
        _end_approval(outgoing, actor)
        outgoing.state, outgoing.due_at = OutgoingState.CANCELLED, None
        outgoing.save(update_fields=["state", "due_at"])
        audit.record(act="reply.cancelled", actor=actor_of(actor), thing="outgoing", thing_id=outgoing.pk)
        if outgoing.case:
            note(case=outgoing.case, act="reply.cancelled", actor=actor, outgoing=outgoing.pk)
        drafts.put_back(outgoing=outgoing, to=None if _is_here(outgoing.author) else actor)
    return outgoing


_TAKEN_BACK = (OutgoingState.AWAITING, OutgoingState.QUEUED, OutgoingState.FAILED, OutgoingState.ASSISTED)


def _end_approval(outgoing: Outgoing, actor: User) -> None:
    if outgoing.state != OutgoingState.AWAITING:
        end_request(outgoing=outgoing, state=ApprovalState.WITHDRAWN)
    elif outgoing.author_id != actor.pk and _is_here(outgoing.author):
        raise NotYours
    else:
        approvals.withdraw(outgoing=outgoing, actor=actor)


def _is_here(author: User | None) -> bool:
    return author is not None and author.is_active
