"""Four eyes: a colleague signs what another one wrote, before it leaves.

    asked ──► approved    the words, as they were or as the signer changed them, go on their way
        ├───► refused     with a reason; the words are the author's draft again
        ├───► withdrawn   by the author, to go on writing
        └───► superseded  the post was answered otherwise, or the case was closed

Who signs has seen what was said: where the conversation went on since, they look at it first. Whether somebody may sign
is asked of the guideline in force and of the roles and teams of this moment, and asked again when the answer leaves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.duties import calendars
from resonanz.duties.presence import Presence, There
from resonanz.duties.targets import NoBusinessHours, after
from resonanz.guidelines.ruling import LEADS, Approvers, Outcome, Ruling
from resonanz.privacy import audit
from resonanz.service import notes
from resonanz.service.answers import signing
from resonanz.service.answers.judging import judge
from resonanz.service.answers.releasing import release
from resonanz.service.answers.superseding import end_request, supersede, take_off
from resonanz.service.cases import locked_with_case, note
from resonanz.service.models import Approval, ApprovalState, Case, CasePost, CaseState, Outgoing, OutgoingState
from resonanz.service.notices import notify
from resonanz.service.work.giving_back import MOST_CHARACTERS, put_back

MOST_COMMENT = 2_000


class AlreadyDecided(ResonanzError):
    """Nobody waits for this signature any more; `state` says why."""

    code = "approval.already_decided"


class MayNotSign(ResonanzError):
    """Others sign this; nobody signs their own words."""

    code = "approval.may_not_sign"


class OthersSign(ResonanzError):
    """The guideline changed meanwhile, or the new wording needs another signature: others sign it."""

    code = "approval.others_sign"


class MovedOn(ResonanzError):
    """Something was said since; whoever signs looks at it first."""

    code = "approval.moved_on"


class NoReason(ResonanzError):
    """A refusal says why."""

    code = "approval.no_reason"


class NothingLeft(ResonanzError):
    """The new wording has no words."""

    code = "approval.no_words"


class NotAllowed(ResonanzError):
    """The guideline does not let this wording be said; `clause` names the part of it."""

    code = "reply.not_allowed"


class Overtaken(ResonanzError):
    """The case was closed meanwhile, so this is not sent any more."""

    code = "approval.overtaken"


def request(*, outgoing: Outgoing, ruling: Ruling, author: User) -> Approval:
    """Ask for the signature that the ruling wants; call with case and answer locked and saved."""
    approvers = ruling.approvers or LEADS
    case = _case_of(outgoing)
    now = clock.now()
    asked = Approval.objects.create(
        outgoing=outgoing,
        clause=ruling.clause,
        approvers=approvers.as_record(),
        text_hash=signing.fingerprint(outgoing=outgoing, text=outgoing.text),
        newest_place=CasePost.objects.filter(case=case).aggregate(newest=Max("pk"))["newest"] or 0,
        thread_mark=signing.thread_mark(case=case),
        requested_by=author,
        requested_at=now,
        due_at=_due_at(approvers, author, now),
    )
    _record("approval.requested", asked, author, clause=ruling.clause, guideline=ruling.version)
    return asked


def waiting_for(*, user: User) -> list[Approval]:
    """What this colleague may sign now, soonest due first."""
    found = signing.signable_by(user=user).select_related(
        "requested_by", "outgoing__author", "outgoing__channel", "outgoing__case__identity", "outgoing__in_reply_to"
    )
    return list(found.order_by(F("due_at").asc(nulls_last=True), "requested_at", "pk"))


def approve(*, approval_id: int, actor: User, text: str | None = None, comment: str = "", seen: str = "") -> Outgoing:
    """Sign the words, or `text` in their place, and let them go on their way; the author has the usual time to undo.

    `seen` is the mark of the conversation as the signer saw it (`signing.thread_mark`). Raises Approval.DoesNotExist,
    AlreadyDecided, MayNotSign, OthersSign, MovedOn, Overtaken, NotAllowed, NothingLeft.
    """
    try:
        with transaction.atomic():
            asked = _locked(approval_id, actor)
            return _approve(asked, actor, text, clean(comment, most=MOST_COMMENT), seen)
    except _Reroute as changed:
        Approval.objects.filter(pk=approval_id, state=ApprovalState.WAITING).update(
            approvers=changed.approvers.as_record()
        )
        raise OthersSign from None
    except Overtaken:
        _end_overtaken(approval_id)
        raise


def refuse(*, approval_id: int, actor: User, comment: str) -> Outgoing:
    """Do not let it leave, for a reason that its author reads; the words are their draft again."""
    comment = clean(comment, most=MOST_COMMENT)
    if not comment:
        raise NoReason
    with transaction.atomic():
        asked = _locked(approval_id, actor)
        _decide(asked, ApprovalState.REFUSED, actor, comment)
        outgoing = asked.outgoing
        take_off(outgoing=outgoing)
        _record("approval.refused", asked, actor)
        put_back(outgoing=outgoing)
    return outgoing


def withdraw(*, outgoing: Outgoing, actor: User) -> None:
    """Its author goes on writing; call with case and answer locked, before it is taken off."""
    latest = outgoing.approvals.order_by("-pk").first()
    end_request(outgoing=outgoing, state=ApprovalState.WITHDRAWN)
    if latest is not None:
        _record("approval.withdrawn", latest, actor)


def comment_on(*, approval_id: int, actor: User, text: str) -> None:
    """Say something about it without deciding, as a note in the case. Raises as `notes.write`."""
    asked = Approval.objects.select_related("outgoing__case").get(pk=approval_id)
    notes.write(case_id=_case_of(asked.outgoing).pk, text=text, author=actor)


class _Reroute(Exception):  # never leaves this file
    def __init__(self, approvers: Approvers) -> None:
        self.approvers = approvers


def _approve(asked: Approval, actor: User, text: str | None, comment: str, seen: str) -> Outgoing:
    outgoing, case = asked.outgoing, _case_of(asked.outgoing)
    mark = signing.thread_mark(case=case)
    if mark not in (seen, asked.thread_mark):
        raise MovedOn
    before, words = outgoing.text, _words(outgoing, text)
    ruling = _ruling_now(case, outgoing, words)
    if ruling.outcome is Outcome.NEEDS_APPROVAL:
        _refuse_if_others_sign(asked, actor, ruling)
    asked.wording_before = before if words != before else ""
    asked.text_hash, asked.thread_mark = signing.fingerprint(outgoing=outgoing, text=words), mark
    asked.as_deputy = _signs_as_deputy(asked, actor)
    _decide(asked, ApprovalState.APPROVED, actor, comment)
    outgoing.text = words
    outgoing.ruling = {**ruling.as_record(), "signed_by": actor.pk, "approval": asked.pk}
    audit.record(
        act="approval.given", actor=actor_of(actor), thing="approval", thing_id=asked.pk, case=case.pk,
        outgoing=outgoing.pk, clause=asked.clause, changed=words != before,
    )  # fmt: skip
    release(outgoing=outgoing, ruling=ruling, actor=actor, act="approval.given")
    notify(case_ids=[case.pk], approvals=True)
    return outgoing


def _words(outgoing: Outgoing, text: str | None) -> str:
    words = outgoing.text if text is None else clean(text, most=MOST_CHARACTERS)
    if not words.strip():
        raise NothingLeft
    return words


def _ruling_now(case: Case, outgoing: Outgoing, words: str) -> Ruling:
    if outgoing.author is None:
        raise AlreadyDecided(state=ApprovalState.WITHDRAWN.value)
    judged = judge(case=case, text=words, author=outgoing.author, at_send=True, post_id=outgoing.in_reply_to_id)
    ruling = judged.ruling
    if ruling.outcome is Outcome.FORBIDDEN:
        raise NotAllowed(clause=ruling.clause, outcome=ruling.outcome.value, **ruling.params)
    return ruling


def _refuse_if_others_sign(asked: Approval, actor: User, ruling: Ruling) -> None:
    approvers = ruling.approvers or LEADS
    if not signing.may_sign(user=actor, approvers=approvers, author_id=asked.outgoing.author_id, since=asked.due_at):
        raise _Reroute(approvers)
    asked.approvers, asked.clause = approvers.as_record(), ruling.clause


def _signs_as_deputy(asked: Approval, actor: User) -> bool:
    approvers = Approvers.from_record(asked.approvers)
    alone = Approvers(roles=approvers.roles, people=approvers.people, teams=approvers.teams)
    return not signing.may_sign(user=actor, approvers=alone, author_id=asked.outgoing.author_id, since=None)


def _locked(approval_id: int, actor: User) -> Approval:
    """The request with case and answer locked, for one decision at a time, by somebody who may make it."""
    known = Approval.objects.only("outgoing_id").get(pk=approval_id)
    outgoing = locked_with_case(outgoing_id=known.outgoing_id)
    asked = Approval.objects.select_for_update(of=("self",)).get(pk=approval_id)
    if outgoing is None or asked.state != ApprovalState.WAITING or outgoing.state != OutgoingState.AWAITING:
        raise AlreadyDecided(state=asked.state)
    asked.outgoing = outgoing
    if _case_of(outgoing).state != CaseState.OPEN:
        raise Overtaken
    signer = User.objects.get(pk=actor.pk)
    approvers = Approvers.from_record(asked.approvers)
    if not signing.may_sign(user=signer, approvers=approvers, author_id=outgoing.author_id, since=asked.due_at):
        raise MayNotSign
    return asked


def _end_overtaken(approval_id: int) -> None:
    with transaction.atomic():
        outgoing = locked_with_case(outgoing_id=Approval.objects.get(pk=approval_id).outgoing_id)
        if outgoing is not None and outgoing.case is not None and outgoing.state == OutgoingState.AWAITING:
            for one in supersede(cases=[outgoing.case], post_id=outgoing.in_reply_to_id):
                note(case=outgoing.case, act="approval.superseded", actor=None, outgoing=one.pk)


def _decide(asked: Approval, state: ApprovalState, actor: User, comment: str) -> None:
    asked.state, asked.decided_by, asked.decided_at, asked.comment = state, actor, clock.now(), comment
    asked.save()


def _record(act: str, asked: Approval, actor: User, **details: object) -> None:
    case = _case_of(asked.outgoing)
    audit.record(
        act=act, actor=actor_of(actor), thing="approval", thing_id=asked.pk, case=case.pk,
        outgoing=asked.outgoing_id, **details,
    )  # fmt: skip
    note(case=case, act=act, actor=actor, outgoing=asked.outgoing_id, approval=asked.pk)
    notify(case_ids=[case.pk], approvals=True)


def _case_of(outgoing: Outgoing) -> Case:
    if outgoing.case is None:
        raise Case.DoesNotExist
    return outgoing.case


def _due_at(approvers: Approvers, author: User, now: datetime) -> datetime | None:
    """Within so many minutes in which the company works; at once where none of those is here whom deputies wait for."""
    if not approvers.within_minutes:
        return None
    if approvers.deputies and _all_away(approvers, author, now):
        return now
    length = timedelta(minutes=approvers.within_minutes)
    try:
        return after(since=now, length=length, calendar=calendars.calendar_of(team_id=None))
    except NoBusinessHours:  # a calendar without an open hour must not keep deputies away for good
        return now + length


def _all_away(approvers: Approvers, author: User, now: datetime) -> bool:
    """Whether whoever may sign first is absent for days, or nobody is left who may."""
    first = list(signing.signers(approvers=approvers, author_id=author.pk).values_list("pk", flat=True))
    presence = Presence(user_ids=first, since=now)
    return all(presence.of(user_id, now) is There.AWAY for user_id in first)
