"""One's own settings: language, time zone, password, second factors, keys."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from resonanz.accounts import colleagues
from resonanz.accounts.access import Act
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.colleagues import SettingsForm
from resonanz.web.permissions import page


@page(Act.ENTER)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """What a colleague chooses for themself."""
    user = signed_in(request)
    form = SettingsForm(request.POST or None, initial={"language": user.language, "time_zone": user.time_zone})
    if request.method == "POST" and form.is_valid():
        colleagues.set_preferences(user=user, **form.cleaned_data)
        with translation.override(user.language or translation.get_language()):
            attempt(request, lambda: None, done=_("Saved."))
        return redirect("settings")
    return render(request, "web/settings.html", {"form": form})
