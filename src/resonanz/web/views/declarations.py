"""Declarations: what a colleague decides about one, who looks after them, and that a crisis is none."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.accounts.models import Role
from resonanz.duties import appointments
from resonanz.duties.models import Charge
from resonanz.service.models import Case, Declaration
from resonanz.service.work import crises
from resonanz.service.work import declarations as room
from resonanz.web.acts import attempt, signed_in
from resonanz.web.permissions import page
from resonanz.web.views.case_acts import answer_act, asks_for_pieces
from resonanz.web.views.inbox import addressed
from resonanz.web.wording import declaration_words

_NONE, _DONE = "NONE", "DONE"


@page(Act.ANSWER)
@require_http_methods(["GET", "POST"])
def declaration(request: HttpRequest, declaration_id: int) -> HttpResponse:
    """What it is, and what was done: a panel in the open case, or a page of its own without scripts."""
    rows = Declaration.objects.select_related("case", "case__channel", "post")
    row = get_object_or_404(rows, pk=declaration_id)
    case_page = reverse("case", args=[row.case_id])
    if request.method == "POST":
        return answer_act(request, row.case_id, lambda: _decide(request, row.pk), done=_("Decided."),
                          leads_to=case_page)  # fmt: skip
    context = {
        "band": next(iter(declaration_words.bands([row]))),
        "declared": row,
        "kinds": declaration_words.kinds(),
        "here": case_page + addressed(request)["query"],
    }
    return render(request, f"web/declaration{'_form' if asks_for_pieces(request) else ''}.html", context)


def _decide(request: HttpRequest, declaration_id: int) -> None:
    chosen, actor = request.POST.get("kind", ""), signed_in(request)
    if chosen == _NONE:
        room.decide_none(declaration_id=declaration_id, actor=actor)
    elif chosen == _DONE:
        room.decide_done(declaration_id=declaration_id, done=request.POST.get("done", ""), actor=actor)
    else:
        named_day = _day(request.POST.get("day", ""))
        room.decide_kind(declaration_id=declaration_id, kind=chosen, named_day=named_day, actor=actor)


def _day(written: str) -> date | None:
    """The day that was typed; what is none counts as none, and is refused where one is needed."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


@page(Act.ANSWER)
@require_POST
def no_crisis(request: HttpRequest, case_id: int) -> HttpResponse:
    """Nobody has to hurry: the case stands by its due time again."""
    get_object_or_404(Case, pk=case_id)
    return answer_act(
        request,
        case_id,
        lambda: crises.no_crisis(case_id=case_id, actor=signed_in(request)),
        done=_("Not a crisis."),
        leads_to=reverse("case", args=[case_id]),
    )


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def appoint(request: HttpRequest) -> HttpResponse:
    """Who looks after declarations: a colleague, all of a role, or (nothing chosen) the leads."""
    chosen, actor = request.POST.get("who", ""), signed_in(request)
    user_id = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else None
    role = chosen if chosen in Role.values else ""

    def act() -> None:
        if chosen and user_id is None and not role:
            raise appointments.CannotLookAfter
        appointments.appoint(charge=Charge.DECLARATIONS, user_id=user_id, role=role, actor=actor)

    attempt(request, act, done=_("Saved."))
    return redirect(reverse("responsibilities") + "#declarations")
