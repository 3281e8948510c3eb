"""The start page: said, waiting, late, answered; each number leads to what is behind it."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act
from resonanz.core import clock
from resonanz.networks.models import Channel
from resonanz.service import inbox
from resonanz.service.models import Outgoing, OutgoingState
from resonanz.web.acts import signed_in
from resonanz.web.permissions import page

MOST_ANSWERS = 200


@page(Act.ENTER)
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The numbers of the day, and what to do next."""
    user = signed_in(request)
    since = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    context = {
        "numbers": inbox.today(since=since),
        "now": clock.now(),
        "next_case": inbox.next_case(user=user),
        "broken": Channel.objects.filter(failing_since__isnull=False).order_by("name"),
        "has_channels": Channel.objects.exists(),
    }
    return render(request, "web/today.html", context)


@page(Act.READ_CASES)
@require_GET
def answered(request: HttpRequest) -> HttpResponse:
    """What was answered today, newest first."""
    since = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    sent = Outgoing.objects.filter(state=OutgoingState.SENT, sent_at__gte=since).select_related("channel")
    sent = sent.annotate(to=F("in_reply_to__author_name")).order_by("-sent_at", "-id")[:MOST_ANSWERS]
    return render(request, "web/answered.html", {"answers": sent})
