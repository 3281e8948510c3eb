"""On its way, and taken back: what every act has in common once the guideline lets it pass."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.guidelines.ruling import Outcome, Ruling
from resonanz.privacy import audit, retention
from resonanz.privacy.models import Purpose
from resonanz.service.answers.approvals import NotAllowed
from resonanz.service.answers.releasing import TIME_TO_UNDO
from resonanz.service.models import Moderation, ModerationState
from resonanz.service.moderation.acts import UNDER_WAY, UnderWay
from resonanz.service.tasks import moderate

MOST_WORDS = 500
MOST_EXCERPT = 300


def passed(ruling: Ruling) -> Ruling:
    """The ruling, if it lets the act pass, perhaps with a signature; raises NotAllowed."""
    if ruling.outcome is Outcome.FORBIDDEN:
        raise NotAllowed(clause=ruling.clause, outcome=ruling.outcome.value, **ruling.params)
    return ruling


def put_on_its_way(row: Moderation, *, actor: User) -> None:
    """Save it with its audit record; it waits for a signature, or leaves once nobody can take it back any more.

    Raises UnderWay where a colleague asked for the same in this very moment, in another case.
    """
    now = clock.now()
    row.created_at = now
    row.delete_on = retention.delete_on(purpose=Purpose.SERVICE, network=row.channel.network, since=now)
    if row.ruling["outcome"] == Outcome.NEEDS_APPROVAL:
        row.state, row.due_at = ModerationState.AWAITING, None
    elif row.by_hand:
        row.state, row.due_at, row.done_at = ModerationState.DONE, None, now
    else:
        row.state, row.due_at = ModerationState.QUEUED, now + TIME_TO_UNDO
    _save(row)
    audit.record(
        act="moderation.asked", actor=actor_of(actor), thing="moderation", thing_id=row.pk, case=row.case_id,
        kind=row.act, rule=row.rule, clause=row.ruling["clause"], guideline=row.ruling["version"], state=row.state,
    )  # fmt: skip
    if row.due_at is not None:
        moderate.later(at=row.due_at, moderation_id=row.pk)


def _save(row: Moderation) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        same = Moderation.objects.filter(channel=row.channel, target_native_id=row.target_native_id, act=row.act)
        if same.filter(state__in=UNDER_WAY).exists():
            raise UnderWay from None
        raise


def cancel(*, moderation_ids: Collection[int], actor: User) -> bool:
    """Take back what has not left; False, and nothing changed, where one of them has. Call with their cases locked."""
    locked = list(Moderation.objects.select_for_update().filter(pk__in=moderation_ids).order_by("pk"))
    takeable = (ModerationState.AWAITING, ModerationState.QUEUED, ModerationState.CANCELLED)
    if any(row.state not in takeable or row.attempt for row in locked):
        return False
    Moderation.objects.filter(pk__in=[row.pk for row in locked]).update(state=ModerationState.CANCELLED, due_at=None)
    for row in locked:
        audit.record(act="moderation.cancelled", actor=actor_of(actor), thing="moderation", thing_id=row.pk)
    return True
