"""Connecting an account: which server, over to its page, and back as a channel."""

from __future__ import annotations

import hmac
from dataclasses import asdict
from typing import TypedDict

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from resonanz.accounts import company
from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.duties import live
from resonanz.networks import connecting, registry
from resonanz.networks.contract import Capability, able
from resonanz.networks.models import Channel
from resonanz.web import words
from resonanz.web.acts import signed_in
from resonanz.web.forms.connecting import ServerForm
from resonanz.web.permissions import page

_KEPT = "connecting"
_MOST_CODE = 4000


class _Kept(TypedDict):
    """What the session holds between the two steps."""

    network: str
    server: str
    state: str
    verifier: str


@page(Act.MANAGE_CHANNELS)
@never_cache
@require_http_methods(["GET", "POST"])
def connect_account(request: HttpRequest, network: str) -> HttpResponse:
    """Ask for the server, then show the link to its page: our forms may lead nowhere but to ourselves."""
    if network not in registry.names() or not able(registry.connector(network), Capability.CONNECT):
        raise Http404
    form = ServerForm(request.POST or None, initial={"server": request.GET.get("server", "")})
    context = {"network": network, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            begun = connecting.begin(network=network, typed=form.cleaned_data["server"], redirect_uri=_redirect_uri())
        except ResonanzError as error:
            form.add_error("server", words.told(error))
        else:
            request.session[_KEPT] = {"network": network, **asdict(begun)}
            context |= {"url": begun.url, "host": connecting.host_of(begun.server)}
    return render(request, "web/connect_account.html", context)


@page(Act.MANAGE_CHANNELS)
@never_cache
@require_GET
def connected_account(request: HttpRequest) -> HttpResponse:
    """The server led back to us: with a code, or with the person's no. Each beginning is good for one answer."""
    kept: _Kept | None = request.session.pop(_KEPT, None)
    said = request.GET.get("state", "")
    if kept is None or not hmac.compare_digest(said.encode(), kept["state"].encode()):
        return _not_connected(request, _("This answer belongs to no connection that was begun in this browser."), "")
    if "code" not in request.GET:
        return _not_connected(request, _words_of(request.GET.get("error", "")), kept["network"])
    try:
        made = connecting.finish(
            network=kept["network"],
            server=kept["server"],
            code=request.GET["code"][:_MOST_CODE],
            verifier=kept["verifier"],
            redirect_uri=_redirect_uri(),
            actor=signed_in(request),
        )
    except ResonanzError as error:
        return _not_connected(request, words.told(error), kept["network"])
    live.go_live_where_covered(actor=signed_in(request))
    messages.success(request, _("%(name)s is connected.") % {"name": made.name})
    return redirect(_next(made))


def _redirect_uri() -> str:
    """Where servers lead back to. From the setting, never from the request: its host is whatever a client says."""
    return f"{settings.BASE_URL}{reverse('connected_account')}"


def _next(made: Channel) -> str:
    """The channel's page; in the midst of the first start, the step that comes next."""
    ours = company.company()
    if ours.areas and ours.started_at is None:
        return f"{reverse('start_who')}?channel={made.pk}"
    return reverse("channel", args=[made.pk])


def _words_of(error: str) -> str:
    if error == "access_denied":
        return _("Access was declined on the server's page.")
    return _("The server did not let Resonanz in and gave no code.")


def _not_connected(request: HttpRequest, problem: str, network: str) -> HttpResponse:
    context = {"problem": problem, "network": network or None}
    return render(request, "web/not_connected.html", context, status=400)
