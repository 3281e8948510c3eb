"""The webhook of a channel: its address and secret for who manages channels, and how it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from resonanz.accounts.access import Act
from resonanz.networks import registry, webhook_keys
from resonanz.networks.contract import Capability, able
from resonanz.networks.models import Channel, Webhook
from resonanz.pipeline.models import Delivery, UnknownEvent
from resonanz.web.acts import attempt, signed_in
from resonanz.web.permissions import page


@dataclass(frozen=True, slots=True)
class Shown:
    """What a channel's page tells of its webhook. `address` is "" before it was made."""

    address: str
    brings: tuple[str, ...]
    last_at: datetime | None = None
    waiting: int = 0
    forged: int = 0
    forged_at: datetime | None = None
    unknown: tuple[UnknownEvent, ...] = ()


def shown(channel: Channel) -> Shown | None:
    """How the webhook of a channel does; None where its network brings nothing, or wants to be told by a program."""
    connector = registry.connector(channel.network)
    if not able(connector, Capability.WEBHOOK) or able(connector, Capability.SET_WEBHOOK):
        return None
    brings = webhook_keys.connector_of(channel).webhook.brings
    webhook = Webhook.objects.filter(channel=channel).first()
    if webhook is None:
        return Shown("", brings)
    newest = Delivery.objects.filter(channel=channel).order_by("-received_at").values_list("received_at", flat=True)
    return Shown(
        address=address_of(webhook),
        brings=brings,
        last_at=newest.first(),
        waiting=Delivery.objects.filter(channel=channel, taken_at__isnull=True).count(),
        forged=webhook.forged,
        forged_at=webhook.forged_at,
        unknown=tuple(UnknownEvent.objects.filter(channel=channel).order_by("-count", "name")),
    )


def address_of(webhook: Webhook) -> str:
    """What is pasted into the network. From the settings, never from the request: its host is what a client says."""
    return f"{settings.WEBHOOK_URL}{webhook_keys.PATH}{webhook.key}"


@page(Act.MANAGE_CHANNELS)
@require_POST
def make_webhook(request: HttpRequest, channel_id: int) -> HttpResponse:
    """An address and a secret for a channel that has none."""
    get_object_or_404(Channel, pk=channel_id)
    attempt(request, lambda: webhook_keys.make(channel_id=channel_id, actor=signed_in(request)))
    return redirect("channel", channel_id)


@page(Act.MANAGE_CHANNELS)
@never_cache
@require_POST
def webhook_secret(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The secret, to paste it into the network."""
    found = get_object_or_404(Webhook.objects.select_related("channel"), channel_id=channel_id)
    secret = webhook_keys.show_secret(channel_id=channel_id, actor=signed_in(request))
    context = {"channel": found.channel, "address": address_of(found), "secret": secret}
    return render(request, "web/webhook_secret.html", context)


@page(Act.MANAGE_CHANNELS)
@require_POST
def renew_webhook_secret(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Another secret, because somebody saw the old one."""
    get_object_or_404(Webhook, channel_id=channel_id)
    attempt(
        request,
        lambda: webhook_keys.renew_secret(channel_id=channel_id, actor=signed_in(request)),
        done=_("The secret is another one. Until it is pasted into the network, what that brings is refused."),
    )
    return redirect("channel", channel_id)
