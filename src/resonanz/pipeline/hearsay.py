"""Hearsay: what others than the network tell, people and providers, who may change nothing but what they alone told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Count, Exists, OuterRef, QuerySet

from resonanz.listening import posts, quotes
from resonanz.listening.erasure import free, posts_by
from resonanz.listening.models import Post, PostChannel
from resonanz.listening.posts import PostKey
from resonanz.networks import registry
from resonanz.networks.contract import AccountGone, Deleted, Event, Posted
from resonanz.networks.models import Channel
from resonanz.people.models import Identity
from resonanz.privacy import audit, erasure, tombstones
from resonanz.privacy.erasure import Told

_CHUNK = 2000


def is_hearsay(channel: Channel) -> bool:
    """Whether what comes through it is told by others than the network: people, providers."""
    return registry.connector(channel.network).limits.is_hearsay


def teller_of(channel: Channel) -> str:
    """By whom tombstones of what was told there stand; "" where the network itself speaks, which counts for all."""
    return f"channel:{channel.pk}" if is_hearsay(channel) else ""


def gone_hash(channel: Channel, network: str, origin: str, native_id: str) -> bytes:
    """The hash of the tombstone of a post of which this channel says that it is gone."""
    if teller := teller_of(channel):
        return tombstones.told_post_hash(network, origin, native_id, teller)
    return tombstones.post_hash(network, origin, native_id)


def permitted(channel: Channel, changes: Sequence[Event]) -> list[Event]:
    """Those of the changes that a channel of hearsay may make. An account that is gone means its posts told there."""
    events = [event for change in changes for event in _one_by_one(channel, change)]
    own = _told_only_by(channel, [(one.network, one.origin, one.native_id) for one in events])
    return [one for one in events if (one.network, one.origin, one.native_id) in own]


def forget(channel: Channel, account: AccountGone) -> None:
    """The record of a person who is known from hearsay of this kind alone. Nothing keeps others from telling of it."""
    key = (account.network, account.origin, account.native_id)
    known = Identity.objects.filter(network=key[0], origin=key[1], native_id=key[2], source=channel.network)
    if known.exists() and not posts_by(*key).exists():
        erasure.erase_account(network=key[0], origin=key[1], native_id=key[2], actor=audit.SYSTEM, suppress=False)


def told_posts() -> Iterator[Told]:
    """All posts that one channel of hearsay told and no other."""
    alone = Post.objects.annotate(ways=Count("channels")).filter(ways=1)
    found = free(Post.objects.filter(pk__in=alone.values("pk"), channels__network__in=registry.tellers()))
    rows = found.values_list("network", "origin", "native_id", "channels__id").iterator(chunk_size=_CHUNK)
    yield from ((network, origin, native_id, f"channel:{pk}") for network, origin, native_id, pk in rows)


def _one_by_one(channel: Channel, change: Event) -> Iterator[Event]:
    if isinstance(change, Posted):
        return
    if not isinstance(change, AccountGone):
        yield change
        return
    said = _only_through(channel).filter(
        network=change.network, origin=change.origin, author_native_id=change.native_id
    )
    quoted = quotes.by(change.network, change.origin, change.native_id).exclude(native_id="")
    ids = {*said.values_list("native_id", flat=True), *quoted.values_list("native_id", flat=True)}
    for native_id in sorted(ids):
        yield Deleted(network=change.network, origin=change.origin, native_id=native_id, deleted_at=change.gone_at)


def _told_only_by(channel: Channel, keys: Sequence[PostKey]) -> set[PostKey]:
    said = _only_through(channel).filter(native_id__in={native_id for _, _, native_id in keys})
    return set(keys) & {*said.values_list("network", "origin", "native_id"), *_quoted_only_by(channel, keys)}


def _quoted_only_by(channel: Channel, keys: Sequence[PostKey]) -> set[PostKey]:
    """Those that nobody told, and that are known here only because something quotes them that was told there alone."""
    told = quotes.of(set(keys) - posts.known(keys=keys).keys())
    elsewhere = told.exclude(post__in=_only_through(channel))
    return set(quotes.keys(told)) - set(quotes.keys(elsewhere))


def _only_through(channel: Channel) -> QuerySet[Post]:
    elsewhere = PostChannel.objects.filter(post=OuterRef("pk")).exclude(channel=channel)
    return Post.objects.filter(~Exists(elsewhere), channels=channel)
