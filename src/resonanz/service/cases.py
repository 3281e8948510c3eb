"""What colleagues do with a case: assign it, settle its posts, resolve and reopen it, make one of a post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db import IntegrityError, connection, transaction
from django.db.models import Min

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.duties.models import ResponseTarget, TargetKind
from resonanz.listening import posts
from resonanz.listening.models import Post
from resonanz.networks.models import Channel
from resonanz.people.identities import Seen, meet
from resonanz.privacy import retention
from resonanz.privacy.models import Purpose
from resonanz.service import intake, naming
from resonanz.service.answers.superseding import supersede
from resonanz.service.models import Case, CaseEvent, CasePost, CasePostState, CaseState, NoneNeeded, Outgoing
from resonanz.service.notices import notify
from resonanz.service.times import weighing
from resonanz.service.times.deadlines import Deadlines
from resonanz.service.work import crises, declarations
from resonanz.service.work.acting import CLAIM, CaseAct, Merged, act_on, before, following, not_merged
from resonanz.service.work.acting import CaseGone as CaseGone
from resonanz.service.work.closing import OpenPosts as OpenPosts
from resonanz.service.work.closing import Resolve
from resonanz.service.work.leases import AlreadyClaimed as AlreadyClaimed
from resonanz.service.work.leases import claim as claim
from resonanz.service.work.leases import end_claim
from resonanz.triage.models import Evaluation


class AnotherOpen(ResonanzError):
    """The thread has another open case by now."""

    code = "case.another_open"


class NotInCase(ResonanzError):
    """The post does not belong to this case."""

    code = "case.post_not_in_case"


class NoChannel(ResonanzError):
    """The channel through which the post came was removed, so nobody can answer there."""

    code = "case.no_channel"


@dataclass(frozen=True, slots=True)
class Assign(CaseAct):
    """Make a colleague responsible, or nobody. Whoever else works on it then works on it no more."""

    assignee_id: int | None

    name: ClassVar[str] = "case.assigned"
    columns: ClassVar[tuple[str, ...]] = ("assignee_id", *CLAIM)

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Nothing where it is so already."""
        if case.assignee_id == self.assignee_id:
            return None
        stood = before(case, self.columns)
        case.assignee_id = self.assignee_id
        if case.claimed_by_id != self.assignee_id:
            end_claim(case)
        return {"assignee": self.assignee_id, "before": stood}


_STAYS = {
    "note.written", "enquiry.asked", "enquiry.answered", "case.linked", "case.unlinked", "reply.queued", "reply.sent",
    "reply.cancelled",
}  # fmt: skip
"""Acts that bring no case into a list in which it did not stand."""


def note(*, case: Case, act: str, actor: User | None, **details: object) -> CaseEvent:
    """Add to the history of a case, and tell open browsers that it changed; details hold codes and ids."""
    event = CaseEvent.objects.create(case=case, at=clock.now(), act=act, actor=actor, details=details)
    notify(case_ids=[case.pk], stays=act in _STAYS)
    return event


def hold(*, case_id: int) -> None:
    """Nobody deletes the case until the transaction ends; raises CaseGone and Merged.

    It stands in nobody's way but that of acts.
    Whoever locks something else of a case and then refers to the case asks for it first, as acts do: else the two could
    wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT merged_into_id FROM service_case WHERE id = %s FOR KEY SHARE", [case_id])
        found = cursor.fetchone()
    if found is None:
        raise CaseGone
    if found[0] is not None:
        raise Merged(found[0])


def assign(*, case_id: int, assignee_id: int | None, actor: User) -> Case:
    """Make a colleague responsible for the case, or nobody."""
    return act_on(act=Assign(assignee_id), case_id=case_id, actor=actor)


def needs_no_answer(*, case_id: int, post_id: int, reason: NoneNeeded, actor: User) -> None:
    """Settle a post without an answer, for a reason."""
    following(case_id, lambda standing_id: _needs_no_answer(standing_id, post_id, reason, actor))


def _needs_no_answer(case_id: int, post_id: int, reason: NoneNeeded, actor: User) -> None:
    with transaction.atomic():
        case = locked(case_id=case_id)
        place = CasePost.objects.filter(case=case, post_id=post_id).first()
        if place is None:
            raise NotInCase
        before = {"was": place.state, "was_reason": place.reason}
        place.state, place.reason = CasePostState.NONE_NEEDED, reason
        place.save(update_fields=["state", "reason"])
        note(case=case, act="case.none_needed", actor=actor, post=post_id, reason=str(reason), **before)
        end_requests(case=case, post_id=post_id)
        settle(case=case)


def end_requests(*, case: Case, post_id: int) -> None:
    """What awaits a signature as an answer to this post is overtaken; call with the case locked."""
    for outgoing in supersede(cases=[case], post_id=post_id):
        note(case=case, act="approval.superseded", actor=None, outgoing=outgoing.pk)


def settle(*, case: Case) -> None:
    """An answer is due when the first open post is, and none once no post is open; call with the case locked."""
    waiting = CasePost.objects.filter(case=case, state=CasePostState.OPEN)
    due = waiting.aggregate(due=Min("due_at"))["due"]
    if case.answer_due_at != due:
        case.answer_due_at = due
        case.save(update_fields=["answer_due_at"])
    if (due is not None) != (case.resolution_since is not None):
        _pass_turn(case, ours=due is not None)


def _pass_turn(case: Case, *, ours: bool) -> None:
    """The time for a resolution runs while it is our turn, if one is promised."""
    if ours and not ResponseTarget.objects.filter(kind=TargetKind.RESOLUTION).exists():
        return
    deadlines = Deadlines(channel=case.channel)
    if ours:
        deadlines.begin_turn(case=case, since=clock.now())
    else:
        deadlines.end_turn(case=case, at=clock.now())
    case.save(update_fields=["resolution_since", "resolution_due_at", "resolution_used_seconds"])


def resolve(*, case_id: int, actor: User | None, reason: str = "") -> Case:
    """Close the case; refused (OpenPosts) while posts in it are open, unless a reason settles them (`closing.Resolve`).

    Raises NoReason where nobody answered and nothing says why, and NothingAnswered.
    """
    return act_on(act=Resolve(reason), case_id=case_id, actor=actor)


def reopen(*, case_id: int, actor: User) -> Case:
    """Open a resolved case again, due as before; refused (AnotherOpen) when its thread has a new one."""
    return _reopen(case_id, actor)


def open_for_what_was_added(*, case_id: int) -> Case:
    """The same without a colleague: somebody wrote into a post what must not pass unseen."""
    return _reopen(case_id, None)


def _reopen(case_id: int, actor: User | None) -> Case:
    with transaction.atomic():
        case = locked(case_id=case_id)
        if case.state == CaseState.RESOLVED:
            stood = before(case, ("resolved_at", "closed_because"))
            open_again(case=case)
            note(case=case, act="case.reopened", actor=actor, before=stood)
    return case


def open_again(*, case: Case) -> None:
    """Call with the case locked; raises AnotherOpen."""
    _refuse_beside_another(case)
    case.state, case.resolved_at, case.closed_because = CaseState.OPEN, None, ""
    try:
        with transaction.atomic():
            case.save(update_fields=["state", "resolved_at", "closed_because"])
    except IntegrityError:  # a post opened another one in this very moment
        _refuse_beside_another(case)
        raise
    settle(case=case)


def _refuse_beside_another(case: Case) -> None:
    refuse_beside_others(closed=[case])


def refuse_beside_others(*, closed: Sequence[Case]) -> None:
    """Raises AnotherOpen where the thread of one of these cases has another open case by now."""
    roots = {case.root_native_id for case in closed}
    others = Case.objects.filter(state=CaseState.OPEN, root_native_id__in=roots).exclude(
        pk__in=[case.pk for case in closed]
    )
    threads = {(case.channel_id, *intake.thread_of_case(case)) for case in closed}
    for other in others.filter(channel__in={case.channel_id for case in closed}).order_by("pk"):
        if (other.channel_id, *intake.thread_of_case(other)) in threads:
            raise AnotherOpen(case=other.pk)


def open_from_post(*, post_id: int, channel_id: int | None, actor: User) -> Case:
    """Make a case of a post that stayed in Listening; the thread's open case where there is one. Raises NoChannel."""
    with transaction.atomic():
        post = Post.objects.get(pk=post_id)
        channel = Channel.objects.get(pk=channel_id or _channel_of(post))
        identity_id = identity_of(post)
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


def arrival_of(*, post: Post) -> intake.Arrival:
    """A post that was stored before, as intake takes it: a person decided that it wants an answer."""
    return _arrival(post, identity_of(post))


def _serve(post: Post) -> None:
    """From now on the post is kept to serve its author, not for reputation."""
    post.purpose = Purpose.SERVICE
    due = retention.delete_on(purpose=Purpose.SERVICE, network=post.network, since=clock.now())
    post.delete_on = max(post.delete_on, due)
    post.save(update_fields=["purpose", "delete_on"])


def identity_of(post: Post) -> int | None:
    """The record of whoever wrote it, made where there is none yet."""
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
        network=post.network,
        origin=post.origin,
        root_id=post.root_native_id,
        visibility=post.visibility,
        posted_at=post.posted_at,
        topic_ids=sorted(post.topics.values_list("id", flat=True)),
        identity_id=identity_id,
        wanted=True,
        intent=intake.intent_as_stored(evaluation),
        urgency=weighing.of_post(post=post, said_and_how=evaluation.urgency) if evaluation else 0.0,
        author_id=post.author_native_id or post.native_id,
        language=post.language,
        names_employee=bool(naming.pieces(post.text)),
        declared=declarations.chance_as_stored(evaluation=evaluation),
        is_crisis=crises.as_stored(evaluation=evaluation),
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
            end_requests(case=case, post_id=place.post_id)
        settle(case=case)


def locked(*, case_id: int) -> Case:
    """The case, for one act at a time; raises Merged.

    Whoever had to wait gets the row as it is then, but what is joined to it as it was: so nothing that acts change is.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("channel").get(pk=case_id)
    not_merged(case)
    return case


def through(*, case: Case, post: Post) -> Channel:
    """The channel through which a post in the case is answered; in a merged case it may not be the case's own."""
    found = posts.channels_of(post_id=post.pk)
    if not found or case.channel_id in found:
        return case.channel
    of_network = Channel.objects.filter(pk__in=found, network=case.channel.network).order_by("pk")
    return next((one for one in of_network if one.brand_id == case.channel.brand_id), case.channel)


def locked_with_case(*, outgoing_id: int) -> Outgoing | None:
    """The answer, for one act at a time, and before it its case: whoever locks both takes them in this order."""
    rows = Outgoing.objects.filter(pk=outgoing_id)
    held: set[int | None] = {None}
    # While one waits for its case, it may move to another one; seldom enough, the second time it stays.
    while (case_id := rows.values_list("case_id", flat=True).first()) not in held:
        list(Case.objects.select_for_update().filter(pk=case_id or 0).values_list("pk"))
        held.add(case_id)
    related = rows.select_for_update(of=("self",)).select_related("case", "channel", "in_reply_to", "author")
    return related.first()
