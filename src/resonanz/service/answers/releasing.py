"""On its way: what was ruled on, and signed where needed, goes to the outbox, or to whoever posts it by hand."""

from __future__ import annotations

from datetime import timedelta

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.guidelines.ruling import Ruling
from resonanz.privacy import audit
from resonanz.service.answers.addressing import takes_answer
from resonanz.service.answers.judging import drafted_by_machine
from resonanz.service.cases import note
from resonanz.service.models import Outgoing, OutgoingState
from resonanz.service.tasks import send

TIME_TO_UNDO = timedelta(seconds=10)


def release(*, outgoing: Outgoing, ruling: Ruling, actor: User, act: str) -> None:
    """Row, audit record and job in the caller's transaction; nothing leaves before `TIME_TO_UNDO` is over, and
    what is planned not before its moment."""
    by_hand = not takes_answer(channel=outgoing.channel, post=outgoing.in_reply_to, visibility=outgoing.visibility)
    outgoing.state = OutgoingState.ASSISTED if by_hand else OutgoingState.QUEUED
    soonest = clock.now() + TIME_TO_UNDO
    outgoing.due_at = max(soonest, outgoing.planned_for or soonest)
    # Now, because whoever signed may have changed the wording.
    outgoing.machine_percent = drafted_by_machine(case_id=outgoing.case_id, text=outgoing.text)
    outgoing.save()
    audit.record(
        act=act, actor=actor_of(actor), thing="outgoing", thing_id=outgoing.pk,
        case=outgoing.case_id, clause=ruling.clause, guideline=ruling.version,
        **({"machine_percent": outgoing.machine_percent} if outgoing.machine_percent else {}),
    )  # fmt: skip
    if outgoing.case is not None:
        note(case=outgoing.case, act=act, actor=actor, outgoing=outgoing.pk)
    if not by_hand:
        send.later(at=outgoing.due_at, outgoing_id=outgoing.pk)
