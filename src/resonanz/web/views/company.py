"""The company: its name, and what it uses Resonanz for. Grows later; nothing is lost by switching an area off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from resonanz.accounts import company as room
from resonanz.accounts.access import Act
from resonanz.accounts.models import User
from resonanz.web import first_start
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.start import CompanyForm
from resonanz.web.permissions import page


@page(Act.SET_UP)
@require_http_methods(["GET", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """Name and areas, for administrators."""
    stored = room.company()
    areas = stored.areas or [area.value for area in room.READY_AREAS]
    form = CompanyForm(request.POST or None, initial={"name": stored.name, "areas": areas})
    if request.method == "POST" and form.is_valid():
        actor, begun = signed_in(request), first_start.leads_there(signed_in(request))
        if attempt(request, lambda: _keep(form, actor, begun=begun), done=_("Saved.")):
            return redirect("company")
    return render(request, "web/company.html", {"form": form, "company": stored})


def _keep(form: CompanyForm, actor: User, *, begun: bool) -> None:
    room.choose_areas(actor=actor, **form.cleaned_data)
    if not begun:  # where nobody was led to the first start so far, this does not begin it
        room.finish_start(actor=actor)
