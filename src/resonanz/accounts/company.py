"""The company whose installation this is: its name, what it uses Resonanz for, and whether its first start is over."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import Area, Company, User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.privacy import audit

READY_AREAS = (Area.LISTENING, Area.SERVICE)
"""The areas that have rooms in this release."""
_ONLY_ROW = 1
_GLANCE_SECONDS = 5.0

_glanced: tuple[float, Company] | None = None


class AreaNotReady(ResonanzError):
    """This area has no rooms yet."""

    code = "company.area_not_ready"


def company() -> Company:
    """The company as stored; one without an id of its own, not stored yet, where nobody has begun."""
    return Company.objects.filter(pk=_ONLY_ROW).first() or Company()


def glance() -> Company:
    """The same, up to 5 seconds old, for what every page asks. What this process changes it knows at once.

    During the first start every step changes it, perhaps in another process: then it is never old.
    """
    global _glanced
    now = clock.monotonic()
    if _glanced is None or now - _glanced[0] > _GLANCE_SECONDS or _is_starting(_glanced[1]):
        _glanced = (now, company())
    return _glanced[1]


def _is_starting(known: Company) -> bool:
    return known.pk is not None and known.started_at is None


def take_for_granted(known: Company | None) -> None:
    """What `glance` answers for the next 5 seconds; None lets it look again."""
    global _glanced
    _glanced = None if known is None else (clock.monotonic(), known)


def choose_areas(*, areas: Iterable[str], name: str, actor: User) -> Company:
    """Say what the company uses, and its name; raises AreaNotReady. None chosen means all there are."""
    chosen = sorted({Area(area) for area in areas})
    if missing := [area for area in chosen if area not in READY_AREAS]:
        raise AreaNotReady(area=missing[0].value)
    with transaction.atomic():
        found = _locked()
        found.areas, found.name = [area.value for area in chosen], name
        found.save(update_fields=["areas", "name"])
        audit.record(act="company.areas_chosen", actor=actor_of(actor), thing="company", thing_id=1, areas=found.areas)
    take_for_granted(None)
    return found


def finish_start(*, actor: User | None) -> Company:
    """The first start is over, finished or skipped; doing it again changes nothing."""
    with transaction.atomic():
        found = _locked()
        if found.started_at is None:
            found.started_at = clock.now()
            found.save(update_fields=["started_at"])
            audit.record(act="company.started", actor=actor_of(actor), thing="company", thing_id=1)
    take_for_granted(None)
    return found


def _locked() -> Company:
    Company.objects.get_or_create(pk=_ONLY_ROW)
    return Company.objects.select_for_update().get(pk=_ONLY_ROW)
