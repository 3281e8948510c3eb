"""Connecting an account: which server, over to its page, and back as a channel."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, TypedDict

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from resonanz.accounts import company
from resonanz.accounts.access import Act, roles_with
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.duties import live
from resonanz.networks import registry
from resonanz.networks.connections import connecting
from resonanz.networks.contract import Account, Capability, able
from resonanz.networks.models import Channel
from resonanz.web.acts import signed_in
from resonanz.web.forms.connecting import AccountsForm, ServerForm
from resonanz.web.permissions import page
from resonanz.web.wording import words
from resonanz.web.wording.connecting_words import explained

_KEPT = "connecting"
_CHOICE = "connecting_choice"
_MOST_CODE = 4000
_LASTS = timedelta(hours=1)  # signing in there, second factors and asking somebody for rights among it


class _Choice(TypedDict):
    """What the session holds while somebody chooses."""

    network: str
    sealed: str


class _Kept(TypedDict):
    """What the session holds between the two steps."""

    network: str
    server: str
    state: str
    verifier: str
    ends_at: float


@page(Act.CONNECT_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "POST"])
def connect_account(request: HttpRequest, network: str) -> HttpResponse:
    """What it takes and what it gives, then the link to the network's page: our forms may lead nowhere but to us."""
    if network not in registry.names() or not able(registry.connector(network), Capability.CONNECT):
        raise Http404
    told = explained(network)
    context: dict[str, Any] = {"network": network, "told": told}
    if told.application_missing:
        return render(request, "web/connect_account.html", context | {"administrators": _administrators()})
    if told.server:
        return render(request, "web/connect_account.html", context | _begun(request, network, ""))
    form = ServerForm(request.POST or None, initial={"server": request.GET.get("server", "")})
    if request.method == "POST" and form.is_valid():
        try:
            context |= _begun(request, network, form.cleaned_data["server"])
        except ResonanzError as error:
            form.add_error("server", words.told(error))
    return render(request, "web/connect_account.html", context | {"form": form})


def _begun(request: HttpRequest, network: str, typed: str) -> dict[str, Any]:
    begun = connecting.begin(network=network, typed=typed, redirect_uri=redirect_uri())
    ends_at = (clock.now() + _LASTS).timestamp()
    request.session[_KEPT] = {"network": network, "ends_at": ends_at, **asdict(begun)}
    return {"url": begun.url, "host": connecting.host_of(begun.url)}


def _administrators() -> list[str]:
    """Who registers an application, by name."""
    rows = User.objects.filter(is_active=True, role__in=roles_with(Act.MANAGE_APPLICATIONS)).order_by("name", "id")
    return [str(user) for user in rows]


@page(Act.CONNECT_ACCOUNTS)
@never_cache
@require_GET
def connected_account(request: HttpRequest) -> HttpResponse:
    """The server led back to us: with a code, or with the person's no. Each beginning is good for one answer."""
    kept: _Kept | None = request.session.pop(_KEPT, None)
    said = request.GET.get("state", "")
    if kept is None or _is_late(kept) or not hmac.compare_digest(said.encode(), kept["state"].encode()):
        return _not_connected(request, _("This answer belongs to no connection that was begun in this browser."), "")
    if "code" not in request.GET:
        return _not_connected(request, _words_of(request.GET.get("error", "")), kept["network"])
    try:
        accounts = connecting.let_in(
            network=kept["network"],
            server=kept["server"],
            code=request.GET["code"][:_MOST_CODE],
            verifier=kept["verifier"],
            redirect_uri=redirect_uri(),
        )
        if len(accounts) == 1:
            return _keep(request, accounts)
    except ResonanzError as error:
        return _not_connected(request, words.told(error), kept["network"])
    request.session[_CHOICE] = {"network": kept["network"], "sealed": connecting.sealed(accounts)}
    return redirect("choose_accounts")


def _is_late(kept: _Kept) -> bool:
    return kept.get("ends_at", 0.0) < clock.now().timestamp()


@page(Act.CONNECT_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "POST"])
def choose_accounts(request: HttpRequest) -> HttpResponse:
    """Of several accounts that let us in at once, those that become channels; the tokens of the others are dropped."""
    kept: _Choice | None = request.session.get(_CHOICE)
    accounts = connecting.unsealed(kept["sealed"]) if kept else ()
    if kept is None or not accounts:
        request.session.pop(_CHOICE, None)
        return _not_connected(request, _("Nothing waits here to be chosen any more."), kept["network"] if kept else "")
    if "cancel" in request.POST:
        del request.session[_CHOICE]
        return redirect("channels")
    form = AccountsForm(accounts, request.POST or None)
    if request.method == "POST" and form.is_valid():
        del request.session[_CHOICE]
        try:
            return _keep(request, form.chosen())
        except ResonanzError as error:
            return _not_connected(request, words.told(error), kept["network"])
    return render(request, "web/choose_accounts.html", {"network": kept["network"], "form": form})


def _keep(request: HttpRequest, accounts: Sequence[Account]) -> HttpResponse:
    made = connecting.keep(accounts=accounts, actor=signed_in(request))
    live.go_live_where_covered(actor=signed_in(request))
    for one in made:
        messages.success(request, _("%(name)s is connected.") % {"name": one.name})
    return redirect(_next(made[0]) if len(made) == 1 else "channels")


def redirect_uri() -> str:
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
