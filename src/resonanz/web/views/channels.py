"""Channels: where we listen and answer, how they are, who answers what comes through them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from resonanz.accounts.access import Act, may
from resonanz.core.errors import ResonanzError
from resonanz.core.secrets import NotOurs
from resonanz.duties import live
from resonanz.duties.models import Responsibility
from resonanz.networks import registry
from resonanz.networks.connections import applications, connecting
from resonanz.networks.connections import channels as room
from resonanz.networks.contract import Account, Capability, able
from resonanz.networks.errors import NotAuthorised
from resonanz.networks.models import Channel
from resonanz.pipeline.models import PutAside
from resonanz.service.work import privately
from resonanz.web import channel_health
from resonanz.web.acts import attempt, signed_in
from resonanz.web.forms.channels import ChannelForm, OptionsForm, WriteToUsForm, connectable, options_of
from resonanz.web.permissions import page
from resonanz.web.views import batches, budgets, webhooks
from resonanz.web.wording import words
from resonanz.web.wording.sentences import SENTENCES

_LOST_TOKEN = frozenset({NotAuthorised.code, NotOurs.code})
_MOST_GAPS = 20
# What only those see who may change it, addresses that nobody shall guess among it.
_MANAGED = ("options", "write_to_us", "webhook", "batches", "budget")


@page(Act.CONNECT_ACCOUNTS)
@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """All channels, those that fail first."""
    found = Channel.objects.order_by(F("failing_since").asc(nulls_last=True), "name").select_related("connected_by")
    context = {"channels": channel_health.of(found), "has_applications": bool(applications.networks())}
    return render(request, "web/channels.html", context)


@page(Act.CONNECT_ACCOUNTS)
@require_http_methods(["GET", "POST"])
def new_channel(request: HttpRequest) -> HttpResponse:
    """Connect a channel; next is to say who answers there. By hand, with tokens and addresses, is more."""
    network = request.POST.get("network") or request.GET.get("network", "")
    by_hand = connectable() if may(signed_in(request), Act.MANAGE_CHANNELS) else []
    if request.method == "POST" and not by_hand:
        raise PermissionDenied
    form = ChannelForm(network, request.POST or None) if network in by_hand else None
    if form is not None and form.is_valid():
        try:
            typed = dict(form.cleaned_data)
            made = connecting.by_token(name=typed.pop("name"), account=Account(**typed), actor=signed_in(request))
        except ResonanzError as error:
            form.add_error(None, words.told(error))
        else:
            live.go_live_where_covered(actor=signed_in(request))
            attempt(request, lambda: None, done=_("%(name)s is connected.") % {"name": made.name})
            return redirect("channel", made.pk)
    context = {"form": form, "networks": _by_name(by_hand), "by_invitation": _by_name(_by_invitation())}
    return render(request, "web/new_channel.html", context)


def _by_name(networks: Iterable[str]) -> list[str]:
    """In the order of the names that people know."""
    return sorted(networks, key=lambda network: words.word("networks", network).casefold())


def _by_invitation() -> list[str]:
    """The networks whose accounts let us in themselves."""
    return [name for name in registry.names() if able(registry.connector(name), Capability.CONNECT)]


@page(Act.CONNECT_ACCOUNTS)
@require_GET
def channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """How one channel is, and who answers there."""
    found = get_object_or_404(Channel, pk=channel_id)
    reaching = Q(channel=found) | Q(channel__isnull=True, network__in=["", found.network])
    rows = Responsibility.objects.filter(reaching).select_related("topic", "owner", "deputy", "team")
    context = {
        "channel": found,
        "health": channel_health.of([found])[0],
        "responsibilities": rows.order_by(F("topic__name").asc(nulls_last=True), "intent", "id"),
        "hole": live.hole_of(channel=found),
        "options": OptionsForm(found.network, found.settings) if options_of(found.network) else None,
        "connects": found.network in _by_invitation(),
        "has_lost_token": found.failure_code in _LOST_TOKEN,
        "identifies": able(registry.connector(found.network), Capability.IDENTIFY),
        "put_aside": _put_aside(found),
        "gaps": found.gaps.order_by("-began_at")[:_MOST_GAPS],
        "write_to_us": _write_to_us(found),
        "webhook": webhooks.shown(found),
        "budget": budgets.shown(found),
        "batches": batches.shown(found),
        "facts": [
            (name, found.settings[key]) for key, name in words.choices("server_facts") if found.settings.get(key)
        ],
    }
    manages = may(signed_in(request), Act.MANAGE_CHANNELS)
    hidden = {} if manages else dict.fromkeys(_MANAGED)
    return render(request, "web/channel.html", context | hidden | {"manages": manages})


def _put_aside(channel: Channel) -> list[tuple[str, int]]:
    """What came and could not be taken in, by its reason, the most frequent first."""
    counted: Counter[str] = Counter()
    for reason, number in PutAside.objects.filter(channel=channel).values_list("reason").annotate(Count("id")):
        counted[words.sentence(reason if reason in SENTENCES else "event.unreadable", {})] += number
    return counted.most_common()


def _write_to_us(channel: Channel) -> WriteToUsForm | None:
    """Where we may write first, nobody has to be asked to write to us."""
    return None if privately.may_write_first(network=channel.network) else WriteToUsForm(initial=channel.settings)


@page(Act.MANAGE_CHANNELS)
@require_POST
def change_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Listen to more, or to less, besides what is addressed to the account."""
    found = get_object_or_404(Channel, pk=channel_id)
    form = OptionsForm(found.network, found.settings, request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("channel", channel_id)
    attempt(
        request,
        lambda: room.change_settings(channel_id=channel_id, settings=form.cleaned_data, actor=signed_in(request)),
        done=_("Changed. It applies within seconds."),
    )
    return redirect("channel", channel_id)


@page(Act.MANAGE_CHANNELS)
@require_POST
def pause_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Stop listening there for now."""
    get_object_or_404(Channel, pk=channel_id)
    attempt(request, lambda: room.pause(channel_id=channel_id, actor=signed_in(request)), done=_("Paused."))
    return redirect("channel", channel_id)


@page(Act.MANAGE_CHANNELS)
@require_POST
def resume_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Listen there, for the first time or again, if somebody answers and somebody stands in."""
    get_object_or_404(Channel, pk=channel_id)
    attempt(request, lambda: live.go_live(channel_id=channel_id, actor=signed_in(request)), done=_("Listening."))
    return redirect("channel", channel_id)
