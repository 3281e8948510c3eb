"""The calendar and the response targets in force, as stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from resonanz.networks import registry
from resonanz.networks.contract import Network
from resonanz.service.models import BusinessCalendar, ResponseTarget
from resonanz.service.targets import LATEST_BY_THE_CLOCK, Calendar, NoBusinessHours, due_at

DEFAULT_CALENDAR = "default"
DEFAULT_BUSINESS_MINUTES = 240
_WEEKDAYS = {str(day): [["09:00", "17:00"]] for day in range(5)}


def ensure_defaults() -> None:
    """Monday to Friday, nine to five, German holidays, four hours: until the company says otherwise."""
    BusinessCalendar.objects.get_or_create(
        name=DEFAULT_CALENDAR,
        defaults={"time_zone": settings.DEFAULT_TIME_ZONE, "land": "", "periods": _WEEKDAYS},
    )
    ResponseTarget.objects.get_or_create(network="", defaults={"business_minutes": DEFAULT_BUSINESS_MINUTES})


def business_minutes(*, network: str) -> int:
    """Within how many minutes of business hours an answer is due on a network."""
    minutes = dict(ResponseTarget.objects.filter(network__in=["", network]).values_list("network", "business_minutes"))
    return minutes.get(network, minutes.get("", DEFAULT_BUSINESS_MINUTES))


def due_finder(*, network: str) -> Callable[[datetime], datetime]:
    """A function that says when a post of a given moment is to be answered; reads the database once."""
    stored = BusinessCalendar.objects.order_by("id").first()
    calendar = (
        Calendar.of(time_zone=stored.time_zone, land=stored.land, periods=stored.periods)
        if stored
        else Calendar.of(time_zone=settings.DEFAULT_TIME_ZONE, land="", periods=_WEEKDAYS)
    )
    within = business_minutes(network=network)
    connector: Network = registry.connector(network)
    by_the_minute = connector.limits.by_the_minute

    def find(since: datetime) -> datetime:
        try:
            return due_at(since=since, business_minutes=within, calendar=calendar, by_the_minute=by_the_minute)
        except NoBusinessHours:  # a calendar without an open hour must not stop what comes in
            return since + LATEST_BY_THE_CLOCK

    return find
