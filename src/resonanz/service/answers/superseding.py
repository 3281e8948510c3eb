"""What awaits a signature is overtaken when its post is settled otherwise: the request ends, its words stay."""

from __future__ import annotations

from collections.abc import Collection

from resonanz.core import clock
from resonanz.privacy import audit
from resonanz.service.models import Approval, ApprovalState, Case, Outgoing, OutgoingState
from resonanz.service.work.giving_back import put_back


def supersede(*, cases: Collection[Case], post_id: int | None = None) -> list[Outgoing]:
    """End what awaits a signature in the cases, or to one post of them; call with the cases locked."""
    awaiting = Outgoing.objects.filter(case__in=cases, state=OutgoingState.AWAITING)
    if post_id is not None:
        awaiting = awaiting.filter(in_reply_to_id=post_id)
    rows = awaiting.select_for_update(of=("self",)).select_related("case", "channel", "in_reply_to", "author")
    ended = list(rows.order_by("pk"))
    for outgoing in ended:
        end_request(outgoing=outgoing, state=ApprovalState.SUPERSEDED)
        take_off(outgoing=outgoing)
        audit.record(act="approval.superseded", actor=audit.SYSTEM, thing="outgoing", thing_id=outgoing.pk)
        put_back(outgoing=outgoing)
    return ended


def end_request(*, outgoing: Outgoing, state: ApprovalState) -> None:
    """No signature is awaited any more, and one that was given does not count; call with the answer locked."""
    latest = Approval.objects.filter(outgoing=outgoing).order_by("-pk").first()
    if latest is not None and latest.state in (ApprovalState.WAITING, ApprovalState.APPROVED):
        latest.state, latest.decided_at = state, latest.decided_at or clock.now()
        latest.save(update_fields=["state", "decided_at"])


def take_off(*, outgoing: Outgoing) -> None:
    """It does not leave; call with it locked, before its words are given back."""
    outgoing.state, outgoing.due_at = OutgoingState.CANCELLED, None
    outgoing.save(update_fields=["state", "due_at"])
