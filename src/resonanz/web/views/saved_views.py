"""Saved views: kept from the list as it is shown, counted while it is open, put in order on a page of their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core.text import clean
from resonanz.service.lists import filter_language, filtering, inbox, views
from resonanz.service.lists.filter_language import completing, names_beginning
from resonanz.service.lists.inbox import Counted, Filters, View
from resonanz.service.models import Audience, SavedView
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.permissions import page
from resonanz.web.views.inbox import addressed, filters_of, listing_of
from resonanz.web.wording import words

MOST_COUNTED = 99
MOST_OFFERED = 8
_NARROWING = ("channel", "topic", "kind")


@page(Act.READ_CASES)
@require_http_methods(["GET", "POST"])
def saved_views(request: HttpRequest) -> HttpResponse:
    """All views of the reader, to be renamed, shared, put in order and removed; or a new one of the list shown."""
    user = signed_in(request)
    if request.method == "POST":
        return _save(request)
    found = [(view, views.may_change(view=view, user=user)) for view in views.in_order(user=user)]
    context = {
        **addressed(request),
        "found": found,
        "teams": user.teams.order_by("name", "pk"),
        "audiences": words.choices("audiences"),
        "suggested": request.GET.get("q", ""),
    }
    return render(request, "web/save_view_form.html" if _in_pieces(request) else "web/saved_views.html", context)


def _save(request: HttpRequest) -> HttpResponse:
    listed = request.POST.get("view", "")
    shows = views.Listed(
        listed=listed if listed in set(View) else View.MINE,
        asked=request.POST.get("q", ""),
        narrowed={name: kept for name in _NARROWING if (kept := clean(request.POST.get(name, ""), most=20))},
    )
    attempt(
        request,
        lambda: views.save(
            name=request.POST.get("name", ""), shows=shows, owner=signed_in(request), **_audience(request)
        ),
        done=_("View kept."),
    )
    return back(request, reverse("saved_views"))


def _audience(request: HttpRequest) -> dict[str, Any]:
    wanted, team = request.POST.get("audience", ""), request.POST.get("team", "")
    return {
        "audience": Audience(wanted) if wanted in Audience.values else Audience.OWN,
        "team_id": int(team) if team.isascii() and team.isdecimal() and len(team) < 19 else None,
    }


@page(Act.READ_CASES)
@require_POST
def change_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename, share, move or remove one."""
    user, wanted = signed_in(request), request.POST.get("do", "change")
    if wanted == "remove":
        attempt(request, lambda: views.remove(view_id=view_id, actor=user), done=_("View removed."))
    elif wanted in ("up", "down"):
        attempt(request, lambda: views.move(view_id=view_id, up=wanted == "up", actor=user))
    else:
        name = request.POST.get("name", "")
        attempt(request, lambda: views.change(view_id=view_id, name=name, actor=user, **_audience(request)))
    return redirect("saved_views")


@page(Act.READ_CASES)
@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """How many cases each of the reader's views has, by its number; views that look for words are not counted."""
    user = signed_in(request)
    of = {view.pk: counted for view in views.in_order(user=user) if (counted := _counted(view, request))}
    numbers = inbox.counts(user=user, of=list(of.values()), most=MOST_COUNTED)
    told = {str(pk): f"{number.cases}{'+' if number.or_more else ''}" for pk, number in zip(of, numbers, strict=True)}
    return JsonResponse({"counts": told})


def _counted(view: SavedView, request: HttpRequest) -> Counted | None:
    typed = filtering.meant(text=view.asked, user=signed_in(request))
    if typed.words or typed.problems:
        return None
    listed = View(view.listed) if view.listed in set(View) else View.MINE
    narrowed: Filters = filters_of(view.narrowed, typed)
    return Counted(listing_of(listed, typed), narrowed)


@page(Act.READ_CASES)
@require_GET
def complete(request: HttpRequest) -> HttpResponse:
    """What could be typed next in the search field, each with the place it takes."""
    typed, caret = request.GET.get("q", "")[: filter_language.MOST_CHARACTERS], request.GET.get("caret", "")
    at = int(caret) if caret.isascii() and caret.isdecimal() and len(caret) < 4 else len(typed)
    return JsonResponse({"offered": _offered(typed.replace("\x00", " "), min(at, len(typed)))})


def _offered(typed: str, caret: int) -> list[dict[str, object]]:
    place, german = completing(typed, caret=caret), get_language() == "de"
    if place is None:
        return []
    if not place.field:
        texts = [f"{name}:" for name in names_beginning(place.typed, german=german)]
    else:
        found = filtering.values(name=place.field, typed=place.typed, german=german, most=MOST_OFFERED)
        texts = [f'"{value}" ' if " " in value else f"{value} " for value in found]
    return [{"text": text, "start": place.start, "end": place.end} for text in texts[:MOST_OFFERED]]


def _in_pieces(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
