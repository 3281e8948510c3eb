"""Capturing: what a colleague heard where no interface reaches goes the one way of a post, and becomes a case.

Who captured it stands in the audit and nowhere else: no list or number of a colleague is made of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.core.pictures import Drawn
from resonanz.duties import live
from resonanz.listening import posts, screenshots
from resonanz.listening.models import Post, Speaker
from resonanz.networks import capture as network
from resonanz.networks import links
from resonanz.networks.capture import Brought
from resonanz.networks.connections import channels
from resonanz.networks.models import Channel, ChannelState
from resonanz.pipeline.hearing import key_of
from resonanz.pipeline.take_in import take_in
from resonanz.privacy import audit
from resonanz.service import cases
from resonanz.service.models import CasePost, CaseState

_LOCK = 0x6361_7074  # what is captured by hand


class NotToUs(ResonanzError):
    """What was said in private to others is nothing for the company."""

    code = "capture.not_to_us"


class Paused(ResonanzError):
    """Capturing is paused."""

    code = "capture.paused"


class NotKept(ResonanzError):
    """It was deleted here before at somebody's wish, or comes from an account that is not listened to."""

    code = "capture.not_kept"


@dataclass(frozen=True, slots=True)
class Known:
    """A post that stands here, and its case; None where nobody made one of it."""

    post: Post
    case_id: int | None


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of it. `was_known`: it was here before."""

    post_id: int
    case_id: int
    was_known: bool


def known(*, addresses: Collection[str]) -> Known | None:
    """The post that stands at one of these addresses, however they are written."""
    wanted = {form for address in addresses for form in links.forms(address)}
    post = posts.standing_at(addresses=wanted)
    return Known(post, _case_of(post)) if post else None


def capture(*, brought: Brought, shot: Drawn | None, alt: str, channel_name: str, actor: User) -> Captured:
    """Take it in, with its picture; all of it is committed when this returns, once for a form's key or an address.

    Raises NotToUs, Paused, NotKept.
    """
    if brought.is_private and not brought.is_to_us:
        raise NotToUs
    with transaction.atomic():
        _take_turns()
        channel = _channel(channel_name, actor)
        if brought.link and not brought.is_another and (found := known(addresses=[brought.link])):
            return _as_known(found, actor)
        posted = network.posted(brought)
        was_known = bool(posts.known(keys=[key_of(posted)]))
        take_in(channel=channel, events=[posted])
        post = Post.objects.filter(
            network=posted.network, origin=posted.origin, native_id=posted.native_id, speaker=Speaker.OUTSIDER
        ).first()
        if post is None:
            raise NotKept
        if was_known:
            return _as_known(Known(post, _case_of(post)), actor)
        if shot is not None:
            screenshots.keep(post_id=post.pk, drawn=shot, alt=alt)
        audit.record(
            act="post.captured", actor=actor_of(actor), thing="post", thing_id=post.pk, place=brought.place,
            visibility=posted.visibility.value, screenshot=shot is not None,
        )  # fmt: skip
        # Somebody found it worth bringing: it becomes a case although the judges hear no wish in it.
        return Captured(post.pk, _case_of(post) or _opened(post, channel.pk, actor), was_known=False)


def _take_turns() -> None:
    """A form that is sent twice finds, the second time, what the first one committed; people capture seldom enough."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _as_known(found: Known, actor: User) -> Captured:
    return Captured(found.post.pk, found.case_id or _opened(found.post, None, actor), was_known=True)


def _opened(post: Post, channel_id: int | None, actor: User) -> int:
    return cases.open_from_post(post_id=post.pk, channel_id=channel_id, actor=actor).pk


def _case_of(post: Post) -> int | None:
    """The open case it stands in, else the newest one."""
    places = CasePost.objects.filter(post=post)
    for wanted in (Q(case__state=CaseState.OPEN), Q()):
        if case_id := places.filter(wanted).order_by("-case_id").values_list("case_id", flat=True).first():
            return case_id
    return None


def _channel(name: str, actor: User) -> Channel:
    """The channel of what is captured; made with the first one, live as soon as somebody answers there."""
    found = Channel.objects.filter(network=network.NAME).order_by("id").first()
    if found is None:
        found = channels.connect(network=network.NAME, name=name, actor=actor)
        live.go_live_where_covered(actor=actor)
    if found.state == ChannelState.PAUSED:
        raise Paused
    return found
