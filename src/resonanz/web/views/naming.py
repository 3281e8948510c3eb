"""The exact words of a post that names employees, for a neutral person."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act
from resonanz.service import naming
from resonanz.web.acts import signed_in
from resonanz.web.permissions import page


@page(Act.READ_EMPLOYEE_NAMES)
@never_cache
@require_GET
def original_post(request: HttpRequest, case_id: int, post_id: int) -> HttpResponse:
    """One post with the names in it; the audit says that they were read."""
    post = naming.read_original(case_id=case_id, post_id=post_id, reader=signed_in(request))
    if post is None:
        raise Http404
    return render(request, "web/original_post.html", {"post": post, "case_id": case_id})
