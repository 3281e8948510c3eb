"""Jobs of this room: they turn ids into one call."""

from __future__ import annotations

from resonanz.accounts.models import User
from resonanz.core.jobs import job
from resonanz.networks.models import Channel
from resonanz.pipeline import channel_removal


@job(name="pipeline.remove_channel")
def remove_channel(*, channel_id: int, actor_id: int, **_: object) -> None:
    """Remove a channel that holds too much for somebody to wait; what is gone already is no failure."""
    if Channel.objects.filter(pk=channel_id).exists():
        channel_removal.remove(channel_id=channel_id, actor=User.objects.get(pk=actor_id))
