"""Acts from the page of a case that ask something first: snooze, tag, hand over, link; and their short ways back."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.service.models import Case
from resonanz.service.work import linking
from resonanz.service.work.acting import act_on
from resonanz.web import case_doings
from resonanz.web.acts import signed_in
from resonanz.web.permissions import page
from resonanz.web.views.case_acts import answer_act, asks_for_pieces
from resonanz.web.views.inbox import addressed

PANELS = frozenset(("snooze", "tag", "hand-over", "known-issue"))
_NUMBER = re.compile(r"(?:#|.*/inbox/)?(\d{1,18})\D*.*", re.DOTALL)


class NoNumber(ResonanzError):
    """What was typed names no case."""

    code = "link.no_number"


@page(Act.ANSWER)
@require_http_methods(["GET", "POST"])
def do(request: HttpRequest, case_id: int, name: str) -> HttpResponse:
    """Ask for what an act has to know, or do it."""
    if name not in case_doings.NAMES:
        raise Http404
    case = get_object_or_404(Case.objects.select_related("channel", "assignee"), pk=case_id)
    if request.method == "GET":
        if name not in PANELS:
            raise Http404
        here = reverse("case", args=[case_id]) + addressed(request)["query"]
        context = {
            "case": case,
            "here": here,
            "act": name,
            "action": request.path,
            **case_doings.fields_of(name, case=case),
        }
        return render(request, f"web/{name}_form.html" if asks_for_pieces(request) else "web/do.html", context)
    return answer_act(
        request,
        case_id,
        lambda: act_on(act=case_doings.asked_of(request, name), case_id=case_id, actor=signed_in(request)),
        done=_("Done."),
        leads_to=reverse("case", args=[case_id]),
    )


@page(Act.ANSWER)
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, case_id: int) -> HttpResponse:
    """Which case belongs to this one: its number, or its address."""
    case = get_object_or_404(Case.objects.select_related("channel"), pk=case_id)
    if request.method == "GET":
        here = reverse("case", args=[case_id]) + addressed(request)["query"]
        context = {"case": case, "here": here, "act": "link", "action": request.path}
        return render(request, "web/link_form.html" if asks_for_pieces(request) else "web/do.html", context)
    return answer_act(
        request,
        case_id,
        lambda: linking.link(case_id=case_id, other_id=_number(request), actor=signed_in(request)),
        done=_("Linked."),
        leads_to=reverse("case", args=[case_id]),
    )


@page(Act.ANSWER)
@require_POST
def unlink(request: HttpRequest, case_id: int, other_id: int) -> HttpResponse:
    """The two do not belong together after all."""
    get_object_or_404(Case, pk=case_id)
    return answer_act(
        request,
        case_id,
        lambda: linking.unlink(case_id=case_id, other_id=other_id, actor=signed_in(request)),
        done=_("No longer linked."),
        leads_to=reverse("case", args=[case_id]),
    )


def _number(request: HttpRequest) -> int:
    found = _NUMBER.fullmatch(request.POST.get("other", "").strip())
    if found is None:
        raise NoNumber
    return int(found[1])
