"""Which version of the guideline is in force."""

from __future__ import annotations

from resonanz.core import clock
from resonanz.guidelines import starter
from resonanz.guidelines.models import Guideline
from resonanz.guidelines.ruling import Draft, Ruling, rule_from_record, rule_on


def ensure_starter() -> None:
    """Put the starter guideline into force where there is none yet."""
    now = clock.now()
    Guideline.objects.get_or_create(
        version=1, defaults={"rules": starter.RULES, "effective_at": now, "created_at": now}
    )


def ruling(*, draft: Draft) -> Ruling:
    """What the guideline in force says about the draft; without any guideline nothing may be said."""
    guideline = Guideline.objects.filter(effective_at__lte=clock.now()).order_by("-version").first()
    rules = [rule_from_record(record) for record in guideline.rules] if guideline else []
    return rule_on(draft, rules=rules, version=guideline.version if guideline else 0)
