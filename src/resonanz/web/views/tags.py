"""Tags: renamed, merged, removed. New ones are made where cases are tagged."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act
from resonanz.accounts.models import User
from resonanz.service.models import Tag, TagColour
from resonanz.service.work import tagging
from resonanz.web.acts import attempt, signed_in
from resonanz.web.permissions import page
from resonanz.web.wording import words


@page(Act.MANAGE_TAGS)
@require_GET
def tags(request: HttpRequest) -> HttpResponse:
    """All of them, and how many cases bear each."""
    return render(request, "web/tags.html", {"tags": tagging.listed(), "colours": words.choices("tag_colours")})


@page(Act.MANAGE_TAGS)
@require_POST
def change_tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Rename or recolour one, merge it into another, or remove it."""
    get_object_or_404(Tag, pk=tag_id)
    doings = {"change": _change, "merge": _merge, "remove": _remove}
    do = doings.get(request.POST.get("do", "change"))
    if do is None:
        raise Http404
    act, done = do(request, tag_id, signed_in(request))
    attempt(request, act, done=done)
    return redirect("tags")


def _change(request: HttpRequest, tag_id: int, actor: User) -> tuple[Callable[[], object], str]:
    name, colour = request.POST.get("name", ""), request.POST.get("colour", "")
    chosen = TagColour(colour) if colour in TagColour.values else TagColour.PLAIN
    return lambda: tagging.change(tag_id=tag_id, name=name, colour=chosen, actor=actor), _("Saved.")


def _merge(request: HttpRequest, tag_id: int, actor: User) -> tuple[Callable[[], object], str]:
    into = request.POST.get("into", "")
    into_id = int(into) if into.isascii() and into.isdecimal() and len(into) < 19 else 0
    return lambda: tagging.merge(tag_id=tag_id, into_id=into_id, actor=actor), _("Merged.")


def _remove(_request: HttpRequest, tag_id: int, actor: User) -> tuple[Callable[[], object], str]:
    return lambda: tagging.remove(tag_id=tag_id, actor=actor), _("The tag was removed.")
