"""The company's own applications at networks: what IT does there once, before anybody connects an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.networks import registry
from resonanz.networks.authorising import Shown, Step
from resonanz.networks.connections import applications as room
from resonanz.networks.connections import webhook_keys
from resonanz.networks.contract import Capability, able
from resonanz.networks.models import Application, Channel
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.connecting import ApplicationForm
from resonanz.web.permissions import page
from resonanz.web.views.connecting import redirect_uri
from resonanz.web.wording import words
from resonanz.web.wording.connecting_words import APP_STEPS, rights_of


@dataclass(frozen=True, slots=True)
class Line:
    """A network at which the company registers an application, and how far that is."""

    network: str
    is_needed: bool
    registered_at: datetime | None
    refused_at: datetime | None
    channels: int


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step of the checklist in words, with what is copied into the network's form."""

    words: str
    copied: tuple[str, ...]
    has_rights: bool


@page(Act.MANAGE_APPLICATIONS)
@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """Every network that needs one."""
    rows = {row.network: row for row in Application.objects.all()}
    lines = [_line(network, rows.get(network)) for network in room.networks()]
    return render(request, "web/applications.html", {"lines": lines})


@page(Act.MANAGE_APPLICATIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def application(request: HttpRequest, network: str) -> HttpResponse:
    """The checklist and the form of one network."""
    if network not in room.networks():
        raise Http404
    terms, row = room.terms_of(network), Application.objects.filter(network=network).first()
    stored, known = room.stored_keys(network=network), room.shown(network=network)
    form = ApplicationForm(terms, request.POST or None, stored=stored, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            room.keep(network=network, typed=form.cleaned_data, actor=signed_in(request))
        except ResonanzError as error:
            form.add_error(None, words.told(error))
        else:
            messages.success(request, _("Kept. Accounts can be connected from now on."))
            return redirect("application", network)
    context = {
        "network": network,
        "terms": terms,
        "line": _line(network, row),
        "application": row,
        "steps": [_step(network, step) for step in terms.steps],
        "rights": rights_of(network),
        "form": form,
        "is_unreadable": row is not None and room.app_of(network=network) is None,
        "connects": able(registry.connector(network), Capability.CONNECT),
    }
    return render(request, "web/application.html", context)


@page(Act.MANAGE_APPLICATIONS)
@require_POST
def forget_application(request: HttpRequest, network: str) -> HttpResponse:
    """The keys go."""
    if network not in room.networks():
        raise Http404
    attempt(
        request,
        lambda: room.forget(network=network, actor=signed_in(request)),
        done=_("The keys are forgotten. At the network the application stays until it is deleted there."),
    )
    return redirect("application", network)


def _line(network: str, row: Application | None) -> Line:
    return Line(
        network=network,
        is_needed=room.terms_of(network).is_needed,
        registered_at=row.registered_at if row else None,
        refused_at=row.refused_at if row else None,
        channels=Channel.objects.filter(network=network).count(),
    )


def _step(network: str, step: Step) -> ShownStep:
    return ShownStep(
        words=str(APP_STEPS.get(step.code, step.code)),
        copied=tuple(_copied(network, shown) for shown in step.shows if shown is not Shown.RIGHTS),
        has_rights=Shown.RIGHTS in step.shows,
    )


def _copied(network: str, shown: Shown) -> str:
    if shown is Shown.REDIRECT:
        return redirect_uri()
    if shown is Shown.WEBHOOK:
        return f"{settings.WEBHOOK_URL}{webhook_keys.PATH}{room.webhook_key(network=network)}"
    return room.webhook_keys(network=network).secret
