"""Responsibilities: who answers what, and where nobody does."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.networks.models import Channel
from resonanz.service import responsibilities as room
from resonanz.service.models import Responsibility
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.responsibilities import ResponsibilityForm
from resonanz.web.permissions import page


@page(Act.MANAGE_RESPONSIBILITIES)
@require_http_methods(["GET", "POST"])
def responsibilities(request: HttpRequest) -> HttpResponse:
    """The matrix, its holes, and one more rule."""
    form = ResponsibilityForm(request.POST or None, initial={"channel": request.GET.get("channel", "")})
    if request.method == "POST" and form.is_valid() and _set(request, form):
        return redirect("responsibilities")
    rows = Responsibility.objects.select_related("channel", "topic", "owner", "deputy", "team")
    context = {
        "form": form,
        "rows": rows.order_by("channel__name", F("topic__name").asc(nulls_last=True), "-intent", "id"),
        "holes": room.holes(),
        "has_channels": Channel.objects.exists(),
    }
    return render(request, "web/responsibilities.html", context)


def _set(request: HttpRequest, form: ResponsibilityForm) -> bool:
    chosen = form.cleaned_data
    deputy, team, topic = chosen["deputy"], chosen["team"], chosen["topic"]
    return attempt(
        request,
        lambda: room.set_responsibility(
            channel_id=chosen["channel"].pk,
            topic_id=topic.pk if topic else None,
            intent=chosen["intent"],
            owner_id=chosen["owner"].pk,
            deputy_id=deputy.pk if deputy else None,
            team_id=team.pk if team else None,
            actor=signed_in(request),
        ),
        done=_("%(name)s answers from now on.") % {"name": chosen["owner"]},
    )


@page(Act.MANAGE_RESPONSIBILITIES)
@require_POST
def remove_responsibility(request: HttpRequest, responsibility_id: int) -> HttpResponse:
    """Take one rule away."""
    actor = signed_in(request)
    attempt(
        request,
        lambda: room.remove_responsibility(responsibility_id=responsibility_id, actor=actor),
        done=_("The rule was removed."),
    )
    return redirect("responsibilities")
