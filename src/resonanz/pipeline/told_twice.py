"""What is told twice, by a network and by others of it, stays one post in one case, in the words of the network."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from resonanz.core import clock
from resonanz.listening import posts
from resonanz.listening.models import Post, PostChannel
from resonanz.networks import links, registry
from resonanz.networks.contract import Edited, Event, Posted
from resonanz.networks.models import Channel
from resonanz.pipeline import hearsay
from resonanz.pipeline.hearing import Heard, key_of
from resonanz.service.work import adopting

_ENOUGH = 40
_MOMENT = timedelta(microseconds=1)
AccountKey = tuple[str, str, str]


def as_known(channel: Channel, events: Sequence[Event]) -> list[Event]:
    """Of hearsay, what stands at an address that another channel told of in the same words is that very post.

    Who tells of a network may name its posts otherwise than the network does.
    """
    if not hearsay.is_hearsay(channel):
        return list(events)
    linked = [event for event in events if isinstance(event, Posted) and event.url]
    known = posts.known(keys=[key_of(posted) for posted in linked])
    forms = {posted.url: links.forms(posted.url) for posted in linked if key_of(posted) not in known}
    standing = _standing(channel, {form for found in forms.values() for form in found})
    return [
        _as_it_stands(event, standing, forms.get(event.url, [])) if isinstance(event, Posted) else event
        for event in events
    ]


def put_right(channel: Channel, heard: Sequence[Heard]) -> list[Edited]:
    """What the network says otherwise than those who told of it before."""
    if hearsay.is_hearsay(channel):
        return []
    said = {one.key: one.posted for one in heard if one.speaker.value != "STAFF"}
    known = posts.known(keys=said)
    told = Post.objects.filter(_by_hearsay_alone(), pk__in=list(known.values())) if known else []
    return [
        Edited(
            network=post.network,
            origin=post.origin,
            native_id=post.native_id,
            text=posted.text,
            edited_at=_since(post) if post.text != posted.text else posted.posted_at,
            quoted=posted.quoted,
        )
        for post in told
        if post.text != (posted := said[post.network, post.origin, post.native_id]).text or posted.quoted
    ]


def _since(post: Post) -> datetime:
    return max(clock.now(), post.edited_at + _MOMENT) if post.edited_at else clock.now()


def in_a_case(channel: Channel, post_ids: Collection[int]) -> set[int]:
    """Those of these posts, stored before, that stand in a case already, so that no second one is opened for them.

    A case that was opened because others told of it goes over to the channel of the network, where it can be answered.
    """
    if not post_ids:
        return set()
    if hearsay.is_hearsay(channel):
        return adopting.standing(post_ids=post_ids)
    return adopting.adopt(post_ids=post_ids, told_by=registry.tellers(), channel=channel)


def known_from_elsewhere(channel: Channel, authors: Collection[AccountKey]) -> set[AccountKey]:
    """Of the authors whom hearsay names those of whom a network told by itself: hearsay does not rename them."""
    if not authors or not hearsay.is_hearsay(channel):
        return set()
    said = Post.objects.filter(author_native_id__in={native_id for _, _, native_id in authors})
    rows = said.exclude(channels=None).exclude(_by_hearsay_alone()).values_list("network", "origin", "author_native_id")
    return set(rows.distinct()) & set(authors)


def _by_hearsay_alone() -> Q:
    ways = PostChannel.objects.filter(post=OuterRef("pk"))
    told = ways.filter(channel__network__in=registry.tellers())
    heard = ways.exclude(channel__network__in=registry.tellers())
    return Q(Exists(told)) & ~Q(Exists(heard))


def _standing(channel: Channel, addresses: Collection[str]) -> dict[str, Post]:
    if not addresses:
        return {}
    through = PostChannel.objects.filter(post=OuterRef("pk"), channel=channel)
    found = Post.objects.filter(~Exists(through), url__in=addresses).exclude(url="").order_by("-id")
    return {post.url: post for post in found}


def _as_it_stands(posted: Posted, standing: Mapping[str, Post], forms: Sequence[str]) -> Posted:
    for form in forms:
        post = standing.get(form)
        if post is not None and _alike(post.text, posted.text):
            return replace(
                posted,
                network=post.network,
                origin=post.origin,
                native_id=post.native_id,
                parent_id=post.parent_native_id,
                root_id=post.root_native_id,
            )
    return posted


def _alike(one: str, other: str) -> bool:
    """The same words, or the beginning of the same: several comments may bear the address of their page."""
    short, long = sorted((_folded(one), _folded(other)), key=len)
    return short == long or (len(short) >= _ENOUGH and long.startswith(short))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip("….")
