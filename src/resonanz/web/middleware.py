"""What happens to every request of a page: its language, its time zone, and whether this person may."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from resonanz.accounts.access import may
from resonanz.core.errors import ResonanzError
from resonanz.web import permissions

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class UndeclaredPage(ResonanzError):
    """A page declares no permission; a fault in the code, never of the person."""

    code = "page.undeclared"


class LanguageMiddleware:
    """The language a colleague chose, else the one the browser asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "")
        known = {code for code, _ in settings.LANGUAGES}
        language = chosen if chosen in known else translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language"])
        return response


class TimeZoneMiddleware:
    """The time zone a colleague chose, else the company's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone(getattr(request.user, "time_zone", ""))):
            return self.get_response(request)


class PermissionMiddleware:
    """Serves a page only to whom it is for; a page that declares nothing is refused to everybody.

    What a signed-in colleague saw stays in no cache: the Back button shows nothing after signing out.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """None lets the request through."""
        name = request.resolver_match.view_name if request.resolver_match else None
        declaration = permissions.declared(view, name)
        if declaration is None:
            logger.error("A page declares no permission and was refused.")
            if settings.TESTING:
                raise UndeclaredPage(page=name)
            raise PermissionDenied
        if declaration.act is None or may(request.user, declaration.act):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        raise PermissionDenied


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or settings.DEFAULT_TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.DEFAULT_TIME_ZONE)
