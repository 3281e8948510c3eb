"""Capturing by hand: a form, what the page behind a link offers to it, and what a telephone shares with it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act, may
from resonanz.core.errors import ResonanzError
from resonanz.core.pictures import Drawn
from resonanz.listening import screenshots
from resonanz.networks import links, page_reading
from resonanz.networks.page_reading import Facts, PageError
from resonanz.pipeline import capturing
from resonanz.pipeline.capturing import Captured
from resonanz.web import sharing
from resonanz.web.acts import signed_in
from resonanz.web.forms.capture import CaptureForm, filled_in
from resonanz.web.permissions import page, public_page
from resonanz.web.wording import words

_MOST_SHARED = 1_500_000
"""Bytes of a picture that stands in the page until somebody captures it."""


@page(Act.ANSWER)
@require_http_methods(["GET", "POST"])
def capture(request: HttpRequest) -> HttpResponse:
    """The form; with `act` look it asks the page behind the link, else it captures."""
    if request.method == "GET":
        typed = sharing.kept(request)
        answer = _form(request, CaptureForm(initial=_beginning(typed)), known=_known(typed.get("link", "")))
        sharing.forget(answer)
        return answer
    if request.POST.get("act") == "look":
        return _look(request)
    form = CaptureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return _captured(request, form)
        except ResonanzError as error:
            form.add_error(None, words.told(error))
    return _form(request, form, status=422)


@csrf_exempt
@public_page(because="a telephone shares without our token; nothing is kept, only a form filled in for who signs in")
@require_POST
def capture_shared(request: HttpRequest) -> HttpResponse:
    """What was shared with the installed app, in the form. It changes nothing here: that takes the form's own token.

    Who is not signed in is asked to; the words wait in their own browser, sealed, for a quarter of an hour.
    """
    typed = sharing.read(request.POST)
    if not request.user.is_authenticated:
        answer: HttpResponse = redirect(f"{reverse('account_login')}?next={reverse('capture')}")
        sharing.keep(answer, typed, is_secure=request.is_secure())
        return answer
    if not may(request.user, Act.ANSWER):
        raise PermissionDenied
    try:
        shared = _drawn(request)
    except ResonanzError as error:
        messages.error(request, words.told(error))
        shared = ""
    return _form(request, CaptureForm(initial=_beginning(typed)), known=_known(typed["link"]), shared=shared)


@public_page(because="browsers ask for it without a session when the app is installed; it says nothing of the company")
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What makes the pages an app that a telephone can share with."""
    address = reverse("capture")
    told = {
        "id": "/", "name": "Resonanz", "short_name": "Resonanz", "lang": get_language(),
        "start_url": "/", "scope": "/", "display": "standalone",
        "background_color": "#ffffff", "theme_color": "#0b6c78",
        "icons": [
            {"src": static("web/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("web/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
            {"src": static("web/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
        "shortcuts": [{"name": _("Capture by hand"), "url": address}],
        "share_target": {
            "action": reverse("capture_shared"), "method": "POST", "enctype": "multipart/form-data",
            "params": {
                "title": "title", "text": "text", "url": "url",
                "files": [{"name": "screenshot", "accept": ["image/png", "image/jpeg", "image/webp", "image/gif"]}],
            },
        },
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


def _look(request: HttpRequest) -> HttpResponse:
    """Ask the page once for a link, and fill in what is still empty; a second time only for another link."""
    typed = {name: str(value) for name, value in request.POST.items()}
    link, problem, facts = typed.get("link", "").strip(), "", None
    known = _known(link)
    if not links.canonical(link):
        problem = words.sentence("assisted.not_an_address", {})
    elif typed.get("read") != link:
        try:
            facts = page_reading.read_page(link)
        except PageError as error:
            problem = words.told(error)
        else:
            known = known or _known(facts.link)
            typed = filled_in(typed, facts) | {"link": facts.link or link, "read": facts.link or link}
    return _form(request, CaptureForm(initial=typed), known=known, facts=facts, problem=problem)


def _captured(request: HttpRequest, form: CaptureForm) -> HttpResponse:
    picture = form.picture()
    shot: Drawn | None = screenshots.draw(picture) if picture else None
    done: Captured = capturing.capture(
        brought=form.brought(), shot=shot, alt=form.cleaned_data["alt"], channel_name=_("Captured by hand"),
        actor=signed_in(request),
    )  # fmt: skip
    if done.was_known:
        messages.info(request, _("This was here already. Nothing was captured a second time."))
    else:
        messages.success(request, _("Captured."))
    return redirect("case", done.case_id)


def _beginning(typed: Mapping[str, str]) -> dict[str, str]:
    return {"visible": "PUBLIC", **typed, "key": str(uuid4())}


def _known(link: str) -> capturing.Known | None:
    return capturing.known(addresses=[link]) if link else None


def _drawn(request: HttpRequest) -> str:
    """A shared picture as an address that holds it: it is nowhere but in the page until somebody captures it."""
    file = request.FILES.get("screenshot")
    if file is None:
        return ""
    drawn = screenshots.draw(file.read(screenshots.MOST_UPLOAD + 1), most_bytes=_MOST_SHARED)
    return f"data:{drawn.content_type};base64,{base64.b64encode(drawn.data).decode()}"


def _form(
    request: HttpRequest,
    form: CaptureForm,
    *,
    known: capturing.Known | None = None,
    facts: Facts | None = None,
    problem: str = "",
    shared: str = "",
    status: int = 200,
) -> HttpResponse:
    if known is None and not form.data.get("is_another"):
        del form.fields["is_another"]
    context = {"form": form, "known": known, "facts": facts, "problem": problem, "shared": shared}
    return render(request, "web/capture.html", context, status=status)
