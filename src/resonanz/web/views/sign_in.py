"""Signing in by a link that works once."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from resonanz.accounts import sign_in_links
from resonanz.core.errors import ResonanzError
from resonanz.web.permissions import public_page
from resonanz.web.wording import words

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public_page(because="the link itself is the permission")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Looking leaves the link unused (programs that preview links look too); the button uses it."""
    try:
        if request.method == "GET":
            return render(request, "web/sign_in_link.html", {"for": sign_in_links.check_link(token=token)})
        user = sign_in_links.use_link(token=token)
    except ResonanzError as error:
        return render(request, "web/sign_in_link.html", {"problem": words.told(error)}, status=410)
    login(request, user, backend=BACKEND)
    if not user.has_usable_password():
        messages.info(request, _("Signed in. A password or a passkey, under Settings, opens the door next time."))
    return redirect("today")
