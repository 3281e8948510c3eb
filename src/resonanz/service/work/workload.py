"""How much people have to do. Only asked to hand out the next case; no page shows it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from resonanz.service.models import Case, CaseState


def open_cases(user_ids: Collection[int]) -> dict[int, int]:
    """How many open cases each of them has in which somebody waits."""
    waiting = Case.objects.filter(state=CaseState.OPEN, assignee_id__in=user_ids, answer_due_at__isnull=False)
    counted = waiting.order_by().values_list("assignee_id").annotate(Count("pk"))
    return {user_id: count for user_id, count in counted if user_id is not None}
