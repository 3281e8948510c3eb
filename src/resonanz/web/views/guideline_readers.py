"""The part for all employees: links to it, who has read it, and the page behind a link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.guidelines import in_force
from resonanz.guidelines import readers as room
from resonanz.guidelines.models import Part, ReaderLink
from resonanz.web import guideline_reading, guideline_series
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.guideline_readers import ForgetReaderForm, ReaderForm, ReaderLinkForm
from resonanz.web.permissions import page, public_page
from resonanz.web.wording import words

MOST_LINKS = 100
MOST_READINGS = 2000
FIELDS = {"name": "name", "domain": "domain", "days": "days"}


@page(Act.WRITE_GUIDELINE)
@never_cache
@require_http_methods(["GET", "POST"])
def guideline_readers(request: HttpRequest) -> HttpResponse:
    """Links to the part for all employees; a new one is shown once."""
    form = ReaderLinkForm(request.POST or None)
    made: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        made = _made(request, form)
    return render(request, "web/guideline_readers.html", {**_around(request), "form": form, **made})


def _made(request: HttpRequest, form: ReaderLinkForm) -> dict[str, Any]:
    try:
        link, token = room.create_link(actor=signed_in(request), **form.cleaned_data)
    except ResonanzError as error:
        field = FIELDS.get(str(error.params.get("field", "")))
        form.add_error(field, words.told(error))
        return {}
    address = settings.BASE_URL + reverse("guideline_reader", args=[token])
    return {"link": address, "link_for": link, "form": ReaderLinkForm()}


def _around(request: HttpRequest) -> dict[str, Any]:
    among = guideline_series.all_series()
    shown = in_force.guideline(brand_id=None, part=Part.EMPLOYEES)
    now = clock.now()
    links = [(link, link.revoked_at is None and link.expires_at > now) for link in room.links()[:MOST_LINKS]]
    return {
        "tabs": guideline_series.pages(request, among[0]),
        "shown": shown,
        "links": links,
        "readings": room.readings(guideline_id=shown.pk)[:MOST_READINGS] if shown else [],
        "forget": ForgetReaderForm(),
    }


@page(Act.WRITE_GUIDELINE)
@require_POST
def revoke_reader_link(request: HttpRequest, link_id: int) -> HttpResponse:
    """End a link now."""
    get_object_or_404(ReaderLink, pk=link_id)
    attempt(
        request, lambda: room.revoke(link_id=link_id, actor=signed_in(request)), done=_("The link leads nowhere now.")
    )
    return redirect("guideline_readers")


@page(Act.WRITE_GUIDELINE)
@require_POST
def forget_reader(request: HttpRequest) -> HttpResponse:
    """Delete what is noted about an employee who left."""
    form = ForgetReaderForm(request.POST)
    if form.is_valid():
        gone = room.forget_reader(email=form.cleaned_data["email"], actor=signed_in(request))
        told = ngettext("%(count)s note was deleted.", "%(count)s notes were deleted.", gone)
        messages.success(request, told % {"count": gone})
    else:
        messages.error(request, _("This is no email address."))
    return redirect("guideline_readers")


@public_page(because="employees without an account read their part by a link; it opens nothing else")
@never_cache
@require_http_methods(["GET", "POST"])
def guideline_reader(request: HttpRequest, token: str) -> HttpResponse:
    """The part for all employees behind a link; looking notes nothing, the button does."""
    try:
        opened = room.open_link(token=token)
    except ResonanzError as error:
        return _hidden(render(request, "web/guideline_public.html", {"problem": words.told(error)}, status=410))
    form = ReaderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            room.confirm(token=token, **form.cleaned_data)
        except ResonanzError as error:
            field = str(error.params.get("field", ""))
            form.add_error(field if field in form.fields else None, words.told(error))
        else:
            answer = redirect("guideline_reader", token)
            answer["Location"] += "?read=1"
            return _hidden(answer)
    context = {
        "form": form,
        "version": opened.guideline,
        "domain": opened.link.domain,
        "was_read": "read" in request.GET,
        "document": guideline_reading.read(opened.document, language=get_language() or "de"),
    }
    return _hidden(render(request, "web/guideline_public.html", context))


def _hidden(answer: HttpResponse) -> HttpResponse:
    """No search engine lists it, and nobody elsewhere learns the address from a link that is followed.

    Not `no-referrer`: browsers would send the form with an origin of "null", and it would be refused.
    """
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
