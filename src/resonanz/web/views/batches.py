"""What a provider brings in batches: its keys, made and ended by who manages channels, and what came and is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from resonanz.accounts.access import Act
from resonanz.core import clock
from resonanz.networks.connections import batch_keys
from resonanz.networks.models import Channel, Webhook
from resonanz.pipeline import batches, silence
from resonanz.pipeline.batches import Range
from resonanz.pipeline.models import Batch, PutAside
from resonanz.web.acts import attempt, signed_in
from resonanz.web.permissions import page
from resonanz.web.views.webhooks import address_of

MOST_REASONS = 10


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key without its secret."""

    key_id: str
    made_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a channel's page tells of its batches."""

    keys: tuple[ShownKey, ...]
    may_make: bool
    lately: Sequence[Batch]
    missing: Sequence[Range]
    reasons: Sequence[tuple[str, int]]
    is_silent: bool


def shown(channel: Channel) -> Shown | None:
    """How the batches of a channel do; None where none come."""
    if not batch_keys.takes_batches(channel):
        return None
    keys = batch_keys.good(channel=channel)
    return Shown(
        keys=tuple(ShownKey(key.key_id, key.made_at, key.ends_at) for key in keys),
        may_make=len(keys) < batch_keys.MOST_GOOD,
        lately=batches.lately(channel=channel),
        missing=batches.missing(channel=channel),
        reasons=_reasons(channel),
        is_silent=any(batch.channel_id == channel.pk for batch in silence.silent(at=clock.now())),
    )


def _reasons(channel: Channel) -> list[tuple[str, int]]:
    """Why lines were refused, in the codes that the provider can look up."""
    counted = PutAside.objects.filter(channel=channel).values_list("reason").annotate(times=Count("id"))
    return list(counted.order_by("-times", "reason")[:MOST_REASONS])


@page(Act.MANAGE_CHANNELS)
@never_cache
@require_POST
def make_batch_key(request: HttpRequest, channel_id: int) -> HttpResponse:
    """A key for the provider, whose secret is shown this once."""
    channel = get_object_or_404(Channel, pk=channel_id)
    made: list[batch_keys.NewKey] = []
    attempt(request, lambda: made.append(batch_keys.make(channel_id=channel_id, actor=signed_in(request))))
    if not made:
        return redirect("channel", channel_id)
    context = {"channel": channel, "address": address_of(Webhook.objects.get(channel=channel)), "key": made[0]}
    return render(request, "web/batch_key.html", context)


@page(Act.MANAGE_CHANNELS)
@require_POST
def end_batch_key(request: HttpRequest, channel_id: int, key_id: str) -> HttpResponse:
    """What is signed with it is refused from now on."""
    get_object_or_404(Webhook, channel_id=channel_id)
    attempt(
        request,
        lambda: batch_keys.end(channel_id=channel_id, key_id=key_id, actor=signed_in(request)),
        done=_("The key is no longer good."),
    )
    return redirect("channel", channel_id)
