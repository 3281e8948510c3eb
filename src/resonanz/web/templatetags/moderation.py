"""What templates ask about moderation: what holds, which rule, who may decide or put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from resonanz.accounts.models import User
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.service.models import Case, Moderation, ModerationState, Outgoing
from resonanz.service.moderation import correcting, signing
from resonanz.web.wording import moderation_words

register = template.Library()


@register.filter
def done_acts(rows: Sequence[Moderation] | str) -> frozenset[str]:
    """The acts that hold, "" where nothing was done."""
    return frozenset(row.act for row in rows or () if isinstance(row, Moderation) and row.state == ModerationState.DONE)


@register.filter
def can_on_network(case: Case, capability: str) -> bool:
    """Whether the case's network lets this be done from here."""
    return able(registry.connector(case.channel.network), Capability(capability))


@register.filter
def rule_words(row: Moderation) -> str:
    """The words of the clause that was broken, in the version that was in force then."""
    return moderation_words.rule_of(row)


@register.filter
def ruled_by(ruling: Mapping[str, Any]) -> str:
    """The number of the clause that allowed it, with the version."""
    return f"{ruling.get('clause', '')} (v{ruling.get('version', '')})"


@register.filter
def may_decide(user: Any, row: Moderation) -> bool:
    """Whether the reader may sign or refuse it."""
    return isinstance(user, User) and signing.may_decide(user=user, row=row)


@register.filter
def puts_right(user: Any, outgoing: Outgoing) -> bool:
    """Whether the reader may correct or withdraw the answer."""
    return isinstance(user, User) and correcting.may_put_right(user=user, outgoing=outgoing)
