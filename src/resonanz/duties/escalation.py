"""Steps of escalation: after how many business minutes a case that nobody takes goes to whom."""

from __future__ import annotations

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.duties.models import EscalationStep, StepTo
from resonanz.privacy import audit

LONGEST_MINUTES = 30 * 24 * 60


class StepInvalid(ResonanzError):
    """A step needs at least one minute, and at most those of thirty days."""

    code = "escalation.invalid"


def set_step(*, team_id: int | None, after_minutes: int, to: StepTo, actor: User) -> EscalationStep:
    """One more step, or another receiver for the one at the same minute; without team for teams without own steps."""
    if not 1 <= after_minutes <= LONGEST_MINUTES:
        raise StepInvalid
    with transaction.atomic():
        same = EscalationStep.objects.filter(team_id=team_id) if team_id else EscalationStep.objects.filter(team=None)
        same.filter(after_minutes=after_minutes).delete()
        step = EscalationStep.objects.create(team_id=team_id, after_minutes=after_minutes, to=to)
        audit.record(act="escalation.set", actor=actor_of(actor), thing="escalation", thing_id=step.pk)
    return step


def remove_step(*, step_id: int, actor: User) -> None:
    """A case no longer takes this step."""
    with transaction.atomic():
        if EscalationStep.objects.filter(pk=step_id).delete()[0]:
            audit.record(act="escalation.removed", actor=actor_of(actor), thing="escalation", thing_id=step_id)
