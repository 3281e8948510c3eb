"""Changing hours, company days and targets. Whoever keeps due times registers here and hears of each change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.duties.calendars import as_calendar, special_days
from resonanz.duties.models import BusinessCalendar, CompanyDay, ResponseTarget, TeamCalendar
from resonanz.duties.targets import NoBusinessHours, has_hours
from resonanz.duties.written_hours import Stored
from resonanz.privacy import audit

MOST_COMPANY_DAYS = 92
MOST_MINUTES = 90 * 24 * 60
_listeners: list[Callable[[User], object]] = []


class CalendarNameTaken(ResonanzError):
    """Another calendar bears this name."""

    code = "calendar.name_taken"


class UnknownZone(ResonanzError):
    """No clock of the world follows this zone."""

    code = "calendar.unknown_zone"


class DefaultCalendarStays(ResonanzError):
    """Somebody works by it: whoever has no hours of their own."""

    code = "calendar.default_stays"


class CompanyDaysTooLong(ResonanzError):
    """A span of company days that ends before it begins, or is longer than a quarter."""

    code = "company_day.span"


class TargetTooLong(ResonanzError):
    """Nobody waits a quarter of a year for an answer; or no minute is left to answer."""

    code = "target.minutes"


class LastTarget(ResonanzError):
    """Without it nothing would be due any more where nothing nearer applies."""

    code = "target.last"


def on_change(listener: Callable[[User], object]) -> None:
    """`listener(actor)` is called within the transaction of each change."""
    if listener not in _listeners:
        _listeners.append(listener)


def save_calendar(
    *,
    calendar_id: int | None,
    name: str,
    time_zone: str,
    land: str,
    periods: Mapping[str, Stored],
    team_ids: Collection[int],
    actor: User,
) -> BusinessCalendar:
    """Make or change a calendar. Raises NoBusinessHours, CalendarNameTaken, UnknownZone."""
    _check_zone(time_zone)
    with transaction.atomic():
        stored = BusinessCalendar.objects.select_for_update().get(pk=calendar_id) if calendar_id else BusinessCalendar()
        stored.name, stored.time_zone, stored.land, stored.periods = name, time_zone, land, dict(periods)
        try:
            with transaction.atomic():
                stored.save()
        except IntegrityError as error:
            raise CalendarNameTaken(name=name) from error
        _check_hours(stored)
        _give_to(stored, team_ids)
        _changed("calendar.saved", "calendar", stored.pk, actor)
    return stored


def remove_calendar(*, calendar_id: int, actor: User) -> None:
    """Its teams work by the default calendar from now on. Raises DefaultCalendarStays."""
    with transaction.atomic():
        stored = BusinessCalendar.objects.select_for_update().filter(pk=calendar_id).first()
        if stored is None:
            return
        if stored.is_default:
            raise DefaultCalendarStays(name=stored.name)
        stored.delete()
        _changed("calendar.removed", "calendar", calendar_id, actor)


def add_company_days(
    *, calendar_id: int | None, name: str, first_date: date, last_date: date, periods: Stored, actor: User
) -> CompanyDay:
    """Days with hours of their own, or closed without. Raises CompanyDaysTooLong, NoBusinessHours."""
    if not timedelta(0) <= last_date - first_date <= timedelta(days=MOST_COMPANY_DAYS):
        raise CompanyDaysTooLong(most=MOST_COMPANY_DAYS)
    with transaction.atomic():
        added = CompanyDay.objects.create(
            calendar_id=calendar_id, name=name, first_date=first_date, last_date=last_date, periods=periods
        )
        for stored in BusinessCalendar.objects.order_by("id"):
            _check_hours(stored)
        _changed("company_day.added", "company_day", added.pk, actor)
    return added


def remove_company_days(*, company_day_id: int, actor: User) -> None:
    """They are days as any other."""
    with transaction.atomic():
        if CompanyDay.objects.filter(pk=company_day_id).delete()[0]:
            _changed("company_day.removed", "company_day", company_day_id, actor)


def set_target(
    *,
    kind: str,
    network: str,
    intent: str,
    urgency: str,
    business_minutes: int,
    alarm_minutes: int | None,
    actor: User,
    group_id: int | None = None,
) -> ResponseTarget:
    """Say within what time something is due; replaces an earlier word on the same. Raises TargetTooLong."""
    if not 1 <= business_minutes <= MOST_MINUTES or (alarm_minutes or 0) > MOST_MINUTES:
        raise TargetTooLong(most_days=MOST_MINUTES // (24 * 60))
    with transaction.atomic():
        found, _made = ResponseTarget.objects.update_or_create(
            kind=kind, network=network, intent=intent, urgency=urgency, group_id=group_id,
            defaults={"business_minutes": business_minutes, "alarm_minutes": alarm_minutes},
        )  # fmt: skip
        _changed("target.set", "target", found.pk, actor)
    return found


def remove_target(*, target_id: int, actor: User) -> None:
    """From now on the next wider target holds. Raises LastTarget."""
    with transaction.atomic():
        target = ResponseTarget.objects.select_for_update().filter(pk=target_id).first()
        if target is None:
            return
        if target.kind == "FIRST" and not (target.network or target.intent or target.urgency or target.group_id):
            raise LastTarget
        target.delete()
        _changed("target.removed", "target", target_id, actor)


def _check_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(zone=time_zone) from error


def _check_hours(stored: BusinessCalendar) -> None:
    calendar = as_calendar(stored=stored, days=special_days())
    if not has_hours(calendar=calendar, since=clock.now()):
        raise NoBusinessHours(name=stored.name)


def _give_to(stored: BusinessCalendar, team_ids: Collection[int]) -> None:
    """The teams work by this calendar from now on, whichever they had."""
    TeamCalendar.objects.filter(calendar=stored).exclude(team_id__in=team_ids).delete()
    for team_id in sorted(set(team_ids)):
        TeamCalendar.objects.update_or_create(team_id=team_id, defaults={"calendar": stored})


def _changed(act: str, thing: str, thing_id: int, actor: User) -> None:
    audit.record(act=act, actor=actor_of(actor), thing=thing, thing_id=thing_id)
    for listener in _listeners:
        listener(actor)
