"""The card of the tour, for the frame of every page."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template import Context

from resonanz.web.tour import OFFERED, step_of

register = template.Library()


@register.inclusion_tag("web/tour.html", takes_context=True)
def tour(context: Context) -> dict[str, Any]:
    """The card with the step that this reader has reached; nothing where there is no tour."""
    request = context.get("request")
    step = step_of(request) if request is not None and hasattr(request, "user") else None
    return {
        "request": request,
        "step": step,
        "is_offer": step == OFFERED,
        "csrf_token": context.get("csrf_token"),
        "practice_url": settings.PRACTICE_URL,
    }


@register.inclusion_tag("web/tour_again.html", takes_context=True)
def tour_again(context: Context) -> dict[str, Any]:
    """A way back into the tour, for the help."""
    return {"is_there": settings.DEMO, "csrf_token": context.get("csrf_token")}
