"""Which channels hang on the rights of a colleague at the networks, before and after they leave."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.networks.connections import channels
from resonanz.networks.errors import NotAuthorised
from resonanz.networks.models import Channel, ChannelState


def on(*, user: User) -> list[Channel]:
    """The channels that they connected, and that still use what the network gave for it; by name."""
    rows = Channel.objects.filter(connected_by=user).exclude(encrypted_secret=b"").order_by("name", "id")
    return [channel for channel in rows if not channels.is_practice(channel)]


def forget_gone(_day: date, limit: int) -> int:
    """Of up to `limit` channels, forget who connected them: they are gone, and so is what the network gave them."""
    ended = Q(expires_at__lte=clock.now()) | Q(state=ChannelState.BROKEN, failure_code=NotAuthorised.code)
    rows = Channel.objects.filter(ended | Q(encrypted_secret=b""), connected_by__is_active=False)
    due = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    return Channel.objects.filter(pk__in=due).update(connected_by=None)
