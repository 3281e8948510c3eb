"""What templates need to tell how channels are."""

from __future__ import annotations

from django import template

from resonanz.networks.metering import BudgetUsedUp
from resonanz.networks.models import Channel
from resonanz.web import channel_health

register = template.Library()


@register.filter
def failure(channel: Channel) -> str:
    """Why a channel fails."""
    return channel_health.failure(channel)


@register.filter
def is_used_up(channel: Channel) -> bool:
    """Whether it waits for its budget, and nothing is tried before that begins anew."""
    return channel.failure_code == BudgetUsedUp.code
