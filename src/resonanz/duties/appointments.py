"""Who is named for what must not depend on who happens to hold a case; where nobody is, the leads are."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from resonanz.accounts.access import ACTS_BY_ROLE, Act, may
from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import Role, User
from resonanz.core.errors import ResonanzError
from resonanz.duties.models import Appointment, Charge
from resonanz.privacy import audit

ROLES = tuple(role for role in Role if Act.ANSWER in ACTS_BY_ROLE[role])
"""Who can be named: whoever may also do what is needed."""


class CannotLookAfter(ResonanzError):
    """Only who is here and answers can look after it."""

    code = "appointment.cannot"


def appointed(*, charge: Charge) -> Appointment | None:
    """What the company said; None where the leads look after it."""
    return Appointment.objects.filter(charge=charge).select_related("user").first()


def named(*, charge: Charge) -> frozenset[int]:
    """The colleagues who look after it now; none where it falls to the leads, also when the one named has left."""
    found = appointed(charge=charge)
    if found is None:
        return frozenset()
    if found.user is not None:
        return frozenset([found.user.pk] if may(found.user, Act.ANSWER) else [])
    return frozenset(User.objects.filter(is_active=True, role=found.role).values_list("pk", flat=True))


def falls_to(*, charge: Charge, user: User) -> bool:
    """Whether this colleague looks after it now: named, or leading where nobody named is here, or an administrator
    where nobody leads either. One query."""
    here = User.objects.filter(is_active=True, role__in=ROLES)
    appointment = Appointment.objects.filter(charge=charge)
    named_here = here.filter(Exists(appointment.filter(Q(user=OuterRef("pk")) | Q(role=OuterRef("role")))))
    leads = here.filter(role=Role.LEAD)
    leading = Q(role=Role.LEAD) | (Q(role=Role.ADMIN) & ~Exists(leads))
    return here.filter(Q(pk__in=named_here) | (leading & ~Exists(named_here)), pk=user.pk).exists()


def appoint(*, charge: Charge, user_id: int | None, role: str, actor: User) -> None:
    """Name a colleague, or all of a role; with neither it falls to the leads. Raises CannotLookAfter."""
    user = User.objects.filter(pk=user_id).first() if user_id else None
    if (user_id and (user is None or not may(user, Act.ANSWER))) or (role and role not in ROLES):
        raise CannotLookAfter
    with transaction.atomic():
        Appointment.objects.filter(charge=charge).delete()
        if user is not None or role:
            Appointment.objects.create(charge=charge, user=user, role="" if user else role)
        audit.record(
            act="appointment.set", actor=actor_of(actor), thing="appointment", thing_id=None, charge=str(charge),
            user=user.pk if user else 0, role="" if user else role,
        )  # fmt: skip
