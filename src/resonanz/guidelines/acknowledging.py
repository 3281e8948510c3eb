"""Who has read the guideline. Without that there is no right to send.

The starter guideline asks nobody: nobody has signed it (docs/decisions/0022-executable-guideline.md). A version leaves
a day: whoever had acknowledged the one before may go on sending until a day after the first version that they have not
acknowledged took effect, so that several new versions in a row do not add up to more than a day.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q

from resonanz.accounts import notifications
from resonanz.accounts.access import ACTS_BY_ROLE, Act
from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import Notification, User
from resonanz.accounts.notifications import Line
from resonanz.accounts.tasks import deliver_soon
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.guidelines import in_force
from resonanz.guidelines.models import Acknowledgement, Guideline, GuidelineState, Part
from resonanz.privacy import audit

TIME_TO_READ = timedelta(days=1)
BETWEEN_REMINDERS = timedelta(days=1)
REMINDER = "acknowledgement.reminder"
SENDING_ROLES = [role for role, acts in ACTS_BY_ROLE.items() if Act.ANSWER in acts]


class NotPublished(ResonanzError):
    """Only a version that was published can be acknowledged."""

    code = "acknowledgement.not_published"


class Why(StrEnum):
    """Why somebody may send or may not."""

    NOT_NEEDED = "acknowledgement.not_needed"
    GIVEN = "acknowledgement.given"
    DAY_LEFT = "acknowledgement.day_left"
    MISSING = "acknowledgement.missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRight:
    """Whether somebody may send, why, and under which version; `until` when, if a day is left to acknowledge it."""

    allowed: bool
    why: Why
    guideline_id: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One colleague in the register of a version; `at` is None while they have not acknowledged it."""

    user: User
    at: datetime | None


def may_send(*, user: User, brand_id: int | None, at: datetime | None = None) -> SendRight:
    """Whether the colleague has acknowledged the guideline in force, or still has time to."""
    now = at or clock.now()
    versions = _in_effect(brand_id, now)
    if not versions or versions[-1].is_starter:
        return SendRight(allowed=True, why=Why.NOT_NEEDED, guideline_id=versions[-1].pk if versions else None)
    newest = versions[-1]
    unread = _unread(user, versions, now)
    if not unread:
        return SendRight(allowed=True, why=Why.GIVEN, guideline_id=newest.pk)
    until = (unread[0].effective_at or now) + TIME_TO_READ
    if len(unread) < len(versions) and now < until:
        return SendRight(allowed=True, why=Why.DAY_LEFT, guideline_id=newest.pk, until=until)
    return SendRight(allowed=False, why=Why.MISSING, guideline_id=newest.pk)


def acknowledge(*, guideline_id: int, user: User) -> Acknowledgement:
    """Record that the colleague has read a published version, also before its day; raises Guideline.DoesNotExist."""
    with transaction.atomic():
        guideline = Guideline.objects.get(pk=guideline_id)
        if guideline.state != GuidelineState.PUBLISHED:
            raise NotPublished
        row, is_new = Acknowledgement.objects.get_or_create(
            guideline=guideline, user=user, defaults={"at": clock.now()}
        )
        if is_new:
            audit.record(
                act="guideline.acknowledged", actor=actor_of(user), thing="guideline", thing_id=guideline.pk,
                version=guideline.version,
            )  # fmt: skip
    return row


def register(*, guideline_id: int) -> list[Entry]:
    """Everybody who has to acknowledge a version, by name: whoever may answer, and whoever did acknowledge it."""
    given = dict(Acknowledgement.objects.filter(guideline_id=guideline_id).values_list("user_id", "at"))
    asked = User.objects.filter(Q(is_active=True, role__in=SENDING_ROLES) | Q(pk__in=list(given)))
    return [Entry(user=user, at=given.get(user.pk)) for user in asked.order_by("name", "pk")]


def unread_by(*, user: User) -> list[Guideline]:
    """Official versions in force or to come that the colleague has not acknowledged, the earliest first."""
    now = clock.now()
    alive = Q(series=in_force.COMPANY) | Q(brand__isnull=False)
    rows = in_force.published().filter(alive, part=Part.OFFICIAL).order_by("effective_at", "version")
    rows = rows.select_related("brand").defer("document", "earlier")
    current: dict[int, Guideline] = {}
    to_come: dict[
        tuple[int, datetime], Guideline
    ] = {}  # of two for the same moment only the newer one will be in force
    for one in rows:
        if one.effective_at is None or one.effective_at <= now:
            current[one.series] = one
        else:
            to_come[one.series, one.effective_at] = one
    asked = [one for one in [*current.values(), *to_come.values()] if not one.is_starter]
    if not asked:
        return []
    read = set(Acknowledgement.objects.filter(user=user).values_list("guideline_id", flat=True))
    return [one for one in asked if one.pk not in read]


COUNT_UNREAD = """
SELECT count(*) FROM (
    SELECT DISTINCT ON (series, greatest(effective_at, %(now)s)) id, is_starter FROM guidelines_guideline
    WHERE state = 'PUBLISHED' AND part = 'OFFICIAL' AND (series = 0 OR brand_id IS NOT NULL)
    ORDER BY series, greatest(effective_at, %(now)s), effective_at DESC, version DESC) asked
WHERE NOT is_starter AND NOT EXISTS (
    SELECT FROM guidelines_acknowledgement WHERE guideline_id = asked.id AND user_id = %(user)s)
"""
"""How many `unread_by` finds, as a part of the one query that every page asks."""


def remind(*, guideline_id: int, actor: User) -> int:
    """Ask everybody who has not read a published version to do so, nobody twice a day; how many are told.

    Raises Guideline.DoesNotExist, NotPublished.
    """
    with transaction.atomic():
        # Of two who ask at once the second one waits here, and then finds everybody reminded.
        guideline = Guideline.objects.select_for_update(of=("self",)).defer("document", "earlier").get(pk=guideline_id)
        if guideline.state != GuidelineState.PUBLISHED:
            raise NotPublished
        line = Line(REMINDER, {"version": guideline.version}, f"/guideline/versions/{guideline.pk}/")
        missing = {one.user.pk for one in register(guideline_id=guideline.pk) if one.at is None}
        sent = notifications.enqueue(user_ids=missing - _reminded_lately(missing, line), lines=[line])
        deliver_soon(sent)
        told = Notification.objects.filter(pk__in=sent).values("user").distinct().count()
        audit.record(
            act="guideline.reminded", actor=actor_of(actor), thing="guideline", thing_id=guideline.pk, told=told
        )
    return told


def _reminded_lately(user_ids: Collection[int], line: Line) -> set[int]:
    rows = Notification.objects.filter(user__in=user_ids, created_at__gt=clock.now() - BETWEEN_REMINDERS)
    same = rows.filter(lines__contains=[{"code": line.code, "path": line.path}])
    return {user_id for user_id in same.values_list("user_id", flat=True) if user_id is not None}


# Asked at every keystroke: the statement is not composed anew.
_IN_EFFECT = """
SELECT id, series, effective_at, is_starter FROM guidelines_guideline
WHERE state = 'PUBLISHED' AND part = 'OFFICIAL' AND effective_at <= %(at)s AND series IN (0, %(own)s)
ORDER BY effective_at, version
"""


def _in_effect(brand_id: int | None, at: datetime) -> Sequence[Guideline]:
    """What this brand went by, one after the other: the company's guideline, then its own."""
    own = brand_id or in_force.COMPANY
    found = list(Guideline.objects.raw(_IN_EFFECT, {"own": own, "at": at}))
    begun = min((one.effective_at for one in found if one.series == own and one.effective_at), default=None)
    return [one for one in found if one.series == own or begun is None or (one.effective_at or at) < begun]


def _unread(user: User, versions: Sequence[Guideline], at: datetime) -> Sequence[Guideline]:
    """What took effect after the last version that the colleague knows; a starter counts as known."""
    ids = [one.pk for one in versions]
    given = Acknowledgement.objects.filter(user=user, guideline__in=ids, at__lte=at)
    read = set(given.values_list("guideline_id", flat=True))
    known = [place for place, one in enumerate(versions) if one.is_starter or one.pk in read]
    return versions[known[-1] + 1 :] if known else versions
