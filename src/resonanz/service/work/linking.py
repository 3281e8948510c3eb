"""Cases that belong together: each stays what it is, and leads to the other."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.service.cases import CaseGone, note
from resonanz.service.models import Case, CaseLink

MOST_LINKS = 50


class ItsOwn(ResonanzError):
    """A case does not belong to itself."""

    code = "link.its_own"


class TooManyLinks(ResonanzError):
    """So many cases are one matter with an owner, not a link."""

    code = "link.too_many"


def link(*, case_id: int, other_id: int, actor: User) -> None:
    """Say that two cases belong together; twice is once. Raises CaseGone, ItsOwn, TooManyLinks."""
    if case_id == other_id:
        raise ItsOwn
    with transaction.atomic():
        one, other = _both(case_id, other_id)
        if max(_of(one.pk).count(), _of(other.pk).count()) >= MOST_LINKS:
            raise TooManyLinks(most=MOST_LINKS)
        _, is_new = CaseLink.objects.get_or_create(one=one, other=other)
        if is_new:
            note(case=one, act="case.linked", actor=actor, other=other.pk)
            note(case=other, act="case.linked", actor=actor, other=one.pk)


def unlink(*, case_id: int, other_id: int, actor: User) -> None:
    """They do not belong together after all. Raises CaseGone, ItsOwn."""
    if case_id == other_id:
        raise ItsOwn
    with transaction.atomic():
        one, other = _both(case_id, other_id)
        if CaseLink.objects.filter(one=one, other=other).delete()[0]:
            note(case=one, act="case.unlinked", actor=actor, other=other.pk)
            note(case=other, act="case.unlinked", actor=actor, other=one.pk)


def linked(*, case_id: int) -> list[Case]:
    """The cases that belong to this one, newest first."""
    later = CaseLink.objects.filter(one_id=case_id).values("other_id")
    earlier = CaseLink.objects.filter(other_id=case_id).values("one_id")
    found = Case.objects.filter(pk__in=later.union(earlier)).select_related("identity", "channel")
    return list(found.order_by("-opened_at", "-pk"))


def _of(case_id: int) -> QuerySet[CaseLink]:
    return CaseLink.objects.filter(Q(one_id=case_id) | Q(other_id=case_id))


def _both(case_id: int, other_id: int) -> tuple[Case, Case]:
    """Both cases locked, the smaller id first."""
    wanted = Case.objects.select_for_update().filter(pk__in=[case_id, other_id])
    found = list(wanted.order_by("pk"))
    if len(found) < len({case_id, other_id}):
        raise CaseGone
    return found[0], found[1]
