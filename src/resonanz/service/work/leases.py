"""Claims: who works on a case right now. A claim is a lease: it ends by itself, and the case is free again.

Who is responsible (`assignee`) is another matter: a claim changes nothing of it. What a claim is good for, and what it
is not, stands in docs/decisions/0023-a-claim-is-a-lease.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.db import connection, transaction
from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.service.models import Case
from resonanz.service.notices import notify
from resonanz.service.work.acting import CLAIM, LEASE, CaseAct, act_on, before, only_open

_RENEW_EVERY = timedelta(minutes=1)
_ECHO = timedelta(seconds=10)
"""Whoever let go may still be told to be writing for as long (see WRITING_LASTS in presence.js): nobody takes it so."""
_LINGERS = timedelta(minutes=5)
"""Whoever works on after hours keeps what they hold; whose shift ended this long ago without an act has gone home."""


class AlreadyClaimed(ResonanzError):
    """Somebody else works on the case; `name` says who."""

    code = "case.already_claimed"


class NotHeld(ResonanzError):
    """Who lets go does not hold it."""

    code = "case.not_held"


@dataclass(frozen=True, slots=True)
class Claim(CaseAct):
    """Take the case to work on it. From `instead_of`, whom the actor saw there, it may be taken."""

    actor: User
    instead_of: int | None = None

    name: ClassVar[str] = "case.claimed"
    columns: ClassVar[tuple[str, ...]] = CLAIM

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Raises NotOpen, AlreadyClaimed."""
        only_open(case)
        if case.is_held and case.claimed_by_id not in (self.actor.pk, self.instead_of):
            raise AlreadyClaimed(name=str(case.claimed_by))
        if case.is_held and case.claimed_by_id == self.actor.pk:
            return None
        stood = before(case, CLAIM)
        case.claimed_by, case.claimed_until = self.actor, clock.now() + LEASE
        return {"claimant": self.actor.pk, "before": stood}


@dataclass(frozen=True, slots=True)
class Release(CaseAct):
    """Let go of what one holds."""

    actor: User

    name: ClassVar[str] = "case.released"
    columns: ClassVar[tuple[str, ...]] = CLAIM

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Raises NotHeld."""
        if not case.is_held or case.claimed_by_id != self.actor.pk:
            raise NotHeld
        stood = before(case, CLAIM)
        end_claim(case)
        return {"before": stood}


def claim(*, case_id: int, actor: User, instead_of: int | None = None) -> Case:
    """Take the case to work on it; raises AlreadyClaimed when somebody else does. `instead_of` may be taken from."""
    return act_on(act=Claim(actor, instead_of), case_id=case_id, actor=actor)


def release(*, case_id: int, actor: User) -> Case:
    """Let go of a case before the lease ends; raises NotHeld."""
    return act_on(act=Release(actor), case_id=case_id, actor=actor)


def end_claim(case: Case) -> None:
    """Nobody works on it any more; the moment stays, the name does not. The caller saves."""
    if case.claimed_by_id is not None:
        case.claimed_by, case.claimed_until = None, clock.now()


_RENEW = """
UPDATE service_case now SET claimed_by_id = %(user)s, claimed_until = %(until)s
FROM (SELECT id, claimed_by_id FROM service_case WHERE id = %(case)s) before
WHERE now.id = before.id AND state = 'OPEN'
    AND (now.claimed_by_id = %(user)s AND claimed_until < %(stale)s AND claimed_until > %(now)s
         OR %(writes)s AND (now.claimed_by_id IS NULL AND claimed_until IS NULL
                            OR now.claimed_by_id IS NULL AND claimed_until <= %(let_go)s
                            OR now.claimed_by_id IS NOT NULL AND claimed_until <= %(now)s))
RETURNING before.claimed_by_id
"""


def work_on(*, case_id: int, user: User, writes: bool) -> None:
    """`user` is at work on the case: who holds it goes on, and who writes in one that nobody holds takes it, unless
    somebody let go of it this moment.

    That is no act of the history: nobody chose it. One statement, and mostly one that changes nothing.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _RENEW,
            {"user": user.pk, "case": case_id, "now": now, "until": now + LEASE, "writes": writes,
             "stale": now + LEASE - _RENEW_EVERY, "let_go": now - _ECHO},
        )  # fmt: skip
        changed = cursor.fetchone()
    if changed is not None and changed[0] != user.pk:
        notify(case_ids=[case_id], stays=True)


def leave(*, user: User) -> list[int]:
    """Whoever leaves (signs out, goes home, works here no more) holds nothing; the cases that are free again."""
    return _end(Q(claimed_by=user))


def end_what_ended(*, off_duty: Sequence[int] = ()) -> list[int]:
    """Free the cases whose lease is over, or whose holder is no longer here; their ids."""
    now = clock.now()
    gone = Q(claimed_by__is_active=False) | Q(claimed_by__in=off_duty, claimed_until__lt=now + LEASE - _LINGERS)
    return _end(Q(claimed_until__lte=now) | gone)


def holders() -> list[int]:
    """Who holds a case right now."""
    held = Case.objects.filter(claimed_by__isnull=False, claimed_until__gt=clock.now())
    return sorted(set(held.values_list("claimed_by_id", flat=True)) - {None})


def _end(which: Q) -> list[int]:
    """Those somebody acts on in this moment are left to the next sweep; open browsers see which are free again."""
    with transaction.atomic():
        held = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(which, claimed_by__isnull=False)
        freed = list(held.order_by("pk").values_list("pk", flat=True))
        Case.objects.filter(pk__in=freed).update(claimed_by=None, claimed_until=clock.now())
        notify(case_ids=freed, stays=True)
    return freed
