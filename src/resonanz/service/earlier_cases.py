"""How often somebody was helped before: what rules of target groups ask (people.groups)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Count

from resonanz.service.models import Case, CaseState


def settled_by_identity(identity_ids: Collection[int]) -> Mapping[int, int]:
    """Settled cases by identity id; those without any are left out."""
    settled = Case.objects.filter(identity_id__in=identity_ids, state=CaseState.RESOLVED)
    return dict(settled.values_list("identity_id").annotate(Count("pk")).order_by())
