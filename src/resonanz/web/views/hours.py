"""Business hours: calendars with several periods a day, holidays, company days; a week drawn so that one sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core import clock
from resonanz.duties import calendars, hours
from resonanz.duties.models import BusinessCalendar, CompanyDay
from resonanz.duties.targets import holiday_name
from resonanz.duties.written_hours import minutes_of, write
from resonanz.service.times import recomputing
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.hours import CalendarForm, CompanyDayForm, initial_of
from resonanz.web.permissions import page
from resonanz.web.wording import due_words

NEXT_HOLIDAYS = 4
_LOOK_AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class DrawnDay:
    """One day of a week: its name, its hours in words, and (start, length) of each period in minutes."""

    name: str
    written: str
    periods: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A calendar as the page shows it."""

    stored: BusinessCalendar
    name: str
    land: str
    teams: Sequence[str]
    week: Sequence[DrawnDay]
    holidays: Sequence[tuple[date, str]]


@page(Act.MANAGE_RESPONSIBILITIES)
@require_http_methods(["GET", "POST"])
def hours_page(request: HttpRequest) -> HttpResponse:
    """All calendars, the company days, and one more of these."""
    form = CompanyDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _add_days(request, form):
        return redirect("hours")
    today = clock.now().date()
    days = CompanyDay.objects.filter(last_date__gte=today - timedelta(days=7)).select_related("calendar")
    context = {
        "calendars": [_shown(one) for one in _calendars()],
        "company_days": [(one, write(periods=one.periods), _for(one)) for one in days.order_by("first_date", "id")],
        "form": form,
        "recomputation": recomputing.latest_shown(),
    }
    return render(request, "web/hours.html", context)


@page(Act.MANAGE_RESPONSIBILITIES)
@require_http_methods(["GET", "POST"])
def new_calendar(request: HttpRequest) -> HttpResponse:
    """Hours for some team."""
    form = CalendarForm(request.POST or None, initial={f"day_{day}": "9-17" for day in range(5)})
    if request.method == "POST" and form.is_valid() and _save(request, form, None):
        return redirect("hours")
    return render(request, "web/calendar.html", {"form": form})


@page(Act.MANAGE_RESPONSIBILITIES)
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Change one calendar."""
    stored = get_object_or_404(BusinessCalendar, pk=calendar_id)
    initial = {**initial_of(stored), "teams": calendars.team_ids_of(calendar_id=stored.pk)}
    initial["name"] = due_words.calendar_name(stored.name)
    form = CalendarForm(request.POST or None, initial=initial, is_default=stored.is_default)
    if request.method == "POST" and form.is_valid() and _save(request, form, stored):
        return redirect("hours")
    return render(request, "web/calendar.html", {"form": form, "stored": stored, "shown": _shown(stored)})


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def remove_calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Its teams work by the usual hours."""
    actor = signed_in(request)
    attempt(
        request,
        lambda: hours.remove_calendar(calendar_id=calendar_id, actor=actor),
        done=_("The hours were removed; their teams work by the usual ones."),
    )
    return redirect("hours")


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def remove_company_days(request: HttpRequest, company_day_id: int) -> HttpResponse:
    """They are days as any other."""
    actor = signed_in(request)
    attempt(
        request,
        lambda: hours.remove_company_days(company_day_id=company_day_id, actor=actor),
        done=_("Removed."),
    )
    return redirect("hours")


@page(Act.MANAGE_RESPONSIBILITIES)
@require_GET
def recomputation(request: HttpRequest) -> HttpResponse:
    """How far the due times are, for a page that stays open."""
    return render(request, "web/recomputation.html", {"recomputation": recomputing.latest_shown()})


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def cancel_recomputation(request: HttpRequest, recomputation_id: int) -> HttpResponse:
    """Leave the rest as it was."""
    attempt(
        request,
        lambda: recomputing.cancel(recomputation_id=recomputation_id),
        done=_("Stopped. What was reckoned stays; the other cases are due as before."),
    )
    return redirect("hours")


def _save(request: HttpRequest, form: CalendarForm, stored: BusinessCalendar | None) -> bool:
    chosen = form.cleaned_data
    same_name = stored is not None and chosen["name"] == due_words.calendar_name(stored.name)
    return attempt(
        request,
        lambda: hours.save_calendar(
            calendar_id=stored.pk if stored else None,
            name=stored.name if stored and same_name else chosen["name"],
            time_zone=chosen["time_zone"],
            land=chosen["land"],
            periods=form.periods,
            team_ids=[team.pk for team in chosen.get("teams", [])],
            actor=signed_in(request),
        ),
        done=_("Saved. What is open is reckoned anew; what was answered stays as it was."),
    )


def _add_days(request: HttpRequest, form: CompanyDayForm) -> bool:
    chosen = form.cleaned_data
    return attempt(
        request,
        lambda: hours.add_company_days(
            calendar_id=chosen["calendar"].pk if chosen["calendar"] else None,
            name=chosen["day_name"],
            first_date=chosen["first_date"],
            last_date=chosen["last_date"],
            periods=form.periods,
            actor=signed_in(request),
        ),
        done=_("Saved. What is open is reckoned anew; what was answered stays as it was."),
    )


def _calendars() -> list[BusinessCalendar]:
    rows = BusinessCalendar.objects.prefetch_related("team_calendars__team")
    return list(rows.order_by("-is_default", "name"))


def _for(one: CompanyDay) -> str:
    return due_words.calendar_name(one.calendar.name) if one.calendar else ""


def _shown(stored: BusinessCalendar) -> Shown:
    return Shown(
        stored,
        due_words.calendar_name(stored.name),
        str(due_words.LANDS.get(stored.land, stored.land)),
        sorted(place.team.name for place in stored.team_calendars.all()),
        drawn(stored.periods),
        _holidays(stored),
    )


def drawn(periods: Mapping[str, Any]) -> list[DrawnDay]:
    """A stored week, day by day."""
    return [
        DrawnDay(
            str(name),
            write(periods=periods.get(str(day), [])),
            [(opens, closes - opens) for opens, closes in minutes_of(periods=periods.get(str(day), []))],
        )
        for day, name in enumerate(due_words.WEEKDAYS)
    ]


def _holidays(stored: BusinessCalendar) -> list[tuple[date, str]]:
    """The next public holidays of its Land on days on which it would be open."""
    today, language = clock.today(ZoneInfo(stored.time_zone)), get_language() or "en"
    days = (today + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD.days))
    named = ((day, holiday_name(stored.land, day, language=language)) for day in days)
    found = ((day, name) for day, name in named if name and stored.periods.get(str(day.weekday())))
    return [one for one, _count in zip(found, range(NEXT_HOLIDAYS), strict=False)]
