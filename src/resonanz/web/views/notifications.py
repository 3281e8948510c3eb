"""How colleagues are told of what comes due: mail, services, and what is listed on their pages."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts import notifications as room
from resonanz.accounts.access import Act
from resonanz.accounts.models import Notification, NotificationService
from resonanz.accounts.tasks import deliver_soon
from resonanz.core import clock
from resonanz.service import mentions
from resonanz.service.times import warnings
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.notifications import OwnNotificationsForm, ServiceForm
from resonanz.web.permissions import page
from resonanz.web.wording import warning_words

SHOWN = 10
JUST_NOW = timedelta(minutes=2)


@page(Act.SET_UP)
@require_http_methods(["GET", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """Whether mail leaves, the services, and what was not delivered."""
    form = ServiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _add(request, form):
        return redirect("notifications")
    context = {
        "form": form,
        "mail_is_ready": room.mail_is_ready(),
        "mail_from": settings.DEFAULT_FROM_EMAIL,
        "services": NotificationService.objects.select_related("user").order_by("name"),
        **_latest(),
    }
    return render(request, "web/notifications.html", context)


@page(Act.SET_UP)
@require_GET
def sent_notifications(request: HttpRequest) -> HttpResponse:
    """What was sent last, for a page that waits for a test."""
    return render(request, "web/sent_notifications.html", _latest())


@page(Act.SET_UP)
@require_POST
def try_mail(request: HttpRequest) -> HttpResponse:
    """A message to oneself."""
    if room.mail_is_ready():
        deliver_soon([room.try_mail(user=signed_in(request)).pk])
        messages.success(request, _("A test is on its way; below stands whether it was taken."))
    return redirect("notifications")


@page(Act.SET_UP)
@require_POST
def try_service(request: HttpRequest, service_id: int) -> HttpResponse:
    """A message through a service."""
    if NotificationService.objects.filter(pk=service_id).exists():
        deliver_soon([room.try_service(service_id=service_id).pk])
        messages.success(request, _("A test is on its way; below stands whether it was taken."))
    return redirect("notifications")


@page(Act.SET_UP)
@require_POST
def remove_service(request: HttpRequest, service_id: int) -> HttpResponse:
    """Nothing is told there any more."""
    actor = signed_in(request)
    attempt(
        request, lambda: room.remove_service(service_id=service_id, actor=actor), done=_("The service was removed.")
    )
    return redirect("notifications")


@page(Act.ENTER)
@require_POST
def own(request: HttpRequest) -> HttpResponse:
    """How one wants to be told oneself."""
    form = OwnNotificationsForm(request.POST)
    if form.is_valid():
        room.set_by_email(user=signed_in(request), wanted=form.cleaned_data["by_email"])
        messages.success(request, _("Saved."))
    return redirect("settings")


@page(Act.READ_CASES)
@require_GET
def warned(request: HttpRequest) -> HttpResponse:
    """What one was warned of just now, as messages for an open page."""
    just_now = clock.now() - JUST_NOW
    found = warnings.unseen(user=signed_in(request))
    rung = [(row, warning_words.of(row)) for row in found if row.rung_at and row.rung_at > just_now]
    calling = mentions.lately(user=signed_in(request), since=just_now)
    return render(request, "web/warned.html", {"warnings": rung, "calling": calling})


@page(Act.READ_CASES)
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """One has looked at all of them."""
    warnings.seen(user=signed_in(request))
    return back(request, "/")


def _add(request: HttpRequest, form: ServiceForm) -> bool:
    chosen = form.cleaned_data
    return attempt(
        request,
        lambda: room.add_service(
            name=chosen["service_name"],
            address=chosen["address"],
            user_id=chosen["owner"].pk if chosen["owner"] else None,
            actor=signed_in(request),
        ),
        done=_("%(name)s carries notifications from now on.") % {"name": chosen["service_name"]},
    )


def _latest() -> dict[str, object]:
    # Who was warned, and how often, is nobody's business but their own: no row names another colleague.
    rows = list(Notification.objects.select_related("service").order_by("-id")[:SHOWN])
    return {"latest": rows, "waits": any(row.state == "WAITING" and not row.failure_code for row in rows)}
