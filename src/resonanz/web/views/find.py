"""Finding anything: a page of its own without scripts, the list of the command palette with them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act
from resonanz.core.text import clean
from resonanz.web import finding
from resonanz.web.acts import signed_in
from resonanz.web.permissions import page

MOST_LETTERS = 200


@page(Act.ENTER)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Pages, acts, cases, people, topics and channels that fit the words."""
    asked = clean(request.GET.get("q", ""), most=MOST_LETTERS).strip()
    context = {"asked": asked, "groups": finding.groups(user=signed_in(request), request=request, asked=asked)}
    part = request.headers.get("HX-Request") == "true"
    response = render(request, "web/found.html" if part else "web/find.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
