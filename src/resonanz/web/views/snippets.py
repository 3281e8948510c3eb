"""Knowledge: what the company knows, to look up and to write."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.service.answers import snippets as room
from resonanz.service.models import Snippet
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.snippets import SnippetForm
from resonanz.web.permissions import page
from resonanz.web.wording import words


@page(Act.ANSWER)
@require_GET
def snippets(request: HttpRequest) -> HttpResponse:
    """All of them, or those with the words that were typed."""
    sought = clean(request.GET.get("q", ""), most=200)
    return render(
        request, "web/snippets.html", {"snippets": room.listed(words=sought), "q": sought, "today": room.today()}
    )


@page(Act.MANAGE_SNIPPETS)
@require_http_methods(["GET", "POST"])
def new_snippet(request: HttpRequest) -> HttpResponse:
    """A new one."""
    return _page(request, None)


@page(Act.MANAGE_SNIPPETS)
@require_http_methods(["GET", "POST"])
def snippet(request: HttpRequest, snippet_id: int) -> HttpResponse:
    """One to be changed."""
    return _page(request, get_object_or_404(Snippet, pk=snippet_id))


@page(Act.MANAGE_SNIPPETS)
@require_POST
def remove_snippet(request: HttpRequest, snippet_id: int) -> HttpResponse:
    """Suggest it no longer."""
    actor = signed_in(request)
    attempt(request, lambda: room.remove(snippet_id=snippet_id, actor=actor), done=_("The snippet was removed."))
    return redirect("snippets")


def _page(request: HttpRequest, found: Snippet | None) -> HttpResponse:
    initial = _initial(found) if found else {"owner": signed_in(request).pk}
    form = SnippetForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            room.save(snippet_id=found.pk if found else None, written=form.written(), actor=signed_in(request))
        except ResonanzError as error:
            form.add_error(None, words.told(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("snippets")
    return render(request, "web/snippet.html", {"form": form, "snippet": found})


def _initial(found: Snippet) -> dict[str, Any]:
    names = ("title", "german", "english", "valid_until", "source")
    topics = list(found.topics.values_list("pk", flat=True))
    return {**{name: getattr(found, name) for name in names}, "topics": topics, "owner": found.owner_id}
