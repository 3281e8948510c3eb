"""Whether a post may be answered from here: some networks take answers only to what addressed us, or for some time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from resonanz.core import clock
from resonanz.listening.models import Post, PostChannel, Speaker, Visible
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.networks.errors import NotAddressed, Unsupported
from resonanz.networks.models import Channel

TOO_LATE = "network.outside_window"


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a network takes an answer in private, and until when freely: after that only about the matter."""

    until: datetime
    freely_until: datetime

    @property
    def is_over(self) -> bool:
        """Whether it has to be given there, by hand."""
        return self.until <= clock.now()

    @property
    def is_free(self) -> bool:
        """Whether nothing else than the guideline bounds what may be said."""
        return clock.now() < self.freely_until


def takes_answer(*, channel: Channel, post: Post | None, visibility: str) -> bool:
    """Whether the channel's network lets us answer this post from here; else a person posts the text there."""
    return not by_hand_because(channel=channel, post=post, visibility=visibility)


def by_hand_because(*, channel: Channel, post: Post | None, visibility: str) -> str:
    """Why this post cannot be answered from here, as a code; "" where it can."""
    if not able(registry.connector(channel.network), Capability.REPLY):
        return Unsupported.code
    if not is_answerable(channel=channel, post=post):
        return NotAddressed.code
    found = window(channel=channel, post=post, visibility=visibility)
    return TOO_LATE if found is not None and found.is_over else ""


def is_answerable(*, channel: Channel, post: Post | None) -> bool:
    """Whether it was addressed to us, where the network asks for that."""
    if not registry.connector(channel.network).limits.only_if_addressed:
        return True
    return PostChannel.objects.filter(channel=channel, post=post, addressed=True).exists()


def window(*, channel: Channel, post: Post | None, visibility: str) -> Window | None:
    """The time for an answer in private to this post; None where the network has none.

    It begins anew with all that the person writes to this channel in private; what they said in public has its own.
    """
    limits = registry.connector(channel.network).limits
    if not limits.private_hours or post is None or visibility != Visible.PRIVATE:
        return None
    said_at = post.posted_at if post.visibility == Visible.PUBLIC else _wrote_last(channel, post)
    freely = limits.private_hours_freely or limits.private_hours
    if post.visibility == Visible.PUBLIC:
        freely = limits.private_hours
    return Window(said_at + timedelta(hours=limits.private_hours), said_at + timedelta(hours=freely))


def ends_at(*, channel: Channel, post: Post | None, visibility: str) -> datetime | None:
    """When the network's time for an answer ends; None where there is none."""
    found = window(channel=channel, post=post, visibility=visibility)
    return found.until if found else None


def _wrote_last(channel: Channel, post: Post) -> datetime:
    """When the author of a message wrote to this channel in private last: each of our numbers has its own time."""
    if not post.author_native_id:
        return post.posted_at
    written = Post.objects.filter(
        network=post.network, origin=post.origin, author_native_id=post.author_native_id,
        visibility=Visible.PRIVATE, speaker=Speaker.OUTSIDER, channels=channel,
    )  # fmt: skip
    last: datetime | None = written.aggregate(last=Max("posted_at"))["last"]
    return max(last, post.posted_at) if last else post.posted_at
