"""Praise is often answered best by a like: given and closed in one act."""

from __future__ import annotations

from django.db import transaction

from resonanz.accounts.models import User
from resonanz.service.cases import resolve
from resonanz.service.models import Case, ClosedBecause, ModerationAct
from resonanz.service.moderation.asking import Moderate
from resonanz.service.work.acting import act_on


def like_and_resolve(*, case_id: int, actor: User) -> Case:
    """Like the post and close the case as praise; both or neither. Raises as either does."""
    with transaction.atomic():
        act_on(act=Moderate(act=ModerationAct.LIKE, actor=actor), case_id=case_id, actor=actor)
        return resolve(case_id=case_id, actor=actor, reason=ClosedBecause.PRAISE)
