"""From public to private, and where people can write to us in private."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from resonanz.accounts.access import Act
from resonanz.networks.connections import channels as room
from resonanz.networks.models import Channel
from resonanz.service.models import Case
from resonanz.service.work import privately
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.channels import WriteToUsForm
from resonanz.web.permissions import page
from resonanz.web.wording import words

_DIGITS_OF_AN_ID = 19


@page(Act.ANSWER)
@require_POST
def in_private(request: HttpRequest, case_id: int) -> HttpResponse:
    """Go on in private with whoever wrote the post; leads to the private case."""
    get_object_or_404(Case, pk=case_id)
    typed, user = request.POST.get("post_id", ""), signed_in(request)
    if not (typed.isascii() and typed.isdecimal() and len(typed) < _DIGITS_OF_AN_ID):
        raise Http404
    made: list[Case] = []
    attempt(
        request,
        lambda: made.append(privately.continue_in_private(case_id=case_id, post_id=int(typed), actor=user)),
        done=_("What is answered here, only they read."),
    )
    return redirect("case", made[0].pk) if made else back(request, reverse("case", args=[case_id]))


@page(Act.MANAGE_CHANNELS)
@require_POST
def write_to_us(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Where people can write to us in private, on a network that lets us not write first."""
    get_object_or_404(Channel, pk=channel_id)
    form, user = WriteToUsForm(request.POST), signed_in(request)
    if form.is_valid():
        room.change_settings(channel_id=channel_id, settings=form.cleaned_data, actor=user)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, words.sentence("private.no_address", {}))
    return redirect("channel", channel_id)
