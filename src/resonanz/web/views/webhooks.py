"""The webhook of a channel: its address and secret for who manages channels, and how it does.

Into most networks a person pastes both; others are told by us, and asked how they do with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.networks import registry
from resonanz.networks.connections import bringing, webhook_keys
from resonanz.networks.contract import Capability, able
from resonanz.networks.models import Channel, Webhook
from resonanz.networks.webhooks import BROUGHT_TO
from resonanz.pipeline.models import Delivery, UnknownEvent
from resonanz.web.acts import attempt, signed_in
from resonanz.web.permissions import page
from resonanz.web.wording import words
from resonanz.web.wording.sentences import SENTENCES


@dataclass(frozen=True, slots=True)
class Shown:
    """What a channel's page tells of its webhook. `address` is "" before it was made.

    `is_told`: the network is told the address by us, and `address` is what it was told. `begins`: how ours begin.
    `is_leased`: some of its channels can be brought to, each for a time.
    """

    address: str
    brings: tuple[str, ...]
    last_at: datetime | None = None
    waiting: int = 0
    forged: int = 0
    forged_at: datetime | None = None
    unknown: tuple[UnknownEvent, ...] = ()
    is_told: bool = False
    begins: str = ""
    is_outdated: bool = False
    costs: bool = False
    is_leased: bool = False


def shown(channel: Channel) -> Shown | None:
    """How the webhook of a channel does; None where its network brings nothing."""
    if not able(registry.connector(channel.network), Capability.WEBHOOK):
        return None
    brings, is_told = webhook_keys.connector_of(channel).webhook.brings, bringing.is_told(channel)
    costs, is_leased = able(registry.connector(channel.network), Capability.COSTS), bringing.is_leased(channel)
    webhook = Webhook.objects.filter(channel=channel).first()
    address = _address_now(channel, webhook, is_told=is_told)
    if webhook is None or not address:
        return Shown("", brings, is_told=is_told, begins=settings.WEBHOOK_URL, costs=costs, is_leased=is_leased)
    newest = Delivery.objects.filter(channel=channel).order_by("-received_at").values_list("received_at", flat=True)
    return Shown(
        address=address,
        brings=brings,
        last_at=newest.first(),
        waiting=Delivery.objects.filter(channel=channel, taken_at__isnull=True).count(),
        forged=webhook.forged,
        forged_at=webhook.forged_at,
        unknown=tuple(UnknownEvent.objects.filter(channel=channel).order_by("-count", "name")),
        is_told=is_told,
        begins=settings.WEBHOOK_URL,
        is_outdated=address != address_of(webhook),
        costs=costs,
        is_leased=is_leased,
    )


def _address_now(channel: Channel, webhook: Webhook | None, *, is_told: bool) -> str:
    if is_told:
        return str(channel.settings.get(BROUGHT_TO, ""))
    return address_of(webhook) if webhook else ""


def address_of(webhook: Webhook) -> str:
    """What is pasted into the network. From the settings, never from the request: its host is what a client says."""
    return f"{settings.WEBHOOK_URL}{webhook_keys.PATH}{bringing.key_of(webhook.channel, webhook)}"


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
    shown: list[str] = []
    attempt(request, lambda: shown.append(webhook_keys.show_secret(channel_id=channel_id, actor=signed_in(request))))
    if not shown:
        return redirect("channel", channel_id)
    context = {"channel": found.channel, "address": address_of(found), "secret": shown[0]}
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


@page(Act.MANAGE_CHANNELS)
@require_POST
def have_brought(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Tell the network our address, or tell it again."""
    channel = get_object_or_404(Channel, pk=channel_id)
    try:
        bringing.have_brought(channel_id=channel_id, root=settings.WEBHOOK_URL, actor=signed_in(request))
    except ResonanzError as error:
        messages.error(request, _why(error))
    else:
        awaited = _("The hub was asked. It brings what is new as soon as it has confirmed that.")
        done = awaited if bringing.is_leased(channel) else _("From now on the network brings what is said.")
        messages.success(request, done)
    return redirect("channel", channel_id)


@page(Act.MANAGE_CHANNELS)
@require_POST
def ask_instead(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Let the network bring nothing more, and ask it again."""
    get_object_or_404(Webhook, channel_id=channel_id)
    attempt(
        request,
        lambda: bringing.ask_instead(channel_id=channel_id, actor=signed_in(request)),
        done=_("From now on the network is asked for what is said."),
    )
    return redirect("channel", channel_id)


@page(Act.MANAGE_CHANNELS)
@never_cache
@require_GET
def webhook_health(request: HttpRequest, channel_id: int) -> HttpResponse:
    """What the network says of our address, or whether it can be told one; asked at this moment."""
    channel = get_object_or_404(Channel, pk=channel_id)
    ours, found, problem = channel.settings.get(BROUGHT_TO, ""), None, ""
    try:
        found = bringing.health(channel)
    except ResonanzError as error:
        problem = _why(error)
    context = {"channel": channel, "ours": ours, "found": found, "problem": problem}
    context |= {
        "begins": settings.WEBHOOK_URL,
        "is_leased": able(registry.connector(channel.network), Capability.LEASE),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "web/webhook_health.html" if part else "web/webhook_health_page.html", context)


def _why(error: ResonanzError) -> str:
    """What went wrong, with what the network says of it."""
    said = str(error.params.get("words") or error.params.get("reason") or "")
    if said in SENTENCES:
        return words.sentence(said, {})
    return f"{words.told(error)} {_('The network says:')} {said}" if said else words.told(error)
