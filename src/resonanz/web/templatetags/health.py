"""What templates need to tell how channels are."""

from __future__ import annotations

from django import template

from resonanz.networks.models import Channel
from resonanz.web import channel_health

register = template.Library()


@register.filter
def failure(channel: Channel) -> str:
    """Why a channel fails."""
    return channel_health.failure(channel)
