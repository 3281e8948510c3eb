"""Whether a post may be answered from here: some networks let programs answer only what was addressed to us."""

from __future__ import annotations

from resonanz.listening.models import Post, PostChannel
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.networks.models import Channel


def takes_answer(*, channel: Channel, post: Post | None) -> bool:
    """Whether the channel's network lets us answer this post from here; else a person posts the text there."""
    return able(registry.connector(channel.network), Capability.REPLY) and is_answerable(channel=channel, post=post)


def is_answerable(*, channel: Channel, post: Post | None) -> bool:
    """Whether it was addressed to us, where the network asks for that."""
    if not registry.connector(channel.network).limits.only_if_addressed:
        return True
    return PostChannel.objects.filter(channel=channel, post=post, addressed=True).exists()
