"""The judges: how good each is on what people here checked, and what was learnt instead."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act, may
from resonanz.insights import week_chart
from resonanz.triage.feedback import UnknownLabel
from resonanz.triage.learning import agreeing, choices, drift, labels, runs, standing
from resonanz.triage.learning.standing import Standing
from resonanz.web import judges as told
from resonanz.web.acts import signed_in
from resonanz.web.forms.judges import AgainForm, ExampleForm
from resonanz.web.permissions import page
from resonanz.web.views.today import CHART_SCRIPT


@page(Act.CORRECT_TRIAGE)
@require_GET
def judges(request: HttpRequest) -> HttpResponse:
    """All labels with their figures on the company's own posts."""
    weeks = drift.newest()
    lines = [told.line(one, weeks.get(one.label.code)) for one in sorted(standing.overview(), key=told.place_of)]
    context = {
        "shipped": [line for line in lines if not line.standing.label.is_own],
        "own": [line for line in lines if line.standing.label.is_own],
        "figures": told.figures(None, labels.Label(code="")),
        "is_measured": any(line.standing.figures and not line.standing.clean_needed for line in lines),
        "runs": runs.under_way(),
        "names": labels.names(),
        "again": AgainForm(),
        "choices": choices.choices(),
    }
    return render(request, "web/judges.html", context)


@page(Act.CORRECT_TRIAGE)
@require_GET
def judge(request: HttpRequest, label: str) -> HttpResponse:
    """One label: who judges it, what was learnt instead, and how it is judged week by week."""
    user, found = signed_in(request), standing_of(label)
    context = {
        **_standing(found),
        "drift": _drift(label) if found.judge != "NONE" else None,
        "agreement": (agreement := agreeing.agreement(label=label)),
        "agreed": told.percent(agreement.agreed) if agreement else "",
        "again": AgainForm(),
    }
    if found.label.is_own and may(user, Act.MANAGE_JUDGES):
        context |= {"examples": labels.examples(code=label, viewer=user), "example_form": ExampleForm()}
    return render(request, "web/judge.html", context)


@page(Act.CORRECT_TRIAGE)
@require_GET
def judge_standing(request: HttpRequest, label: str) -> HttpResponse:
    """The part of the page that changes while something is learnt."""
    return render(request, "web/judge_standing.html", _standing(standing_of(label)))


def standing_of(label: str) -> Standing:
    """How a label stands; a page of none is not found."""
    try:
        return standing.standing(label=label)
    except UnknownLabel as error:
        raise Http404 from error


def _standing(found: Standing) -> dict[str, Any]:
    challenger = found.challenger
    return {
        "standing": found,
        "label": found.label,
        "name": told.name_of(found.label),
        "meaning": told.meaning_of(found.label),
        "judge": told.judge_of(found),
        # Of a few posts one figure with its bounds says all that can be said.
        "figures": told.figures(found.figures, found.label)[: 1 if found.clean_needed else None],
        "sides": told.sides(found),
        "because": told.offer(found),
        "beside": told.beside(challenger) if challenger and challenger.rival else "",
        "is_under_way": told.is_under_way(found),
        "run": found.run,
        "label_names": {found.label.code: told.name_of(found.label)},
        "can_go_back": bool(found.champion and (found.earlier or not found.label.is_own)),
    }


def _drift(label: str) -> dict[str, Any] | None:
    """How a label was judged in the last weeks, as a chart and as rows of a table."""
    found = drift.of(label=label)
    if not found.weeks:
        return None
    what = _("negative") if label == "sentiment" else _("so judged")
    return {
        "what": what,
        "weeks": [
            (week, told.percent(week.yes), told.percent(week.unsure), _share(week.corrected, week.checked))
            for week in found.weeks
        ],
        "base": told.percent(found.base.yes) if found.base else "",
        "checked": sum(week.checked for week in found.weeks),
        "corrected": sum(week.corrected for week in found.weeks),
        "chart": week_chart.weeks_chart(
            weeks=found.weeks,
            base=found.base,
            label=lambda day: formats.date_format(day, _("j M")),
            percent=told.percent,
        ),
        "script": CHART_SCRIPT,
    }


def _share(part: int, whole: int) -> str:
    return told.percent(part / whole) if whole else told.NOTHING
