"""Signatures that are waited for when nobody is left of those who might give them: the leads give them then."""

from __future__ import annotations

from resonanz.accounts.models import User
from resonanz.guidelines import references
from resonanz.guidelines.ruling import Approvers
from resonanz.service.models import Approval, ApprovalState


def let_leads_sign() -> int:
    """Ask the leads for what nobody who was named can sign any more; how many. Call it as often as you like."""
    waiting = Approval.objects.filter(state=ApprovalState.WAITING).order_by("pk")
    changed = 0
    for asked in waiting.only("approvers"):
        named = Approvers.from_record(asked.approvers)
        left = references.or_leads(named)
        if left is not named:
            rows = Approval.objects.filter(pk=asked.pk, state=ApprovalState.WAITING)
            changed += rows.update(approvers=left.as_record())
    return changed


def when_gone(_user: User, _actor: User) -> None:
    """Somebody was shut out. Comes after whatever locks cases, which are locked before what is asked about them."""
    let_leads_sign()
