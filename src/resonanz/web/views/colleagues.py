"""Colleagues: who works here, in which role and team. Nothing on these pages counts what somebody did."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts import access, sign_in_links
from resonanz.accounts import colleagues as room
from resonanz.accounts.access import Act
from resonanz.accounts.models import Team, User
from resonanz.core.errors import ResonanzError
from resonanz.networks.connections import hanging
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.colleagues import ColleagueForm, TeamForm
from resonanz.web.permissions import page
from resonanz.web.wording import words


@page(Act.MANAGE_COLLEAGUES)
@never_cache
@require_http_methods(["GET", "POST"])
def colleagues(request: HttpRequest) -> HttpResponse:
    """Everybody who works here; adding somebody shows their sign-in link once."""
    form = ColleagueForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            added = room.add(actor=signed_in(request), **_typed(form))
        except ResonanzError as error:
            form.add_error("email", words.told(error))
        else:
            return _with_link(request, added)
    return render(request, "web/colleagues.html", {**_everybody(), "form": form})


@page(Act.MANAGE_COLLEAGUES)
@require_http_methods(["GET", "POST"])
def colleague(request: HttpRequest, user_id: int) -> HttpResponse:
    """One colleague, to be changed. Before they leave it asks once more where channels hang on their rights."""
    found = get_object_or_404(User, pk=user_id)
    initial = {
        "name": found.name,
        "role": found.role,
        "teams": found.teams.all(),
        "is_active": found.is_active,
        "reads_employee_names": found.reads_employee_names,
        "connects_accounts": found.connects_accounts,
    }
    form, asks_again = ColleagueForm(request.POST or None, initial=initial, is_new=False), False
    if request.method == "POST" and form.is_valid():
        typed, actor = _typed(form), signed_in(request)
        asks_again = _leaves(found, typed) and bool(hanging.on(user=found)) and "anyway" not in request.POST
        if not asks_again and attempt(
            request, lambda: room.change(user_id=user_id, actor=actor, **typed), done=_("Saved.")
        ):
            return redirect("colleagues")
    context = {"colleague": found, "form": form, "asks_again": asks_again, **_hanging_on(found)}
    return render(request, "web/colleague.html", context)


def _leaves(found: User, typed: dict[str, Any]) -> bool:
    return found.is_active and not typed["is_active"]


def _hanging_on(found: User) -> dict[str, Any]:
    """The channels that use their rights at the networks, and who else could connect them."""
    others = [str(user) for user in access.who_connects().exclude(pk=found.pk)]
    return {"hanging": hanging.on(user=found), "others": others}


@page(Act.MANAGE_COLLEAGUES)
@never_cache
@require_POST
def new_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """Another sign-in link for a colleague, shown once."""
    return _with_link(request, get_object_or_404(User, pk=user_id, is_active=True))


@page(Act.MANAGE_COLLEAGUES)
@require_POST
def new_team(request: HttpRequest) -> HttpResponse:
    """A new, empty team."""
    form = TeamForm(request.POST)
    if form.is_valid():
        name, actor = form.cleaned_data["team_name"], signed_in(request)
        attempt(request, lambda: room.add_team(name=name, actor=actor), done=_("The team was added."))
    return redirect("colleagues")


def _typed(form: ColleagueForm) -> dict[str, Any]:
    return {
        **{k: v for k, v in form.cleaned_data.items() if k != "teams"},
        "team_ids": [t.pk for t in form.cleaned_data.get("teams", ())],
    }


def _everybody() -> dict[str, Any]:
    users = User.objects.prefetch_related("teams").order_by("-is_active", "name", "id")
    return {"colleagues": users, "teams": Team.objects.order_by("name"), "team_form": TeamForm()}


def _with_link(request: HttpRequest, user: User) -> HttpResponse:
    link = sign_in_links.create_link(user=user, base_url=settings.BASE_URL, actor=signed_in(request))
    minutes = sign_in_links.VALID_MINUTES
    context = {**_everybody(), "form": ColleagueForm(is_new=True), "link": link, "link_for": user, "minutes": minutes}
    return render(request, "web/colleagues.html", context)
