"""Answers that a network took and could not deliver after all: their case is back, and nothing is sent again by itself.

What is told of an answer before its sender has written down the network's receipt finds no answer, and is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Min

from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.networks.contract import Undelivered
from resonanz.networks.models import Channel
from resonanz.privacy import audit
from resonanz.service.cases import AnotherOpen, locked_with_case, note, open_again, settle
from resonanz.service.models import Case, CasePost, CasePostState, CaseState, Outgoing, OutgoingState
from resonanz.service.work.snoozing import return_cases

CODE = "network.undelivered"
_MOST_WORDS = 500


def come_back(*, channel: Channel, told: Sequence[Undelivered]) -> set[int]:
    """The cases that want an answer again. Call within the transaction of the batch."""
    found = Outgoing.objects.filter(
        channel=channel, state=OutgoingState.SENT, native_id__in={one.native_id for one in told}
    )
    reasons = {one.native_id: one.reason for one in told}
    rows = found.order_by("case_id", "pk").values_list("pk", "native_id")
    return {case_id for pk, native_id in rows if (case_id := _come_back(pk, reasons[native_id])) is not None}


def _come_back(outgoing_id: int, reason: str) -> int | None:
    outgoing = locked_with_case(outgoing_id=outgoing_id)
    if outgoing is None or outgoing.state != OutgoingState.SENT:
        return None
    outgoing.state, outgoing.failure_code = OutgoingState.FAILED, CODE
    outgoing.failure_words = clean(reason, most=_MOST_WORDS)
    outgoing.save(update_fields=["state", "failure_code", "failure_words"])
    audit.record(
        act="outgoing.undelivered", actor=audit.SYSTEM, thing="outgoing", thing_id=outgoing.pk,
        attempt=outgoing.attempt, code=CODE,
    )  # fmt: skip
    if outgoing.case is None:
        return None
    note(case=outgoing.case, act="reply.undelivered", actor=None, outgoing=outgoing.pk)
    _want_again(outgoing, outgoing.case)
    return outgoing.case.pk


def _want_again(outgoing: Outgoing, case: Case) -> None:
    """As if it had not been said: its post waits again, and a case that was closed over it is open."""
    others = Outgoing.objects.filter(case=case, state=OutgoingState.SENT)
    if case.first_reply_at == outgoing.sent_at:
        case.first_reply_at = others.aggregate(first=Min("sent_at"))["first"]
        case.save(update_fields=["first_reply_at"])
    if outgoing.in_reply_to_id and not others.filter(in_reply_to=outgoing.in_reply_to_id).exists():
        answered = CasePost.objects.filter(case=case, post=outgoing.in_reply_to_id, state=CasePostState.ANSWERED)
        answered.update(state=CasePostState.OPEN)
    if case.state == CaseState.OPEN:
        settle(case=case)
    else:
        _open_again(case)
    if case.is_snoozed:
        return_cases([case], because="UNDELIVERED", now=clock.now())


def _open_again(case: Case) -> None:
    try:
        open_again(case=case)
    except AnotherOpen:  # of the same conversation, where somebody is at it; the answer tells of itself here
        return
    note(case=case, act="case.reopened", actor=None)
