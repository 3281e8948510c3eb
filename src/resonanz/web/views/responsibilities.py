"""Responsibilities: who answers what, where nobody does, and what another matrix would have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.accounts.models import User
from resonanz.duties import appointments, coverage, escalation
from resonanz.duties import responsibilities as room
from resonanz.duties.holes import Lack
from resonanz.duties.matrix import Matrix, Row, changed
from resonanz.duties.models import Charge, EscalationStep, Responsibility, StepTo
from resonanz.listening.models import Topic
from resonanz.networks.models import Channel
from resonanz.people.models import TargetGroup
from resonanz.pipeline.rehearsal import MOST_TEXTS, rehearse
from resonanz.service.answers.replaying import replay
from resonanz.web import rehearsals
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.responsibilities import ResponsibilityForm, StepForm, initial_of
from resonanz.web.forms.trying import TextForm
from resonanz.web.permissions import page
from resonanz.web.wording import duty_words, words
from resonanz.web.wording.duty_words import Names, Told

MOST_HOLES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the matrix as the page shows it."""

    stored: Responsibility
    what: str
    when: str


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one channel, of a network, or of all channels; the nearest first."""

    name: str
    lines: Sequence[Line]
    has_catch_all: bool


@page(Act.MANAGE_RESPONSIBILITIES)
@require_http_methods(["GET", "POST"])
def responsibilities(request: HttpRequest) -> HttpResponse:
    """The matrix, its holes, and one more row; before it is saved it can be replayed on the last month."""
    if request.method != "POST":
        return _show(request, form=ResponsibilityForm(initial=_initial(request)))
    form = ResponsibilityForm(request.POST)
    if not form.is_valid():
        return _show(request, form=form, status=422)
    if request.POST.get("act") == "replay":
        return _show(request, form=form, extra=_replayed(form))
    return redirect("responsibilities") if _set(request, form) else _show(request, form=form, status=422)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What a link fills in: a row to change, or what a hole is about."""
    asked = request.GET
    row = asked.get("row", "")
    if row.isdecimal() and len(row) < 19:
        stored = Responsibility.objects.filter(pk=int(row)).first()
        if stored is not None:
            return initial_of(stored)
    named = {name: asked.get(name, "") for name in ("channel", "topic", "intent", "language", "starts", "ends")}
    return named | {"days": asked.getlist("days")}


def _show(
    request: HttpRequest, *, form: ResponsibilityForm, extra: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    rows, channel_holes = room.rows(), room.holes()
    names = _names(rows)
    steps = EscalationStep.objects.select_related("team").order_by("team__name", "after_minutes")
    context = {
        "form": form,
        "changes": form["row"].value(),
        "groups": _groups(rows, names),
        "channel_holes": channel_holes,
        "has_channels": Channel.objects.exists(),
        "trying": TextForm(),
        "steps": [(step, words.word("step_to", step.to)) for step in steps],
        "step_form": StepForm(),
        "appointed": appointments.appointed(charge=Charge.DECLARATIONS),
        "may_be_appointed": User.objects.filter(is_active=True, role__in=appointments.ROLES).order_by("name", "id"),
        "appointed_roles": [(role.value, words.word("roles", role)) for role in appointments.ROLES],
        **_holes(rows, names, channel_holes),
        **(extra or {}),
    }
    return render(request, "web/responsibilities.html", context, status=status)


def _names(rows: Sequence[Row]) -> Names:
    return Names(
        dict(Channel.objects.values_list("pk", "name")),
        dict(Topic.objects.values_list("pk", "name")),
        dict(TargetGroup.objects.values_list("pk", "name")),
        coverage.topics_asked(rows),
        coverage.languages_asked(rows),
    )


def _holes(rows: Sequence[Row], names: Names, channel_holes: Sequence[room.Hole]) -> dict[str, Any]:
    """In words; a channel that has no catch-all stands there already."""
    bare = {hole.channel.pk for hole in channel_holes if hole.code == "responsibility.no_catch_all"}
    found = [
        duty_words.hole(hole, names)
        for hole in coverage.weekly_holes(rows=rows)
        if hole.lack is not Lack.NO_ROW or not bare.issuperset(hole.channel_ids or names.channels)
    ]
    away = [_absence_told(hole, names) for hole in coverage.absence_holes(rows=rows)]
    every = [*away, *found]
    return {"holes": every[:MOST_HOLES], "more_holes": max(len(every) - MOST_HOLES, 0)}


def _absence_told(hole: coverage.AbsenceHole, names: Names) -> Told:
    return duty_words.absence_hole(
        hole, list(dict.fromkeys(f"{duty_words.place(row, names)} ({duty_words.row(row, names)})" for row in hole.rows))
    )


def _groups(rows: Sequence[Row], names: Names) -> list[Group]:
    stored = Responsibility.objects.select_related("owner", "deputy", "on_call", "team").in_bulk()
    by_place: dict[str, list[Row]] = {}
    for row in Matrix(rows).rows:
        by_place.setdefault(duty_words.place(row, names), []).append(row)
    order = sorted(by_place, key=lambda name: (_width(by_place[name][0]), name))
    return [
        Group(
            name if _width(by_place[name][0]) else _("Every channel"),
            [Line(stored[row.id], duty_words.row(row, names), duty_words.weekly(row.times))
             for row in by_place[name] if row.id in stored],
            any(row.is_catch_all for row in by_place[name]),
        )
        for name in order
    ]  # fmt: skip


def _width(row: Row) -> int:
    """All channels before networks before single channels."""
    return 2 if row.channel_id else 1 if row.network else 0


def _replayed(form: ResponsibilityForm) -> dict[str, Any]:
    before = room.rows()
    after = changed(before, new=form.as_row(), instead_of=form.cleaned_data["row"])
    names = _names([*before, *after])
    found = replay(before=before, after=after)
    told_before = {duty_words.hole(hole, names).words for hole in coverage.weekly_holes(rows=before)}
    return {
        "replay": found,
        "shares": [(duty_words.receiver(then), duty_words.receiver(now), count) for then, now, count in found.shares],
        "moved": [(one, duty_words.receiver(one.before), duty_words.receiver(one.after)) for one in found.moved],
        "new_holes": [
            told
            for told in (duty_words.hole(hole, names) for hole in coverage.weekly_holes(rows=after))
            if told.words not in told_before
        ][:MOST_HOLES],
    }


def _set(request: HttpRequest, form: ResponsibilityForm) -> bool:
    owner, team = form.cleaned_data["owner"], form.cleaned_data["team"]
    who = None if form.cleaned_data["nobody"] else owner or team
    return attempt(
        request,
        lambda: room.set_responsibility(**form.asked(), instead_of=form.cleaned_data["row"], actor=signed_in(request)),
        done=_("%(name)s answers from now on.") % {"name": who} if who else _("Saved."),
    )


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def remove_responsibility(request: HttpRequest, responsibility_id: int) -> HttpResponse:
    """Take one row away."""
    actor = signed_in(request)
    attempt(
        request,
        lambda: room.remove_responsibility(responsibility_id=responsibility_id, actor=actor),
        done=_("The rule was removed."),
    )
    return redirect("responsibilities")


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def try_texts(request: HttpRequest) -> HttpResponse:
    """Who would get these texts; nothing is stored."""
    form = TextForm(request.POST)
    extra: dict[str, Any] = {"trying": form}
    if form.is_valid():
        texts = [line for line in form.cleaned_data["texts"].splitlines() if line.strip()][:MOST_TEXTS]
        channel = form.cleaned_data["channel"]
        found = rehearse(channel_id=channel.pk, texts=texts, at=form.cleaned_data["at"])
        extra["lines"] = rehearsals.lines(found, channel_id=channel.pk)
    return _show(request, form=ResponsibilityForm(), extra=extra, status=200 if form.is_valid() else 422)


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def add_step(request: HttpRequest) -> HttpResponse:
    """One more step of escalation."""
    form = StepForm(request.POST)
    if not form.is_valid():
        return _show(request, form=ResponsibilityForm(), extra={"step_form": form}, status=422)
    chosen = form.cleaned_data
    attempt(
        request,
        lambda: escalation.set_step(
            team_id=chosen["step_team"].pk if chosen["step_team"] else None,
            after_minutes=chosen["after_minutes"],
            to=StepTo(chosen["to"]),
            actor=signed_in(request),
        ),
        done=_("Saved."),
    )
    return redirect("responsibilities")


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def remove_step(request: HttpRequest, step_id: int) -> HttpResponse:
    """One step less."""
    actor = signed_in(request)
    attempt(request, lambda: escalation.remove_step(step_id=step_id, actor=actor), done=_("The step was removed."))
    return redirect("responsibilities")
