"""Response targets: within what time somebody hears from us, in plain sentences."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.duties import hours
from resonanz.duties.models import ResponseTarget, TargetKind
from resonanz.service.times import recomputing
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.hours import TargetForm
from resonanz.web.permissions import page
from resonanz.web.wording import due_words

_IN_ORDER = Case(
    *(When(kind=kind, then=Value(place)) for place, kind in enumerate(TargetKind)), output_field=IntegerField()
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A target as the page shows it; the widest first reply stays."""

    stored: ResponseTarget
    sentence: str
    alarm: str
    stays: bool


@page(Act.MANAGE_RESPONSIBILITIES)
@require_http_methods(["GET", "POST"])
def targets(request: HttpRequest) -> HttpResponse:
    """All targets, and one more; the same conditions once more replace what stood there."""
    form = TargetForm(request.POST or None, initial={"hours": 4})
    if request.method == "POST" and form.is_valid() and _set(request, form):
        return redirect("targets")
    rows = ResponseTarget.objects.annotate(place=_IN_ORDER).select_related("group")
    rows = rows.order_by("place", "network", "intent", "urgency", "group__name", "id")
    context = {"targets": [_shown(row) for row in rows], "form": form, "recomputation": recomputing.latest_shown()}
    return render(request, "web/targets.html", context)


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def remove_target(request: HttpRequest, target_id: int) -> HttpResponse:
    """From now on the next wider target holds."""
    actor = signed_in(request)
    attempt(
        request,
        lambda: hours.remove_target(target_id=target_id, actor=actor),
        done=_("Removed. The next wider target holds."),
    )
    return redirect("targets")


def _set(request: HttpRequest, form: TargetForm) -> bool:
    chosen = form.cleaned_data
    return attempt(
        request,
        lambda: hours.set_target(
            kind=chosen["kind"],
            network=chosen["network"],
            intent=chosen["intent"],
            urgency=chosen["urgency"],
            group_id=chosen["group"].pk if chosen["group"] else None,
            business_minutes=chosen["business_minutes"],
            alarm_minutes=chosen["alarm_minutes"],
            actor=signed_in(request),
        ),
        done=_("Saved. What is open is reckoned anew; what was answered stays as it was."),
    )


def _shown(row: ResponseTarget) -> Shown:
    widest = row.kind == TargetKind.FIRST and not (row.network or row.intent or row.urgency or row.group_id)
    return Shown(row, due_words.target(row), due_words.alarm(row), widest)
