"""Moderation: asking for it on a case, deciding on what colleagues ask for, and the ledger."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.service.models import Case, ModerationAct, Outgoing, OutgoingState
from resonanz.service.moderation import correcting, ledger, signing
from resonanz.web import guideline_series, moderating, rulings
from resonanz.web.acts import signed_in
from resonanz.web.permissions import page
from resonanz.web.views.case_acts import answer_act, asks_for_pieces
from resonanz.web.views.inbox import addressed
from resonanz.web.wording import moderation_words, words


@page(Act.ANSWER)
@require_GET
def moderate(request: HttpRequest, case_id: int) -> HttpResponse:
    """What can be done to the post, by which rule, and what the guideline says to it."""
    case = get_object_or_404(Case.objects.select_related("channel"), pk=case_id)
    post = moderating.post_of(case, request.GET.get("post", ""))
    context = {
        "case": case,
        "here": reverse("case", args=[case_id]) + addressed(request)["query"],
        "act": "moderate",
        "action": reverse("do", args=[case_id, "moderate"]),
        **moderating.fields(case=case, post=post, reader=signed_in(request)),
    }
    return _form(request, "web/moderate_form.html", context, title=words.word("doings", "moderate"))


@page(Act.ANSWER)
@require_GET
def put_right(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """An answer of ours to be corrected or withdrawn."""
    outgoing = _answer(outgoing_id)
    connector = registry.connector(outgoing.channel.network)
    context = {
        "outgoing": outgoing,
        "text": outgoing.text,
        "here": reverse("case", args=[outgoing.case_id]),
        "can_correct": bool(outgoing.native_id) and able(connector, Capability.CORRECT),
        "can_withdraw": bool(outgoing.native_id) and able(connector, Capability.WITHDRAW),
    }
    return _form(request, "web/put_right_form.html", context, title=_("Correct or withdraw an answer"))


@page(Act.ANSWER)
@require_POST
def correct(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """Other words for it."""
    outgoing, text = _answer(outgoing_id), request.POST.get("text", "")
    return answer_act(
        request,
        outgoing.case_id,
        lambda: correcting.correct(
            outgoing_id=outgoing_id, text=text, words=request.POST.get("words", ""), actor=signed_in(request)
        ),
        done=_("The correction is on its way."),
        leads_to=reverse("case", args=[outgoing.case_id]),
        refused_to=reverse("put_right", args=[outgoing_id]),
    )


@page(Act.ANSWER)
@require_POST
def withdraw(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """Take it away, for a reason."""
    outgoing = _answer(outgoing_id)
    return answer_act(
        request,
        outgoing.case_id,
        lambda: correcting.withdraw(
            outgoing_id=outgoing_id, words=request.POST.get("words", ""), actor=signed_in(request)
        ),
        done=_("The answer is being withdrawn."),
        leads_to=reverse("case", args=[outgoing.case_id]),
        refused_to=reverse("put_right", args=[outgoing_id]),
    )


@page(Act.ANSWER)
@require_POST
def approve(request: HttpRequest, moderation_id: int) -> HttpResponse:
    """Sign what a colleague asked for."""
    return _decide(
        request,
        lambda: signing.approve(moderation_id=moderation_id, actor=signed_in(request)),
        done=_("Approved. It is done in a few seconds."),
    )


@page(Act.ANSWER)
@require_POST
def refuse(request: HttpRequest, moderation_id: int) -> HttpResponse:
    """It is not done; who asked for it reads why."""
    comment = request.POST.get("comment", "")
    return _decide(
        request,
        lambda: signing.refuse(moderation_id=moderation_id, actor=signed_in(request), comment=comment),
        done=_("Not approved. It is not done."),
    )


@page(Act.READ_CASES)
@require_GET
def ledger_page(request: HttpRequest) -> HttpResponse:
    """The newest entries, of one kind or of all."""
    act = _act(request)
    found = Paginator(ledger.entries(act=act), ledger.PAGE).get_page(request.GET.get("page", "1"))
    query = {"page": found.next_page_number()} if found.has_next() else {}
    context = {
        "entries": moderation_words.with_rules(found.object_list),
        "act": act,
        "acts": words.choices("moderated"),
        "onward": f"?{urlencode(({'act': act} if act else {}) | query)}" if query else "",
        "tabs": guideline_series.pages(request, guideline_series.all_series()[0]),
    }
    return render(request, "web/ledger.html", context)


@page(Act.WRITE_GUIDELINE)
@require_GET
def ledger_export(request: HttpRequest) -> HttpResponse:
    """The same as a table."""
    written = StringIO()
    csv.writer(written).writerows(ledger.lines(act=_act(request)))
    headers = {"Content-Disposition": 'attachment; filename="moderation-ledger.csv"'}
    return HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _form(request: HttpRequest, template: str, context: dict[str, Any], *, title: str) -> HttpResponse:
    if asks_for_pieces(request):
        return render(request, template, context)
    return render(request, "web/moderate.html", {**context, "form_template": template, "title": title})


def _decide(request: HttpRequest, act: Callable[[], object], *, done: str) -> HttpResponse:
    try:
        act()
    except ResonanzError as error:
        clause = str(error.params.get("clause", ""))
        messages.error(request, rulings.told(clause, error.params) if clause else words.told(error))
    else:
        messages.success(request, done)
    return redirect("approvals")


def _answer(outgoing_id: int) -> Outgoing:
    said = Outgoing.objects.exclude(state=OutgoingState.DRAFT)  # what is still written is its author's alone
    return get_object_or_404(said.select_related("channel"), pk=outgoing_id, case__isnull=False)


def _act(request: HttpRequest) -> str:
    act = request.GET.get("act", "")
    if act and act not in ModerationAct.values:
        raise Http404
    return act
