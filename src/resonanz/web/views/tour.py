"""The tour of five steps: it begins, and it ends."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from resonanz.accounts import touring
from resonanz.accounts.access import Act
from resonanz.web import tour
from resonanz.web.acts import back, signed_in
from resonanz.web.permissions import page


@page(Act.ENTER)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """From the first step on, also for whoever ended it before."""
    touring.begin_tour(user=signed_in(request))
    tour.begin(request)
    return redirect("today")


@page(Act.ENTER)
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """It is not shown any more; the help begins it again."""
    touring.end_tour(user=signed_in(request))
    tour.leave(request)
    return back(request, "/")
