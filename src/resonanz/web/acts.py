"""How a page does one act: a foreseen error becomes a sentence, and the reader goes back to where they were."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.web.wording import words


def attempt(request: HttpRequest, act: Callable[[], object], *, done: str = "") -> bool:
    """Do `act`; say `done`, or what went wrong. Whether it was done."""
    try:
        act()
    except ResonanzError as error:
        messages.error(request, words.told(error))
        return False
    if done:
        messages.success(request, done)
    return True


def back(request: HttpRequest, otherwise: str, *, field: str = "next") -> HttpResponse:
    """To the place on our own pages that the form names in `field`, else to `otherwise`."""
    wanted = request.POST.get(field, "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    is_path = wanted.startswith("/")  # `redirect` would look for anything else among the names of pages
    return redirect(wanted if ours and is_path else otherwise)


def signed_in(request: HttpRequest) -> User:
    """The colleague behind a request that the permission middleware let through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
