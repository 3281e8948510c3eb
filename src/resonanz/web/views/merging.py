"""Two cases that are one matter, and one case that is two."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from resonanz.accounts.access import Act, may
from resonanz.core.errors import ResonanzError
from resonanz.service.models import Case
from resonanz.service.work import merging, splitting
from resonanz.service.work.candidates import candidates
from resonanz.web import case_doings, undo
from resonanz.web.acts import signed_in
from resonanz.web.permissions import page
from resonanz.web.views.case_acts import asks_for_pieces
from resonanz.web.views.inbox import addressed
from resonanz.web.wording import words

_NUMBER = re.compile(r"(?:#|.*/inbox/)?(\d{1,18})\D*.*", re.DOTALL)


class NoNumber(ResonanzError):
    """What was typed names no case."""

    code = "link.no_number"


@page(Act.ANSWER)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, case_id: int) -> HttpResponse:
    """In which case this one goes on: one that is offered, or a number; then that one."""
    case = get_object_or_404(Case.objects.select_related("channel", "identity"), pk=case_id)
    if request.method == "GET":
        return _asked(request, case, "merge", candidates=[] if case.merged_into_id else candidates(case=case))
    try:
        into = merging.merge(case_id=case_id, into_id=_number(request), actor=signed_in(request))
    except ResonanzError as error:
        return _refused(request, case_id, error)
    undo.remember(request)
    messages.success(request, _("Merged. It goes on here."))
    return redirect("case", into.pk)


@page(Act.ANSWER)
@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, case_id: int) -> HttpResponse:
    """Which posts become a case of their own, and whose; then that one."""
    case = get_object_or_404(Case.objects.select_related("channel", "identity"), pk=case_id)
    if request.method == "GET":
        return _asked(
            request, case, "split", places=splitting.choosable(case=case), colleagues=case_doings.colleagues()
        )
    written = request.POST.getlist("post")
    chosen = [int(each) for each in written if each.isascii() and each.isdecimal() and len(each) < 19]
    try:
        part = splitting.split(
            case_id=case_id, post_ids=chosen, actor=signed_in(request), assignee_id=_assignee(request)
        )
    except ResonanzError as error:
        return _refused(request, case_id, error)
    undo.remember(request)
    messages.success(request, _("Split off. Both cases lead to each other."))
    return redirect("case", part.pk)


def _asked(request: HttpRequest, case: Case, act: str, **more: object) -> HttpResponse:
    here = reverse("case", args=[case.pk]) + addressed(request)["query"]
    context = {"case": case, "here": here, "act": act, "action": request.path, **more}
    return render(request, f"web/{act}_form.html" if asks_for_pieces(request) else "web/do.html", context)


def _refused(request: HttpRequest, case_id: int, error: ResonanzError) -> HttpResponse:
    messages.error(request, words.told(error))
    return redirect("case", case_id)


def _assignee(request: HttpRequest) -> int | None:
    """A colleague, where the reader may give cases away; else whoever is responsible."""
    wanted = request.POST.get("assignee", "")
    if not may(request.user, Act.ASSIGN) or not (wanted.isascii() and wanted.isdecimal()):
        return splitting.DIRECTORY
    chosen = case_doings.colleagues().filter(pk=wanted[:18]).first()
    return chosen.pk if chosen else splitting.DIRECTORY


def _number(request: HttpRequest) -> int:
    found = _NUMBER.fullmatch(request.POST.get("other", "").strip())
    if found is None:
        raise NoNumber
    return int(found[1])
