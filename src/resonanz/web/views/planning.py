"""When an answer shall leave, where that is not at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act
from resonanz.core import clock
from resonanz.duties.calendars import promises
from resonanz.service.answers import planning
from resonanz.service.models import Case
from resonanz.web.permissions import page
from resonanz.web.views.case_acts import asks_for_pieces
from resonanz.web.views.inbox import addressed, beside_list, case_context
from resonanz.web.wording import words


@page(Act.ANSWER)
@require_GET
def later(request: HttpRequest, case_id: int) -> HttpResponse:
    """The moments that are offered; on an open page they send what is written there, else there is a field for it."""
    case = get_object_or_404(Case.objects.select_related("channel"), pk=case_id)
    offered = planning.choices(calendar=promises().calendar(team_id=case.team_id))
    context = {
        "case": case,
        "here": reverse("case", args=[case_id]) + addressed(request)["query"],
        "act": "later",
        "action": reverse("reply", args=[case_id]),
        "choices": [(one, words.word("snoozes", one.code)) for one in offered],
        "earliest": timezone.localtime(clock.now()),
    }
    if asks_for_pieces(request):
        return render(request, "web/later_form.html", {**context, "piece": True})
    return render(
        request, "web/do.html", {**context, "reply": case_context(request, case_id, beside_list(request))["reply"]}
    )
