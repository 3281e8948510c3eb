"""One's own settings: language, time zone, keys, password, second factors."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts import colleagues, notifications
from resonanz.accounts.access import Act
from resonanz.accounts.keys import LetterTaken, NotALetter, set_keys
from resonanz.accounts.models import User
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.colleagues import SettingsForm
from resonanz.web.forms.keys import KeysForm
from resonanz.web.forms.notifications import OwnNotificationsForm
from resonanz.web.permissions import page, public_page

COOKIE_SECONDS = 365 * 24 * 3600


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
        response = redirect("settings")
        if not user.language:  # "as the browser asks" asks the browser, not what was chosen in it once
            response.delete_cookie(django_settings.LANGUAGE_COOKIE_NAME)
        return response
    return render(request, "web/settings.html", {"form": form, "keys": KeysForm(user=user), **_being_told(user)})


def _being_told(user: User) -> dict[str, object]:
    form = OwnNotificationsForm(initial={"by_email": user.notified_by_email})
    return {"own_notifications": form, "mail_is_ready": notifications.mail_is_ready()}


@page(Act.ENTER)
@require_POST
def keys(request: HttpRequest) -> HttpResponse:
    """The letters of the keys; what cannot be is said beside its field, and nothing is changed."""
    user = signed_in(request)
    form = KeysForm(request.POST, user=user)
    if request.POST.get("act") == "reset":
        set_keys(user=user, keys_on=True, keys={})
        messages.success(request, _("The keys are as they were at first."))
        return redirect("settings")
    if form.is_valid():
        try:
            set_keys(user=user, keys_on=form.cleaned_data["keys_on"], keys=form.letters)
        except (LetterTaken, NotALetter) as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings")
    initial = {"language": user.language, "time_zone": user.time_zone}
    context = {"form": SettingsForm(initial=initial), "keys": form, **_being_told(user)}
    return render(request, "web/settings.html", context, status=422)


@public_page(because="strangers choose the language of the sign-in page; colleagues choose their own")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """German or English from now on: for a colleague wherever they sign in, for a stranger in this browser."""
    response = back(request, "/")
    chosen = request.POST.get("language", "")
    if chosen not in {code for code, _name in django_settings.LANGUAGES}:
        return response
    if isinstance(request.user, User):
        colleagues.set_preferences(user=request.user, language=chosen, time_zone=request.user.time_zone)
    response.set_cookie(
        django_settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=COOKIE_SECONDS,
        secure=django_settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
