"""What colleagues do with a case: assign it, settle its posts, resolve and reopen it, make one of a post."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction
from django.db.models import Min

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.listening import posts
from resonanz.listening.models import Post
from resonanz.networks.models import Channel
from resonanz.people.identities import Seen, meet
from resonanz.privacy import retention
from resonanz.privacy.models import Purpose
from resonanz.service import intake
from resonanz.service.models import Case, CaseEvent, CasePost, CasePostState, CaseState, NoneNeeded, Outgoing
from resonanz.service.notices import notify
from resonanz.triage.models import Evaluation


class OpenPosts(ResonanzError):
    """The case still has posts that nobody answered or settled."""

    code = "case.open_posts"


class AnotherOpen(ResonanzError):
    """The thread has another open case by now."""

    code = "case.another_open"


class NotInCase(ResonanzError):
    """The post does not belong to this case."""

    code = "case.post_not_in_case"


class CaseGone(ResonanzError):
    """The case is no longer here: its posts were deleted or erased."""

    code = "case.gone"


class NoChannel(ResonanzError):
    """The channel through which the post came was removed, so nobody can answer there."""

    code = "case.no_channel"


class AlreadyClaimed(ResonanzError):
    """Somebody else took the case meanwhile; `name` says who."""

    code = "case.already_claimed"


def note(*, case: Case, act: str, actor: User | None, **details: object) -> CaseEvent:
    """Add to the history of a case, and tell open browsers that it changed; details hold codes and ids."""
    event = CaseEvent.objects.create(case=case, at=clock.now(), act=act, actor=actor, details=details)
    notify(case_ids=[case.pk])
    return event


def hold(*, case_id: int) -> None:
    """Nobody deletes the case until the transaction ends; raises CaseGone. It stands in nobody's way but that of acts.

    Whoever locks something else of a case and then refers to the case asks for it first, as acts do: else the two could
    wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM service_case WHERE id = %s FOR KEY SHARE", [case_id])
        if cursor.fetchone() is None:
            raise CaseGone


def assign(*, case_id: int, assignee_id: int | None, actor: User) -> Case:
    """Give the case to a colleague, or to nobody."""
    with transaction.atomic():
        case = locked(case_id=case_id)
        if case.assignee_id != assignee_id:
            _give(case, assignee_id, "case.assigned", actor)
    return case


def claim(*, case_id: int, actor: User, instead_of: int | None = None) -> Case:
    """Take the case oneself; raises AlreadyClaimed when somebody else has it by now.

    `instead_of` is who had it when the actor looked: from them it may be taken.
    """
    with transaction.atomic():
        case = locked(case_id=case_id)
        if case.assignee_id not in (None, actor.pk, instead_of):
            raise AlreadyClaimed(name=str(case.assignee))
        if case.assignee_id != actor.pk:
            _give(case, actor.pk, "case.claimed", actor)
    return case


def _give(case: Case, assignee_id: int | None, act: str, actor: User) -> None:
    previous, case.assignee_id = case.assignee_id, assignee_id
    case.save(update_fields=["assignee"])
    note(case=case, act=act, actor=actor, assignee=assignee_id, previous=previous)


def needs_no_answer(*, case_id: int, post_id: int, reason: NoneNeeded, actor: User) -> None:
    """Settle a post without an answer, for a reason."""
    with transaction.atomic():
        case = locked(case_id=case_id)
        place = CasePost.objects.filter(case=case, post_id=post_id).first()
        if place is None:
            raise NotInCase
        before = {"was": place.state, "was_reason": place.reason}
        place.state, place.reason = CasePostState.NONE_NEEDED, reason
        place.save(update_fields=["state", "reason"])
        note(case=case, act="case.none_needed", actor=actor, post=post_id, reason=str(reason), **before)
        settle(case=case)


def settle(*, case: Case) -> None:
    """An answer is due when the first open post is, and none once no post is open; call with the case locked."""
    waiting = CasePost.objects.filter(case=case, state=CasePostState.OPEN)
    due = waiting.aggregate(due=Min("due_at"))["due"]
    if case.answer_due_at != due:
        case.answer_due_at = due
        case.save(update_fields=["answer_due_at"])


def resolve(*, case_id: int, actor: User | None) -> Case:
    """Close the case; refused (OpenPosts) while posts in it are open. The daily job deletes earlier wordings."""
    with transaction.atomic():
        case = locked(case_id=case_id)
        if case.state == CaseState.RESOLVED:
            return case
        waiting = CasePost.objects.filter(case=case, state=CasePostState.OPEN).count()
        if waiting:
            raise OpenPosts(count=waiting)
        case.state, case.resolved_at, case.answer_due_at = CaseState.RESOLVED, clock.now(), None
        case.save(update_fields=["state", "resolved_at", "answer_due_at"])
        note(case=case, act="case.resolved", actor=actor)
    return case


def reopen(*, case_id: int, actor: User) -> Case:
    """Open a resolved case again, due as before; refused (AnotherOpen) when its thread has a new one."""
    with transaction.atomic():
        case = locked(case_id=case_id)
        if case.state == CaseState.RESOLVED:
            resolved_at = case.resolved_at.isoformat() if case.resolved_at else ""
            open_again(case=case)
            note(case=case, act="case.reopened", actor=actor, resolved_at=resolved_at)
    return case


def open_again(*, case: Case) -> None:
    """Call with the case locked; raises AnotherOpen."""
    _refuse_beside_another(case)
    case.state, case.resolved_at = CaseState.OPEN, None
    try:
        with transaction.atomic():
            case.save(update_fields=["state", "resolved_at"])
    except IntegrityError:  # a post opened another one in this very moment
        _refuse_beside_another(case)
        raise
    settle(case=case)


def _refuse_beside_another(case: Case) -> None:
    same = Case.objects.filter(
        channel=case.channel, origin=case.origin, root_native_id=case.root_native_id,
        visibility=case.visibility, state=CaseState.OPEN,
    ).first()  # fmt: skip
    if same is not None:
        raise AnotherOpen(case=same.pk)


def open_from_post(*, post_id: int, channel_id: int | None, actor: User) -> Case:
    """Make a case of a post that stayed in Listening; the thread's open case where there is one. Raises NoChannel."""
    with transaction.atomic():
        post = Post.objects.get(pk=post_id)
        channel = Channel.objects.get(pk=channel_id or _channel_of(post))
        identity_id = _identity_of(post)
        arrival = _arrival(post, identity_id)
        touched = intake.take(channel=channel, arrivals=[arrival])
        _serve(post)  # the case is locked before its posts, as in a batch
        case = Case.objects.get(pk=touched[0])
        note(case=case, act="case.made_of_post", actor=actor, post=post.pk)
    return case


def _channel_of(post: Post) -> int:
    """A post that a duty keeps outlives the channel it came through."""
    found = posts.channels_of(post_id=post.pk)
    if not found:
        raise NoChannel
    return found[0]


def _serve(post: Post) -> None:
    """From now on the post is kept to serve its author, not for reputation."""
    post.purpose = Purpose.SERVICE
    due = retention.delete_on(purpose=Purpose.SERVICE, network=post.network, since=clock.now())
    post.delete_on = max(post.delete_on, due)
    post.save(update_fields=["purpose", "delete_on"])


def _identity_of(post: Post) -> int | None:
    if not post.author_native_id:
        return None
    seen = Seen(
        network=post.network, origin=post.origin, native_id=post.author_native_id, handle=post.author_handle,
        name=post.author_name, url="", at=post.posted_at, source=post.source,
        delete_on=retention.delete_on(purpose=Purpose.SERVICE, network=post.network, since=clock.now()),
    )  # fmt: skip
    return meet(seen=[seen])[seen.key]


def _arrival(post: Post, identity_id: int | None) -> intake.Arrival:
    """A person decided that it wants an answer; what the judges said of it routes it."""
    evaluation = Evaluation.objects.filter(post=post).first()
    return intake.Arrival(
        post_id=post.pk,
        origin=post.origin,
        root_id=post.root_native_id,
        visibility=post.visibility,
        posted_at=post.posted_at,
        topic_ids=sorted(post.topics.values_list("id", flat=True)),
        identity_id=identity_id,
        wanted=True,
        intent=intake.intent_as_stored(evaluation),
        urgency=evaluation.urgency if evaluation else 0.0,
    )


def answered_elsewhere(*, parents: list[tuple[str, str, str]]) -> None:
    """We answered these posts outside of Resonanz (on the phone, say); call within the batch's transaction."""
    if not parents:
        return
    ids = posts.known(keys=parents).values()
    waiting = CasePost.objects.filter(post_id__in=ids, state=CasePostState.OPEN, case__state=CaseState.OPEN)
    for case in Case.objects.select_for_update().filter(pk__in=waiting.values("case")).order_by("id"):
        for place in waiting.filter(case=case).order_by("id"):
            place.state, place.reason = CasePostState.NONE_NEEDED, NoneNeeded.ANSWERED_ELSEWHERE
            place.save(update_fields=["state", "reason"])
            note(case=case, act="case.answered_elsewhere", actor=None, post=place.post_id)
        settle(case=case)


def locked(*, case_id: int) -> Case:
    """The case, for one act at a time.

    Whoever had to wait gets the row as it is then, but what is joined to it as it was: so nothing that acts change is.
    """
    return Case.objects.select_for_update(of=("self",)).select_related("channel").get(pk=case_id)


def locked_with_case(*, outgoing_id: int) -> Outgoing | None:
    """The answer, for one act at a time, and before it its case: whoever locks both takes them in this order."""
    rows = Outgoing.objects.filter(pk=outgoing_id)
    list(Case.objects.select_for_update().filter(pk__in=rows.values("case")).values_list("pk"))
    related = rows.select_for_update(of=("self",)).select_related("case", "channel", "in_reply_to", "author")
    return related.first()
