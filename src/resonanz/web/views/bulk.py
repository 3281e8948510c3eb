"""The same act on many cases: what it asks, the ids of a whole list, and doing it, a piece at a time."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.service.lists import inbox
from resonanz.service.work.acting import MOST_CASES, act_on_all
from resonanz.web import case_doings, undo
from resonanz.web.acts import signed_in
from resonanz.web.permissions import page
from resonanz.web.refusals import named
from resonanz.web.views import selecting
from resonanz.web.views.inbox import addressed
from resonanz.web.wording import words


@page(Act.READ_CASES)
@require_GET
def ids(request: HttpRequest) -> HttpResponse:
    """The cases of the list that the address asks for, as many as one act takes."""
    address = addressed(request)
    found = inbox.ids(
        user=signed_in(request),
        view=address["view"],
        search=address["words"],
        filters=address["filters"],
        most=MOST_CASES,
    )
    return JsonResponse({"ids": found})


@page(Act.ANSWER)
@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for what the act has to know, or do it to the cases named; the answer names each that was refused.

    Where the cases stand in the address, no script asks, and pages answer (`selecting`).
    """
    if name not in case_doings.NAMES:
        raise Http404
    if selecting.chosen(request):
        return selecting.ask(request, name) if request.method == "GET" else selecting.do(request, name)
    if request.method == "GET" and "view" in request.GET:  # from the list to tick, with nothing ticked
        messages.error(request, words.sentence("bulk.none_chosen", {}))
        return redirect(reverse("select_cases") + addressed(request)["query"])
    if request.method == "GET":
        if name not in case_doings.ASKING:
            raise Http404
        fields = case_doings.fields_of(name, case=None)
        return render(request, f"web/{name}_form.html", {"act": name, "action": request.path, "case": None, **fields})
    typed = request.POST.get("ids", "").split(",")
    wanted = [int(each) for each in typed if each.isascii() and each.isdecimal() and len(each) < 19]
    try:
        batch = UUID(request.POST.get("batch", ""))
        outcome = act_on_all(
            act=case_doings.asked_of(request, name), case_ids=set(wanted), actor=signed_in(request), batch=batch
        )
    except ResonanzError as error:
        return JsonResponse({"refused": words.told(error)}, status=409)
    except ValueError:
        return JsonResponse({"refused": words.sentence("bulk.no_batch", {})}, status=422)
    undo.remember(request)
    return JsonResponse({"done": len(outcome.done), "refused": named(outcome.refused), "undo": _undo(request)})


def _undo(request: HttpRequest) -> str:
    return render_to_string("web/to_undo.html", {"to_undo": undo.open_for(request)}, request)
