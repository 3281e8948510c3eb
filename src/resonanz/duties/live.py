"""Going live: a channel is listened to once somebody answers whatever comes through it, and somebody stands in."""

from __future__ import annotations

from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.duties.models import Responsibility
from resonanz.networks.connections import channels
from resonanz.networks.models import Channel, ChannelState


class NotCovered(ResonanzError):
    """The channel cannot go live: it lacks a catch-all, its owner, or its deputy; `hole` says which."""

    code = "channel.not_covered"


def catch_all(*, channel: Channel) -> Responsibility | None:
    """The nearest row that answers whatever comes through a channel: its own, its network's, or that of all."""
    rows = Responsibility.objects.filter(
        Q(channel=channel) | Q(channel__isnull=True, network__in=["", channel.network]),
        topic__isnull=True, group__isnull=True, intent="", language="", times={},
    ).select_related("owner", "deputy")  # fmt: skip
    return min(rows, key=lambda row: (row.channel_id is None, not row.network, row.pk), default=None)


def hole_of(*, channel: Channel) -> str:
    """What is missing before the channel can go live, as a code; "" when nothing is."""
    row = catch_all(channel=channel)
    if row is None or row.owner is None:
        return "responsibility.no_catch_all"
    if not row.owner.is_active:
        return "responsibility.owner_gone"
    if row.deputy is None or not row.deputy.is_active:
        return "responsibility.no_deputy"
    return ""


def go_live(*, channel_id: int, actor: User) -> None:
    """Listen there from now on; raises NotCovered while nobody answers or nobody stands in."""
    channel = Channel.objects.get(pk=channel_id)
    if not channels.is_practice(channel) and (hole := hole_of(channel=channel)):
        raise NotCovered(hole=hole, channel=channel.name)
    channels.resume(channel_id=channel_id, actor=actor)


def go_live_where_covered(*, actor: User) -> list[Channel]:
    """Channels that only waited for somebody to answer there go live; which ones did."""
    waiting = Channel.objects.filter(state=ChannelState.WAITING).order_by("id")
    covered = [channel for channel in waiting if not hole_of(channel=channel)]
    for channel in covered:
        channels.resume(channel_id=channel.pk, actor=actor)
    return covered
