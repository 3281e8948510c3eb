"""What the company decides about learning: whether from what was written in private, and whether better heads are taken
by themselves. Both are off until somebody says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.privacy import audit
from resonanz.triage.learning.forgetting import forget
from resonanz.triage.models import LearningChoices

_ONLY_ROW = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The decisions."""

    learns_from_private: bool = False
    takes_by_itself: bool = False


def choices() -> Choices:
    """As they stand."""
    found = LearningChoices.objects.filter(pk=_ONLY_ROW).first()
    if found is None:
        return Choices()
    return Choices(learns_from_private=found.learns_from_private, takes_by_itself=found.takes_by_itself)


def choose(*, learns_from_private: bool, takes_by_itself: bool, actor: User) -> None:
    """Decide anew. What was learnt from private posts is unlearnt where they may no longer teach."""
    with transaction.atomic():
        LearningChoices.objects.update_or_create(
            pk=_ONLY_ROW,
            defaults={"learns_from_private": learns_from_private, "takes_by_itself": takes_by_itself},
        )
        audit.record(
            act="triage.learning_chosen", actor=actor_of(actor), thing="learning", thing_id=_ONLY_ROW,
            private=learns_from_private, by_itself=takes_by_itself,
        )  # fmt: skip
        forget.later()
