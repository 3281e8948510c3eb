"""Four eyes on moderation: a colleague signs or refuses what another one wants to hide, delete, block or put right."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.guidelines import references
from resonanz.guidelines.ruling import LEADS, Approvers, Outcome
from resonanz.privacy import audit
from resonanz.service.answers import signing
from resonanz.service.answers.approvals import AlreadyDecided, MayNotSign, NoReason
from resonanz.service.answers.releasing import TIME_TO_UNDO
from resonanz.service.cases import note
from resonanz.service.models import Moderation, ModerationState
from resonanz.service.moderation.departing import MOST_WORDS, passed
from resonanz.service.moderation.sending import locked_with_case, ruling_now
from resonanz.service.notices import notify
from resonanz.service.tasks import moderate


def waiting_for(*, user: User) -> list[Moderation]:
    """What this colleague may sign now, oldest first."""
    asked = Moderation.objects.filter(state=ModerationState.AWAITING, case__isnull=False)
    rows = asked.select_related("actor", "channel", "case", "case__identity", "post", "outgoing")
    return [row for row in rows.order_by("created_at", "pk") if may_decide(user=user, row=row)]


def may_decide(*, user: User, row: Moderation) -> bool:
    """Whether this colleague may sign or refuse it. Nobody signs their own act, unless the guideline names them."""
    approvers = approvers_of(row)
    return row.state == ModerationState.AWAITING and signing.may_sign(
        user=user, approvers=approvers, author_id=row.actor_id, since=_deputies_from(row, approvers)
    )


def approvers_of(row: Moderation) -> Approvers:
    """Who signs: those whom the clause named, or the leads where none of them works here any more."""
    named = row.ruling.get("approvers")
    return references.or_leads(Approvers.from_record(named)) if named else LEADS


def approve(*, moderation_id: int, actor: User, comment: str = "") -> Moderation:
    """Sign it: it leaves after the usual time. Raises AlreadyDecided, MayNotSign, NotAllowed."""
    with transaction.atomic():
        row = _locked(moderation_id, actor)
        asker = row.actor
        if row.case is None or asker is None or not asker.is_active:
            raise AlreadyDecided(state=row.state)
        ruling = passed(ruling_now(row, row.case, asker))
        approvers = ruling.approvers if ruling.outcome is Outcome.NEEDS_APPROVAL else None
        row.ruling = {**ruling.as_record(), "approvers": (approvers or approvers_of(row)).as_record()}
        if not may_decide(user=actor, row=row):
            raise MayNotSign
        now = clock.now()
        row.state, row.due_at = ModerationState.QUEUED, now + TIME_TO_UNDO
        if row.by_hand:
            row.state, row.due_at, row.done_at = ModerationState.DONE, None, now
        _decide(row, actor, comment, "moderation.approved")
        if row.due_at is not None:
            moderate.later(at=row.due_at, moderation_id=row.pk)
    return row


def refuse(*, moderation_id: int, actor: User, comment: str) -> Moderation:
    """It is not done, for a reason that whoever asked reads. Raises NoReason, AlreadyDecided, MayNotSign."""
    if not clean(comment, most=MOST_WORDS):
        raise NoReason
    with transaction.atomic():
        row = _locked(moderation_id, actor)
        row.state, row.due_at = ModerationState.REFUSED, None
        _decide(row, actor, comment, "moderation.refused")
    return row


def _locked(moderation_id: int, actor: User) -> Moderation:
    row = locked_with_case(moderation_id=moderation_id)
    if row is None or row.state != ModerationState.AWAITING:
        raise AlreadyDecided(state=row.state if row else ModerationState.CANCELLED.value)
    if not may_decide(user=User.objects.get(pk=actor.pk), row=row):
        raise MayNotSign
    return row


def _decide(row: Moderation, actor: User, comment: str, act: str) -> None:
    row.signed_by, row.signed_at, row.comment = actor, clock.now(), clean(comment, most=MOST_WORDS)
    row.save()
    audit.record(
        act=act, actor=actor_of(actor), thing="moderation", thing_id=row.pk, kind=row.act, clause=row.ruling["clause"]
    )
    if row.case is not None:
        note(case=row.case, act=act, actor=actor, moderation=row.pk, moderation_act=row.act)
        notify(case_ids=[row.case.pk], approvals=True)


def _deputies_from(row: Moderation, approvers: Approvers) -> datetime | None:
    """From when on deputies may sign; on the wall clock, because what should be hidden stands there at night, too."""
    return row.created_at + timedelta(minutes=approvers.within_minutes) if approvers.within_minutes else None
