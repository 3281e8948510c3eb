"""Where a network takes no answers from here: showing that an answer was posted there by hand."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.service.answers import assisted
from resonanz.service.models import Outgoing
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.approvals import NoAddressForm, ProofForm
from resonanz.web.permissions import page
from resonanz.web.views import live
from resonanz.web.wording import words


@page(Act.ANSWER)
@require_POST
def prove(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """Its address there."""
    form = ProofForm(request.POST)
    permalink = form.cleaned_data["permalink"] if form.is_valid() else ""
    return _settle(
        request,
        outgoing_id,
        lambda: assisted.prove(outgoing_id=outgoing_id, permalink=permalink, actor=signed_in(request)),
    )


@page(Act.ANSWER)
@require_POST
def confirm(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """It stands there without an address, for a reason."""
    form = NoAddressForm(request.POST)
    if not form.is_valid():
        return back(request, _case(get_object_or_404(Outgoing, pk=outgoing_id)))
    return _settle(
        request,
        outgoing_id,
        lambda: assisted.confirm(outgoing_id=outgoing_id, reason=form.chosen, actor=signed_in(request)),
    )


def _settle(request: HttpRequest, outgoing_id: int, act: Callable[[], object]) -> HttpResponse:
    outgoing = get_object_or_404(Outgoing, pk=outgoing_id)
    if request.headers.get("HX-Request") != "true":
        attempt(request, act, done=_("Answered. It stands there."))
        return back(request, _case(outgoing))
    try:
        act()
    except ResonanzError as error:
        return JsonResponse({"refused": words.told(error)}, status=409)
    return live.pieces(request, outgoing.case_id) if outgoing.case_id else HttpResponse(status=204)


def _case(outgoing: Outgoing) -> str:
    return reverse("case", args=[outgoing.case_id]) if outgoing.case_id else reverse("inbox")
