"""What templates ask about signatures: who may give one, and what a stored ruling says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from resonanz.accounts.models import User
from resonanz.guidelines.ruling import Approvers
from resonanz.networks import registry
from resonanz.networks.errors import Unsupported
from resonanz.service.answers import addressing, guarding, signing
from resonanz.service.models import Approval, Outgoing
from resonanz.web import rulings

register = template.Library()
MOST_NAMES = 3


@register.filter
def signers(asked: Approval) -> Sequence[User]:
    """Some of those who may sign now, by name."""
    approvers = Approvers.from_record(asked.approvers)
    found = signing.signers(
        approvers=approvers, author_id=asked.requested_by_id, with_deputies=signing.time_is_over(since=asked.due_at)
    )
    return list(found[:MOST_NAMES])


@register.filter
def may_sign(user: Any, asked: Approval) -> bool:
    """Whether the reader may sign it now."""
    approvers = Approvers.from_record(asked.approvers)
    return isinstance(user, User) and signing.may_sign(
        user=user, approvers=approvers, author_id=asked.requested_by_id, since=asked.due_at
    )


@register.filter
def clause_of(record: Mapping[str, Any]) -> str:
    """The number of the clause a stored ruling rests on; "" where the product itself decided."""
    clause = str(record.get("clause", ""))
    return clause if clause[:1].isdigit() else ""


@register.filter
def told_of(record: Mapping[str, Any]) -> str:
    """What the clause of a stored ruling says."""
    clause, params = str(record.get("clause", "")), record.get("params") or {}
    return rulings.told(clause, {**params, "guideline": record.get("guideline")}) if clause else ""


@register.filter
def by_hand_because(outgoing: Outgoing) -> str:
    """Why a person posts it: what the network said, else what holds of the post it answers."""
    if outgoing.failure_code:
        return outgoing.failure_code
    try:
        found = addressing.by_hand_because(
            channel=outgoing.channel, post=outgoing.in_reply_to, visibility=outgoing.visibility
        )
    except registry.UnknownNetwork:
        found = ""
    return found or Unsupported.code


@register.filter
def obstacle(outgoing: Outgoing) -> guarding.Obstacle | None:
    """Why an answer may not be posted by hand any more."""
    return guarding.obstacle(outgoing=outgoing)
