"""Who is there: the week of a team, absences and shifts, how much fits whom, and passing work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.duties import presence as room
from resonanz.duties.business_time import zone
from resonanz.duties.models import Absence, Shift
from resonanz.service.models import Case
from resonanz.service.work import handing
from resonanz.service.work.workload import open_cases
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.presence import AbsenceForm, CapacityForm, OwnAbsenceForm, ShiftForm
from resonanz.web.forms.responsibilities import answering
from resonanz.web.permissions import page

_DAYS = 7
_WEEKS_AWAY = 52


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of somebody."""

    day: date
    is_away: bool
    shifts: Sequence[Shift]


@dataclass(frozen=True, slots=True)
class Person:
    """The week of somebody; `has_open`: there is work that could be passed on."""

    user: User
    cells: Sequence[Cell]
    absences: Sequence[Absence]
    has_open: bool


@page(Act.MANAGE_RESPONSIBILITIES)
@require_GET
def who_is_there(request: HttpRequest) -> HttpResponse:
    """Who is there this week, or another one."""
    return _show(request)


def _show(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    week = _week(request)
    today = clock.now().astimezone(zone()).date()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=week)
    days = [monday + timedelta(days=ahead) for ahead in range(_DAYS)]
    context = {
        "people": _people(days, today),
        "days": days,
        "today": today,
        "week": week,
        "absence_form": AbsenceForm(),
        "shift_form": ShiftForm(initial={"day": max(today, monday), "weeks": 1}),
        **forms,
    }
    return render(request, "web/who_is_there.html", context, status=status)


def _week(request: HttpRequest) -> int:
    asked = request.GET.get("week", "0")
    number = int(asked) if asked.removeprefix("-").isdecimal() and len(asked) < 5 else 0
    return max(-_WEEKS_AWAY, min(_WEEKS_AWAY, number))


def _people(days: Sequence[date], today: date) -> list[Person]:
    here = zone()
    users = list(answering())
    since = datetime.combine(days[0], time(), tzinfo=here)
    until = datetime.combine(days[-1] + timedelta(days=1), time(), tzinfo=here)
    by_user: dict[int, list[Shift]] = {}
    for shift in Shift.objects.filter(starts_at__lt=until, ends_at__gt=since).order_by("starts_at", "pk"):
        by_user.setdefault(shift.user_id, []).append(shift)
    coming = Absence.objects.filter(last_date__gte=min(today, days[0])).order_by("first_date", "pk")
    absences: dict[int, list[Absence]] = {}
    for absence in coming:
        absences.setdefault(absence.user_id, []).append(absence)
    busy = open_cases([user.pk for user in users])
    return [
        Person(
            user,
            [_cell(day, here, absences.get(user.pk, []), by_user.get(user.pk, [])) for day in days],
            absences.get(user.pk, []),
            user.pk in busy,
        )
        for user in users
    ]


def _cell(day: date, here: ZoneInfo, absences: Sequence[Absence], shifts: Sequence[Shift]) -> Cell:
    is_away = any(absence.first_date <= day <= absence.last_date for absence in absences)
    return Cell(day, is_away, [one for one in shifts if one.starts_at.astimezone(here).date() == day])


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def add_absence(request: HttpRequest) -> HttpResponse:
    """Somebody is away."""
    form = AbsenceForm(request.POST)
    if not form.is_valid():
        return _show(request, status=422, absence_form=form)
    attempt(
        request,
        lambda: room.set_absence(
            user_id=form.cleaned_data["user"].pk,
            first_date=form.cleaned_data["first_date"],
            last_date=form.cleaned_data["last_date"],
            actor=signed_in(request),
        ),
        done=_("Saved."),
    )
    return redirect("who_is_there")


@page(Act.ENTER)
@require_POST
def add_own_absence(request: HttpRequest) -> HttpResponse:
    """One is away oneself."""
    form, user = OwnAbsenceForm(request.POST), signed_in(request)
    if form.is_valid():
        attempt(request, lambda: room.set_absence(user_id=user.pk, actor=user, **form.cleaned_data), done=_("Saved."))
    else:
        attempt(request, _refuse)
    return redirect("settings")


def _refuse() -> None:
    raise room.AbsenceInvalid


@page(Act.ENTER)
@require_POST
def remove_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Back after all: one's own by everybody, those of others by a lead."""
    user = signed_in(request)
    every = Absence.objects.all() if may(user, Act.MANAGE_RESPONSIBILITIES) else Absence.objects.filter(user=user)
    get_object_or_404(every, pk=absence_id)
    attempt(request, lambda: room.remove_absence(absence_id=absence_id, actor=user), done=_("Removed."))
    return back(request, "/settings/")


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def add_shifts(request: HttpRequest) -> HttpResponse:
    """Shifts of some, for some weeks."""
    form = ShiftForm(request.POST)
    if not form.is_valid():
        return _show(request, status=422, shift_form=form)
    starts_at, ends_at = form.span()
    attempt(
        request,
        lambda: room.plan_shifts(
            user_ids=[user.pk for user in form.cleaned_data["users"]],
            starts_at=starts_at,
            ends_at=ends_at,
            on_call=form.cleaned_data["on_call"],
            weeks=form.cleaned_data["weeks"],
            actor=signed_in(request),
        ),
        done=_("Saved."),
    )
    return redirect("who_is_there")


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def remove_shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    """One shift less."""
    attempt(request, lambda: room.remove_shift(shift_id=shift_id, actor=signed_in(request)), done=_("Removed."))
    return back(request, "/responsibilities/presence/")


@page(Act.MANAGE_RESPONSIBILITIES)
@require_http_methods(["GET", "POST"])
def colleague_at_work(request: HttpRequest, user_id: int) -> HttpResponse:
    """How much fits somebody and in which languages, and where their open cases would go."""
    user = get_object_or_404(User, pk=user_id)
    form = CapacityForm(request.POST or None, initial=CapacityForm.initial_of(user))
    if request.method == "POST" and form.is_valid():
        actor = signed_in(request)
        attempt(request, lambda: room.set_capacity(user_id=user.pk, actor=actor, **form.cleaned_data), done=_("Saved."))
        return redirect("colleague_at_work", user_id)
    plan = handing.plan_spread(user_id=user.pk)
    names = User.objects.in_bulk([pk for pk, _many in plan.shares if pk])
    context = {
        "colleague": user,
        "form": form,
        "plan": plan,
        "shares": [(names.get(pk or 0), many) for pk, many in plan.shares],
    }
    return render(request, "web/colleague_at_work.html", context)


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def spread(request: HttpRequest, user_id: int) -> HttpResponse:
    """Pass the open cases of somebody on, in one act."""
    user, actor = get_object_or_404(User, pk=user_id), signed_in(request)
    done = len(handing.spread(user_id=user.pk, actor=actor).done)
    told = ngettext("%(count)s case was passed on.", "%(count)s cases were passed on.", done) % {"count": done}
    attempt(request, lambda: None, done=told)
    return redirect("colleague_at_work", user_id)


@page(Act.ANSWER)
@require_POST
def next_case(request: HttpRequest) -> HttpResponse:
    """The next case for whoever asks: one of their own, else one of the team's, which becomes theirs."""
    besides, user = request.POST.get("besides", ""), signed_in(request)
    found: list[Case | None] = []
    current = int(besides) if besides.isdecimal() and len(besides) < 19 else None
    if not attempt(request, lambda: found.append(handing.next_case(user=user, besides=current))):
        return redirect("inbox")
    if found[0] is None:
        messages.info(request, _("Nothing waits for you or your teams."))
        return redirect("inbox")
    return redirect("case", found[0].pk)
