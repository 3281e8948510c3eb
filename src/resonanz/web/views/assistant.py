"""The machine that drafts, in the settings of the company: where it is, by which contract, what it may cost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.service.assistant import drafting, settings, spending
from resonanz.service.models import Assistant, AssistantMonth
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.assistant import AssistantForm
from resonanz.web.permissions import page
from resonanz.web.wording import words

MONTHS_SHOWN = 6


@page(Act.SET_UP)
@require_http_methods(["GET", "POST"])
def assistant(request: HttpRequest) -> HttpResponse:
    """What is recorded of it, and what it has cost."""
    known = settings.known()
    form = AssistantForm(request.POST or None, initial=AssistantForm.initial_of(known) if known else None)
    if request.method == "POST" and form.is_valid():
        was_on = bool(known and known.is_on)
        try:
            saved = settings.save(written=form.written(), actor=signed_in(request))
        except ResonanzError as error:
            form.add_error("endpoint", words.told(error))
        else:
            stopped = was_on and not saved.is_on
            messages.success(
                request, _("Saved. It is off, because it leads elsewhere now.") if stopped else _("Saved.")
            )
            return redirect("assistant")
    return render(request, "web/assistant.html", {"form": form, "known": known, **_state(known)})


@page(Act.SET_UP)
@require_POST
def switch_assistant(request: HttpRequest) -> HttpResponse:
    """On or off."""
    on = request.POST.get("on") == "1"
    actor = signed_in(request)
    done = _("Colleagues can ask for drafts from now on.") if on else _("It is off. Nothing is told to it any more.")
    attempt(request, lambda: settings.switch(on=on, actor=actor), done=done)
    return redirect("assistant")


@page(Act.SET_UP)
@require_POST
def try_assistant(request: HttpRequest) -> HttpResponse:
    """Whether it answers; it is told one sentence of ours and nothing of anybody."""
    if settings.known() is None:
        return redirect("assistant")
    try:
        said = drafting.try_it()
    except ResonanzError as error:
        messages.error(request, words.told(error))
    else:
        seconds = formats.number_format(said.milliseconds / 1000, 1)
        messages.success(request, _("It answers, after %(seconds)s s.") % {"seconds": seconds})
    return redirect("assistant")


def _state(known: Assistant | None) -> dict[str, Any]:
    months = list(AssistantMonth.objects.order_by("-month")[:MONTHS_SHOWN])
    lacking = settings.missing(known)
    return {
        "missing": [words.word("assistant_fields", name) for name in lacking],
        "months": [(one, one.tokens_in + one.tokens_out, spending.spent_cents(one) / 100) for one in months],
    }
