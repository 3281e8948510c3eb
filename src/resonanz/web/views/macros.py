"""Macros: the list, one to be changed, and the choice while answering."""

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
from resonanz.service.answers import filling
from resonanz.service.answers import macros as room
from resonanz.service.models import Case, Macro
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.macros import MacroForm
from resonanz.web.permissions import page
from resonanz.web.wording import words


@page(Act.ANSWER)
@require_GET
def choose(request: HttpRequest, case_id: int) -> HttpResponse:
    """The macros for a case, filled: a piece for the open page, or a page to copy from."""
    case = get_object_or_404(Case.objects.select_related("channel", "topic", "identity"), pk=case_id)
    sought = clean(request.GET.get("q", ""), most=200)
    offered = room.offered(case=case, author=signed_in(request), words=sought)
    template = "web/macro_choice.html" if request.headers.get("HX-Request") == "true" else "web/choose_macro.html"
    return render(request, template, {"case": case, "offered": offered, "q": sought})


@page(Act.MANAGE_MACROS)
@require_GET
def macros(request: HttpRequest) -> HttpResponse:
    """All of them."""
    return render(request, "web/macros.html", {"macros": room.listed()})


@page(Act.MANAGE_MACROS)
@require_http_methods(["GET", "POST"])
def new_macro(request: HttpRequest) -> HttpResponse:
    """A new one."""
    return _page(request, None)


@page(Act.MANAGE_MACROS)
@require_http_methods(["GET", "POST"])
def macro(request: HttpRequest, macro_id: int) -> HttpResponse:
    """One to be changed."""
    return _page(request, get_object_or_404(Macro, pk=macro_id))


@page(Act.MANAGE_MACROS)
@require_POST
def remove_macro(request: HttpRequest, macro_id: int) -> HttpResponse:
    """Offer it no longer."""
    attempt(request, lambda: room.remove(macro_id=macro_id, actor=signed_in(request)), done=_("The macro was removed."))
    return redirect("macros")


def _page(request: HttpRequest, found: Macro | None) -> HttpResponse:
    form = MacroForm(request.POST or None, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        typed, topic = form.cleaned_data, form.cleaned_data["topic"]
        texts = {name: typed[name] for name in ("name", "german", "english", "intent", "network")}
        try:
            room.save(
                macro_id=found.pk if found else None, topic_id=topic.pk if topic else None, actor=signed_in(request),
                **texts,
            )  # fmt: skip
        except ResonanzError as error:
            form.add_error(None, words.told(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("macros")
    return render(request, "web/macro.html", {"form": form, "macro": found, "fields": filling.FIELDS})


def _initial(found: Macro | None) -> dict[str, Any]:
    names = ("name", "german", "english", "intent", "network")
    return {**{name: getattr(found, name) for name in names}, "topic": found.topic_id} if found else {}
