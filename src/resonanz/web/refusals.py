"""Cases to which an act on many was not done: by the name of whom each is with, and why."""

from __future__ import annotations

from collections.abc import Sequence

from resonanz.service.models import Case
from resonanz.service.work.acting import Refused
from resonanz.web.wording import words


def named(refused: Sequence[Refused]) -> list[dict[str, object]]:
    """Each with its id, a name, and why not."""
    rows = Case.objects.filter(pk__in=[one.case_id for one in refused]).select_related("identity")
    names = {case.pk: str(case.identity.name or case.identity.handle) for case in rows if case.identity}
    return [
        {
            "id": one.case_id,
            "name": names.get(one.case_id, f"#{one.case_id}"),
            "why": words.sentence(one.code, one.params),
        }
        for one in refused
    ]
