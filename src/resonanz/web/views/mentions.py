"""Whom a note can call, while somebody types it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act
from resonanz.core.text import clean
from resonanz.service import mentions
from resonanz.web.permissions import page

MOST_OFFERED = 8


@page(Act.ANSWER)
@require_GET
def mentionable(request: HttpRequest) -> JsonResponse:
    """Names of colleagues who may see cases, as they stand behind the @."""
    typed = clean(request.GET.get("q", ""), most=120)
    return JsonResponse({"offered": [user.name for user in mentions.beginning(typed=typed, most=MOST_OFFERED)]})
