"""One message to everybody whose case is about a known issue, once it is solved.

    begun ──► each bound case in a transaction of its own: told, or left out for a reason that is kept
      │          told: judged, signed where it must be, and queued like any answer; the outbox sends it once
      └────► stopped: what has not left is taken back; begun again, it goes on with those

Killed at any moment, the next call goes on with the cases that are neither told nor left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Q, QuerySet

from resonanz.accounts.access import Act, may
from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.guidelines.ruling import LEADS, Outcome, Ruling
from resonanz.listening.models import Post
from resonanz.privacy import audit, retention, tombstones
from resonanz.privacy.models import Purpose, TombstoneKind
from resonanz.service.answers import addressing, approvals, guarding, signing
from resonanz.service.answers.judging import judge
from resonanz.service.answers.releasing import release
from resonanz.service.answers.superseding import end_request, take_off
from resonanz.service.cases import locked_with_case, note, through
from resonanz.service.models import (
    Approval,
    ApprovalState,
    BoundState,
    Case,
    CasePost,
    CaseState,
    IssueCase,
    IssueState,
    IssueWording,
    KnownIssue,
    LeftOut,
    Occasion,
    Outgoing,
    OutgoingState,
    Telling,
)
from resonanz.service.work.known_issues import wording_for

CHUNK = 20
STALLED_AFTER = timedelta(minutes=2)
_OURS = [
    OutgoingState.AWAITING, OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNKNOWN, OutgoingState.ASSISTED,
]  # fmt: skip
_TAKEN_BACK = [OutgoingState.AWAITING, OutgoingState.QUEUED]


class NotSolved(ResonanzError):
    """There is nothing to tell yet."""

    code = "issue.not_solved"


class NothingReleased(ResonanzError):
    """No wording of what is told at the end was released."""

    code = "issue.nothing_released"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many would be told, and how many are left out for which reason; `named` are those with their cases."""

    told: int
    left_out: dict[str, int]
    named: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    total: int
    told: int
    sent: int
    failed: int
    left_out: int

    @property
    def done(self) -> int:
        return self.told + self.left_out


def preview(*, issue_id: int) -> Counted:
    """Who would be told as things stand now; the guideline speaks for each of them only when it is their turn."""
    issue = KnownIssue.objects.get(pk=issue_id)
    wordings = list(issue.wordings.all())
    told, left_out, spoken_to = 0, [], set[object]()
    for bound in _standing(issue).filter(state__in=[BoundState.BOUND, BoundState.LEFT_OUT]).order_by("pk"):
        target = _target(bound.case)
        why = _why_not(bound, issue, wordings, target)
        people = _people(bound.case, target)
        if why is None and people & spoken_to:
            why = LeftOut.TOLD_ELSEWHERE
        if why is None:
            told += 1
            spoken_to |= people
        else:
            left_out.append((bound.case_id, str(why)))
    return Counted(told, dict(Counter(why for _, why in left_out)), left_out)


def begin(*, issue_id: int, actor: User) -> KnownIssue:
    """Tell everybody who was not told yet, those among them whose message was stopped at the door.

    Raises NotSolved, NothingReleased. The caller puts `go_on` on the queue.
    """
    with transaction.atomic():
        issue = KnownIssue.objects.select_for_update(of=("self",)).get(pk=issue_id)
        if issue.state != IssueState.SOLVED:
            raise NotSolved
        if not issue.wordings.filter(occasion=Occasion.SOLVED, state="RELEASED").exists():
            raise NothingReleased
        issue.telling, issue.teller, issue.moved_at = Telling.RUNNING, actor, clock.now()
        issue.save(update_fields=["telling", "teller", "moved_at"])
        left_out = Q(state=BoundState.LEFT_OUT, outgoing__isnull=True)
        never_left = Q(outgoing__state=OutgoingState.FAILED, outgoing__failure_code__in=guarding.STOPPED)
        again = IssueCase.objects.filter(left_out | never_left, issue=issue).values("pk")
        IssueCase.objects.filter(pk__in=again).update(state=BoundState.BOUND, why="")
        audit.record(act="issue.telling_begun", actor=actor_of(actor), thing="known_issue", thing_id=issue.pk)
    return issue


def go_on(*, issue_id: int) -> bool:
    """Some more of them; whether any are left."""
    issue = KnownIssue.objects.filter(pk=issue_id, telling=Telling.RUNNING).first()
    if issue is None:
        return False
    ids = list(_standing(issue).filter(state=BoundState.BOUND).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    for bound_id in ids:
        _tell_one(issue_id, bound_id)
    running = KnownIssue.objects.filter(pk=issue_id, telling=Telling.RUNNING)
    if ids:
        return bool(running.update(moved_at=clock.now()))
    running.update(telling=Telling.DONE, moved_at=clock.now())
    return False


def stop(*, issue_id: int, actor: User) -> int:
    """Tell nobody more, and take back what has not left; how much that was.

    What is with the network at this moment, and comes back to be tried later, the door stops (`guarding`).
    """
    with transaction.atomic():
        issue = KnownIssue.objects.select_for_update(of=("self",)).get(pk=issue_id)
        if issue.telling == Telling.NOT_BEGUN:
            return 0
        issue.telling = Telling.STOPPED
        issue.save(update_fields=["telling"])
        audit.record(act="issue.telling_stopped", actor=actor_of(actor), thing="known_issue", thing_id=issue.pk)
    waiting = Outgoing.objects.filter(told_of_issue__issue=issue_id, state__in=_TAKEN_BACK)
    return sum(_take_back(outgoing_id, actor) for outgoing_id in list(waiting.values_list("pk", flat=True)))


def progress(*, issue: KnownIssue) -> Progress:
    """How many were told and left out, and what became of the messages."""
    rows = list(_standing(issue).values_list("state", "outgoing__state"))
    arrived = [outgoing for state, outgoing in rows if state == BoundState.TOLD]
    return Progress(
        total=len(rows),
        told=len(arrived),
        sent=arrived.count(OutgoingState.SENT),
        failed=arrived.count(OutgoingState.FAILED) + arrived.count(OutgoingState.CANCELLED),
        left_out=sum(state == BoundState.LEFT_OUT for state, _ in rows),
    )


def stalled() -> list[int]:
    """Those whose job was lost."""
    still = KnownIssue.objects.filter(telling=Telling.RUNNING, moved_at__lt=clock.now() - STALLED_AFTER)
    return list(still.order_by("pk").values_list("pk", flat=True))


def _standing(issue: KnownIssue) -> QuerySet[IssueCase]:
    """The bound cases; where one was merged, the surviving one is bound."""
    bound = IssueCase.objects.filter(issue=issue, case__merged_into__isnull=True)
    return bound.select_related("case__channel", "case__identity", "outgoing")


def _tell_one(issue_id: int, bound_id: int) -> None:
    """One person, whole or not at all. The issue is locked behind the case, so that nobody is told in two cases."""
    with transaction.atomic():
        case_id = IssueCase.objects.filter(pk=bound_id).values_list("case_id", flat=True).first() or 0
        list(Case.objects.select_for_update(of=("self",)).filter(pk=case_id))
        issue = KnownIssue.objects.select_for_update(of=("self",)).select_related("teller").get(pk=issue_id)
        bound = _standing(issue).select_for_update(of=("self",)).filter(pk=bound_id, state=BoundState.BOUND).first()
        if bound is None or issue.telling != Telling.RUNNING:
            return
        teller = issue.teller
        if teller is None or not (teller.is_active and may(teller, Act.ANSWER)):
            _stop_without_teller(issue)
            return
        _take_off_stopped(bound)
        target, wordings = _target(bound.case), list(issue.wordings.all())
        why = _why_not(bound, issue, wordings, target)
        if why is None and target is not None:
            why = _say(bound, teller, target, wordings)
        bound.why = why or ""
        bound.state = BoundState.LEFT_OUT if why else BoundState.TOLD
        bound.save(update_fields=["state", "why", "outgoing"])


def _stop_without_teller(issue: KnownIssue) -> None:
    """Whoever began may not answer any more, so nobody stands for it; a colleague begins again."""
    issue.telling = Telling.STOPPED
    issue.save(update_fields=["telling"])
    audit.record(act="issue.telling_stopped", actor=audit.SYSTEM, thing="known_issue", thing_id=issue.pk)


def _take_off_stopped(bound: IssueCase) -> None:
    """The message that was stopped at the door gives way to the one that is told now."""
    if bound.outgoing is not None:
        Outgoing.objects.filter(pk=bound.outgoing.pk, state=OutgoingState.FAILED).update(state=OutgoingState.CANCELLED)
        bound.outgoing = None


def _target(case: Case) -> Post | None:
    """What the message answers: the newest post of the person whose case it is, else of anybody outside."""
    said = Post.objects.filter(case_posts__case=case, speaker="OUTSIDER").order_by("-posted_at", "-pk")
    if case.identity is not None:
        own = said.filter(author_native_id=case.identity.native_id).first()
        if own is not None:
            return own
    return said.first()


def _why_not(
    bound: IssueCase, issue: KnownIssue, wordings: Collection[IssueWording], target: Post | None
) -> LeftOut | None:
    """Why this person is not told; None where nothing speaks against it but perhaps the guideline."""
    if target is None:
        return LeftOut.NOBODY_TO_ANSWER
    account = tombstones.account_hash(target.network, target.origin, target.author_native_id)
    if tombstones.raised(kind=TombstoneKind.ACCOUNT, hashes=[account]):
        return LeftOut.SUPPRESSED
    if guarding.said_stop(case=bound.case, author_native_id=target.author_native_id):
        return LeftOut.STOP
    if _answered_by_hand(bound, issue, target):
        return LeftOut.ANSWERED_BY_HAND
    if _told_elsewhere(bound, issue, target):
        return LeftOut.TOLD_ELSEWHERE
    if wording_for(wordings=wordings, occasion=Occasion.SOLVED, language=target.language) is None:
        return LeftOut.NO_WORDING
    channel, visibility = through(case=bound.case, post=target), bound.case.visibility
    takes = addressing.takes_answer(channel=channel, post=target, visibility=visibility)
    return None if takes else LeftOut.BY_HAND_ONLY


def _answered_by_hand(bound: IssueCase, issue: KnownIssue, target: Post) -> bool:
    """A colleague said it, or is about to, since the issue was solved."""
    others = Outgoing.objects.filter(case=bound.case).exclude(pk=bound.outgoing_id or 0)
    since = others.filter(state=OutgoingState.SENT, sent_at__gte=issue.solved_at) if issue.solved_at else others.none()
    return since.exists() or others.filter(in_reply_to=target, state__in=_OURS).exists()


def _told_elsewhere(bound: IssueCase, issue: KnownIssue, target: Post) -> bool:
    """As a person whose case it is, or as the account to which the message went."""
    told = IssueCase.objects.filter(issue=issue, state=BoundState.TOLD).exclude(pk=bound.pk)
    same = Q(
        outgoing__in_reply_to__network=target.network,
        outgoing__in_reply_to__origin=target.origin,
        outgoing__in_reply_to__author_native_id=target.author_native_id,
    )
    if not target.author_native_id:
        same = Q(outgoing__in_reply_to=target)
    if bound.case.identity is not None:
        same |= Q(case__identity__person=bound.case.identity.person_id)
    return told.filter(same).exists()


def _people(case: Case, target: Post | None) -> set[object]:
    """Who would hear it in this case: the person, and the account."""
    people: set[object] = {case.identity.person_id} if case.identity is not None else set()
    if target is not None and target.author_native_id:
        people.add((target.network, target.origin, target.author_native_id))
    return people


def _say(bound: IssueCase, teller: User, target: Post, wordings: Collection[IssueWording]) -> LeftOut | None:
    wording = wording_for(wordings=wordings, occasion=Occasion.SOLVED, language=target.language)
    if wording is None:
        return LeftOut.NO_WORDING
    ruling = judge(case=bound.case, text=wording.text, author=teller, at_send=True, post_id=target.pk).ruling
    signed = ruling.outcome is Outcome.NEEDS_APPROVAL and _signature_holds(wording, ruling, teller)
    if ruling.outcome is Outcome.FORBIDDEN:
        return LeftOut.NOT_ALLOWED
    if ruling.outcome is Outcome.NEEDS_APPROVAL and not signed and bound.case.state != CaseState.OPEN:
        return LeftOut.NOT_ALLOWED  # nobody is asked to sign in a case that is done
    outgoing = _outgoing(bound.case, teller, target, wording.text, ruling)
    if ruling.outcome is Outcome.NEEDS_APPROVAL and not signed:
        outgoing.state = OutgoingState.AWAITING
        outgoing.save()
        approvals.request(outgoing=outgoing, ruling=ruling, author=teller)
    else:
        release(outgoing=outgoing, ruling=ruling, actor=teller, act="reply.queued")
        if signed:
            _sign(outgoing, wording, ruling)
    bound.outgoing = outgoing
    return None


def _signature_holds(wording: IssueWording, ruling: Ruling, teller: User) -> bool:
    """Whether whoever signed the wording may sign it for this case, too."""
    if wording.signed_by is None or wording.text_hash != signing.hash_of(wording.text):
        return False
    approvers = ruling.approvers or LEADS
    return signing.may_sign(user=wording.signed_by, approvers=approvers, author_id=teller.pk, since=None)


def _sign(outgoing: Outgoing, wording: IssueWording, ruling: Ruling) -> None:
    """The signature under the wording stands under each message with just these words."""
    case = outgoing.case
    at = wording.released_at or clock.now()
    if case is None:
        return
    newest = CasePost.objects.filter(case=case).order_by("-pk").values_list("pk", flat=True).first()
    Approval.objects.create(
        outgoing=outgoing, state=ApprovalState.APPROVED, clause=ruling.clause,
        approvers=(ruling.approvers or LEADS).as_record(),
        text_hash=signing.fingerprint(outgoing=outgoing, text=outgoing.text), newest_place=newest or 0,
        thread_mark=signing.thread_mark(case=case), requested_by=outgoing.author, requested_at=at,
        decided_by=wording.signed_by, decided_at=at,
    )  # fmt: skip


def _outgoing(case: Case, teller: User, target: Post, text: str, ruling: Ruling) -> Outgoing:
    now = clock.now()
    return Outgoing(
        key=uuid4(), channel=through(case=case, post=target), case=case, in_reply_to=target,
        parent_native_id=target.native_id, root_native_id=target.root_native_id, visibility=case.visibility,
        author=teller, text=text, ruling=ruling.as_record(), created_at=now, state=OutgoingState.QUEUED,
        delete_on=retention.delete_on(purpose=Purpose.SERVICE, network=case.channel.network, since=now),
    )  # fmt: skip


def _take_back(outgoing_id: int, actor: User) -> bool:
    with transaction.atomic():
        outgoing = locked_with_case(outgoing_id=outgoing_id)
        if outgoing is None or outgoing.state not in _TAKEN_BACK:
            return False
        end_request(outgoing=outgoing, state=ApprovalState.WITHDRAWN)
        take_off(outgoing=outgoing)
        audit.record(act="reply.cancelled", actor=actor_of(actor), thing="outgoing", thing_id=outgoing.pk)
        if outgoing.case is not None:
            note(case=outgoing.case, act="reply.cancelled", actor=actor, outgoing=outgoing.pk)
        bound = IssueCase.objects.filter(outgoing=outgoing)
        bound.update(state=BoundState.LEFT_OUT, why=LeftOut.TAKEN_BACK, outgoing=None)
    return True
