"""What leads decide about judges: learning, taking what was learnt, going back, judging again, and what may teach."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.triage.learning import choices as room
from resonanz.triage.learning import labels, runs, taking
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.judges import AgainForm, ChoicesForm
from resonanz.web.permissions import page
from resonanz.web.views.judges import standing_of


@page(Act.MANAGE_JUDGES)
@require_POST
def refit(request: HttpRequest, label: str) -> HttpResponse:
    """Learn from all that was checked; the page shows how far it is."""
    return _done(request, label, lambda: runs.begin_refit(label=label, actor=signed_in(request)), "")


@page(Act.MANAGE_JUDGES)
@require_POST
def take(request: HttpRequest, label: str) -> HttpResponse:
    """What was learnt judges from now on."""
    done = _("What was learnt judges every new post from now on. Earlier posts stay as they are until judged again.")
    return _done(request, label, lambda: taking.take(head_id=_head(request), actor=signed_in(request)), done)


@page(Act.MANAGE_JUDGES)
@require_POST
def decline(request: HttpRequest, label: str) -> HttpResponse:
    """What was learnt goes; what people checked stays."""
    done = _("Declined. What people checked stays, and the next learning begins from all of it.")
    return _done(request, label, lambda: taking.decline(head_id=_head(request), actor=signed_in(request)), done)


@page(Act.MANAGE_JUDGES)
@require_POST
def go_back(request: HttpRequest, label: str) -> HttpResponse:
    """Whoever judged before judges again."""
    done = _("The judge before judges again.")
    return _done(request, label, lambda: taking.go_back(label=label, actor=signed_in(request)), done)


@page(Act.CORRECT_TRIAGE)
@require_GET
def runs_under_way(request: HttpRequest) -> HttpResponse:
    """How far work in the background is."""
    return render(request, "web/learning_runs.html", {"runs": runs.under_way(), "names": labels.names()})


@page(Act.MANAGE_JUDGES)
@require_POST
def cancel_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """End work in the background."""
    attempt(request, lambda: runs.cancel(run_id=run_id, actor=signed_in(request)))
    return back(request, reverse("judges"))


@page(Act.MANAGE_JUDGES)
@require_POST
def evaluate_again(request: HttpRequest) -> HttpResponse:
    """Judge earlier posts by whoever judges now."""
    form = AgainForm(request.POST)
    if form.is_valid():
        days = form.cleaned_data["days"]
        attempt(request, lambda: runs.begin_reevaluation(days=days, actor=signed_in(request)))
    return redirect(f"{reverse('judges')}#runs")


@page(Act.SET_UP)
@require_http_methods(["GET", "POST"])
def learning_choices(request: HttpRequest) -> HttpResponse:
    """What may teach, and who decides."""
    known = room.choices()
    initial = {"learns_from_private": known.learns_from_private, "takes_by_itself": known.takes_by_itself}
    form = ChoicesForm(request.POST or None, initial=initial)
    if request.method == "POST":
        form = ChoicesForm(request.POST)
        if form.is_valid():
            room.choose(**form.cleaned_data, actor=signed_in(request))
            messages.success(request, _("Saved."))
            return redirect("learning_choices")
    return render(request, "web/learning_choices.html", {"form": form})


def _head(request: HttpRequest) -> int:
    """The head that the page showed: another one that was learnt meanwhile is not taken by accident."""
    typed = request.POST.get("head", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _done(request: HttpRequest, label: str, act: Callable[[], object], done: str) -> HttpResponse:
    standing_of(label)
    attempt(request, act, done=done)
    return redirect("judge", label)
