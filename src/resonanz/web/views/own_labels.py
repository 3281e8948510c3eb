"""Labels that the company defines itself: a name, what it means, and a few examples."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.triage.learning import labels
from resonanz.triage.learning.labels import Label
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.judges import ExampleForm, LabelForm
from resonanz.web.permissions import page
from resonanz.web.wording import words


@page(Act.MANAGE_JUDGES)
@require_http_methods(["GET", "POST"])
def new_label(request: HttpRequest) -> HttpResponse:
    """Define a label."""
    return _page(request, None)


@page(Act.MANAGE_JUDGES)
@require_http_methods(["GET", "POST"])
def change_label(request: HttpRequest, label: str) -> HttpResponse:
    """Call it or explain it otherwise; what was taught stays."""
    return _page(request, _own(label))


@page(Act.MANAGE_JUDGES)
@require_POST
def remove_label(request: HttpRequest, label: str) -> HttpResponse:
    """The label goes, with all that was taught."""
    found = _own(label)
    done = _("The label %(name)s was removed, with all that was taught.") % {"name": found.name}
    attempt(request, lambda: labels.remove(code=label, actor=signed_in(request)), done=done)
    return redirect("judges")


@page(Act.MANAGE_JUDGES)
@require_POST
def add_example(request: HttpRequest, label: str) -> HttpResponse:
    """One more text that is so, or is not."""
    _own(label)
    form, value = ExampleForm(request.POST), request.POST.get("value") == "true"
    if form.is_valid():
        text, actor = form.cleaned_data["text"], signed_in(request)
        attempt(request, lambda: labels.add_example(code=label, text=text, value=value, actor=actor))
    return redirect(f"{reverse('judge', args=[label])}#examples")


@page(Act.MANAGE_JUDGES)
@require_POST
def remove_example(request: HttpRequest, example_id: int) -> HttpResponse:
    """Take a typed text back."""
    attempt(request, lambda: labels.remove_example(example_id=example_id))
    return back(request, reverse("judges"))


def _own(code: str) -> Label:
    for label in labels.every():
        if label.code == code and label.is_own:
            return label
    raise Http404


def _page(request: HttpRequest, known: Label | None) -> HttpResponse:
    initial = {"name": known.name, "description": known.description} if known else {}
    form = LabelForm(request.POST) if request.method == "POST" else LabelForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _saving(request, known, **form.cleaned_data)()
        except ResonanzError as error:
            form.add_error("name", words.told(error))
        else:
            return redirect("judge", saved.code)
    return render(request, "web/own_label.html", {"form": form, "label": known})


def _saving(request: HttpRequest, known: Label | None, *, name: str, description: str) -> Callable[[], Label]:
    actor = signed_in(request)
    if known is None:
        return lambda: labels.define(name=name, description=description, actor=actor)
    return lambda: labels.change(code=known.code, name=name, description=description, actor=actor)
