"""One act on many cases without a script: a list to tick, then what the act has to know, then the list again."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act, may
from resonanz.core.errors import ResonanzError
from resonanz.service.work.acting import act_on_all
from resonanz.web import case_doings, undo
from resonanz.web.acts import signed_in
from resonanz.web.permissions import page
from resonanz.web.refusals import named
from resonanz.web.views.inbox import addressed, listed
from resonanz.web.wording import words

_ORDER = ("assign", "claim", "tag", "snooze", "resolve", "merge", "known-issue", "hand-over")
_GIVES_AWAY = frozenset(("assign", "hand-over"))
_MOST_TOLD = 10


@page(Act.ANSWER)
@require_GET
def select_cases(request: HttpRequest) -> HttpResponse:
    """The list that the address asks for, to tick."""
    gives = may(request.user, Act.ASSIGN)
    acts = [(name, words.word("bulk_acts", name)) for name in _ORDER if gives or name not in _GIVES_AWAY]
    return render(request, "web/select_cases.html", {**listed(request), "acts": acts, "chosen": chosen(request)})


def chosen(request: HttpRequest) -> set[int]:
    """The cases that were ticked; what is no number is passed over."""
    written = request.GET.getlist("case")
    return {int(each) for each in written if each.isascii() and each.isdecimal() and len(each) < 19}


def ask(request: HttpRequest, name: str) -> HttpResponse:
    """What the act has to know, or whether it is meant."""
    title = words.word("bulk_acts", name)
    fields = case_doings.fields_of(name, case=None)
    context = {
        "title": title, "act": name, "case": None, "chosen": chosen(request), "action": request.get_full_path(),
        "query": addressed(request)["query"], "form_of_act": f"web/{name}_form.html" if fields else "", **fields,
    }  # fmt: skip
    return render(request, "web/bulk_page.html", context)


def do(request: HttpRequest, name: str) -> HttpResponse:
    """Do it to all that were ticked, and name those to which it was not done."""
    try:
        outcome = act_on_all(
            act=case_doings.asked_of(request, name), case_ids=chosen(request), actor=signed_in(request), batch=uuid4()
        )
    except ResonanzError as error:
        messages.error(request, words.told(error))
    else:
        told = ngettext("Done with %(count)s case.", "Done with %(count)s cases.", len(outcome.done))
        messages.success(request, told % {"count": len(outcome.done)})
        for each in named(outcome.refused)[:_MOST_TOLD]:
            messages.error(request, f"{each['name']}: {each['why']}")
        undo.remember(request)
    return redirect(reverse("inbox") + addressed(request)["query"])
