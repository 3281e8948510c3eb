"""The start page: said, waiting, late, answered; each number leads to what is behind it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.guidelines.models import Guideline
from resonanz.insights import charts, days, endings, metrics
from resonanz.networks.models import Channel
from resonanz.service.lists import inbox
from resonanz.service.models import Outcome, Outgoing, OutgoingState
from resonanz.service.times import warnings
from resonanz.service.work import declarations
from resonanz.web import first_start, guideline_waiting, times
from resonanz.web.acts import signed_in
from resonanz.web.context import waiting_of
from resonanz.web.permissions import page
from resonanz.web.wording import aftermath_words, declaration_words, said_sentences, warning_words

MOST_ANSWERS = 200
# A new version of the script has a new name; browsers keep it for good.
CHART_SCRIPT = f"vega/vl_convert_python-{version('vl-convert-python')}.js"


@page(Act.ENTER)
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The numbers of the day, what to do next, and the last days as a chart."""
    user, now = signed_in(request), clock.now()
    if first_start.leads_there(user):
        return redirect("start")
    channels = list(Channel.objects.order_by("name").only("name", "network", "failing_since", "failure_code"))
    context = {
        "now": now,
        "broken": [channel for channel in channels if channel.failing_since],
        "has_channels": bool(channels),
        "to_read": _to_read(request, user) if may(user, Act.ANSWER) else [],
        **_said(user),
        **(_cases(user) if may(user, Act.READ_CASES) else {}),
    }
    return render(request, "web/today.html", context)


def _to_read(request: HttpRequest, user: User) -> list[tuple[Guideline, str]]:
    """Asks for them only where the navigation counts some."""
    return guideline_waiting.to_read(user) if waiting_of(request, user)["to_read"] else []


def _said(user: User) -> dict[str, Any]:
    """What was said, with what became of it only for who may know."""
    zone, with_answers = timezone.get_current_timezone(), may(user, Act.READ_CASES)
    said = metrics.said(zone=zone)
    if with_answers:
        said = metrics.answered(so_far=said, zone=zone)
    return {
        "said": said,
        "has_said": any(day.said for day in said.days),
        "today": said.days[-1].day,
        "sentence": said_sentences.sentence(said),
        "chart": charts.days_chart(days=said.days, with_answers=with_answers, label=times.weekday, number=times.number),
        "chart_script": CHART_SCRIPT,
    }


def _cases(user: User) -> dict[str, Any]:
    return {
        "numbers": metrics.now(zone=timezone.get_current_timezone()),
        "next_case": inbox.next_case(user=user),
        "endings": endings.endings(zone=timezone.get_current_timezone()),
        "ending_days": endings.SHOWN_DAYS,
        "declarations": declaration_words.bands(declarations.looked_after_by(user=user)),
        "warned": [(row, warning_words.of(row)) for row in warnings.unseen(user=user)],
    }


@page(Act.READ_CASES)
@require_GET
def answered(request: HttpRequest) -> HttpResponse:
    """What was answered today, newest first."""
    zone = timezone.get_current_timezone()
    since = days.beginning(clock.today(zone), zone)
    sent = Outgoing.objects.filter(state=OutgoingState.SENT, sent_at__gte=since).select_related("channel")
    sent = sent.annotate(to=F("in_reply_to__author_name")).order_by("-sent_at", "-id")[:MOST_ANSWERS]
    return render(request, "web/answered.html", {"answers": sent, "most": MOST_ANSWERS})


@page(Act.READ_CASES)
@require_GET
def ended(request: HttpRequest, outcome: str) -> HttpResponse:
    """The cases behind one of the numbers of how it ended, newest first."""
    if outcome.upper() not in Outcome.values:
        raise Http404
    wanted = Outcome(outcome.upper())
    found = endings.behind(outcome=wanted, zone=timezone.get_current_timezone())[:MOST_ANSWERS]
    context = {
        "outcome": wanted,
        "outcomes": list(Outcome),
        "rows": [{"kept": kept, "told": aftermath_words.told(kept)} for kept in found],
        "ending_days": endings.SHOWN_DAYS,
        "most": MOST_ANSWERS,
    }
    return render(request, "web/ended.html", context)
