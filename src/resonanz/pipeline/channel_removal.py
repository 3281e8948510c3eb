"""Removing a channel, with everything that came only through it, in small transactions.

Posts that came through another channel too stay there. Nothing gets a tombstone: this is no erasure for somebody's
sake, and a channel may be connected again. Killed at any moment, the next call goes on where this one stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.listening.erasure import delete_posts
from resonanz.listening.models import Post, PostChannel
from resonanz.networks.connections import bringing, channels
from resonanz.networks.models import Channel, ChannelState, Webhook
from resonanz.people import leaving
from resonanz.people.models import Identity
from resonanz.pipeline.models import Delivery, PutAside
from resonanz.pipeline.retrying import retried
from resonanz.privacy import retention
from resonanz.service.erasure import take_from_cases
from resonanz.service.models import Case, Moderation, Outgoing, OutgoingState

BATCH = 500
_ON_ITS_WAY = [OutgoingState.QUEUED, OutgoingState.SENDING]


class AnswersOnTheirWay(ResonanzError):
    """Answers are leaving through this channel just now."""

    code = "channel.answers_on_their_way"


@dataclass(frozen=True, slots=True)
class Holdings:
    """What would go with a channel. `shared`: posts that came through another one too, and stay."""

    posts: int
    shared: int
    cases: int
    sent: int


def holdings(*, channel_id: int) -> Holdings:
    """What would go, in numbers."""
    through = PostChannel.objects.filter(channel_id=channel_id)
    shared = through.filter(_elsewhere(channel_id)).count()
    return Holdings(
        posts=through.count() - shared,
        shared=shared,
        cases=Case.objects.filter(channel_id=channel_id).count(),
        sent=Outgoing.objects.filter(channel_id=channel_id, state=OutgoingState.SENT).count(),
    )


def remove(*, channel_id: int, actor: User) -> Holdings:
    """Remove a channel and what came only through it; what that was. Raises AnswersOnTheirWay.

    What was answered stays on the network, where we cannot reach it any more.
    """
    _refuse_while_answering(channel_id)
    gone = holdings(channel_id=channel_id)
    channel = Channel.objects.get(pk=channel_id)
    if channel.state != ChannelState.PAUSED:
        channels.pause(channel_id=channel_id, actor=actor)  # nothing new comes while what is there goes
    bringing.end(channel=channel)
    while not retried(lambda: _delete_if_empty(channel_id, actor)):
        _empty(channel)
    return gone


def _empty(channel: Channel) -> None:
    """Upper rooms first, because what they hold points down. Which rows go first is all one: sorting them would cost
    as much as deleting them, at each batch anew."""
    Webhook.objects.filter(channel_id=channel.pk).delete()  # nothing more is brought
    _all(lambda: _delete_deliveries(channel.pk))
    _all(lambda: _delete_moderations(channel.pk))
    _all(lambda: _delete_answers(channel.pk))
    _all(lambda: _delete_cases(channel.pk))
    _all(lambda: _delete_posts(channel.pk))
    _all(lambda: _delete_put_aside(channel.pk))
    _all(lambda: _forget_strangers(channel))


def _all(some: Callable[[], int]) -> None:
    def within() -> int:
        with transaction.atomic():
            return some()

    while retried(within):
        pass


def _refuse_while_answering(channel_id: int) -> None:
    count = Outgoing.objects.filter(channel_id=channel_id, state__in=_ON_ITS_WAY).count()
    if count:
        raise AnswersOnTheirWay(count=count)


def _delete_answers(channel_id: int) -> int:
    _refuse_while_answering(channel_id)
    some = Outgoing.objects.filter(channel_id=channel_id).values_list("pk", flat=True)[:BATCH]
    return Outgoing.objects.filter(pk__in=list(some)).delete()[0]


def _delete_moderations(channel_id: int) -> int:
    some = Moderation.objects.filter(channel_id=channel_id).values_list("pk", flat=True)[:BATCH]
    return Moderation.objects.filter(pk__in=list(some)).delete()[0]


def _delete_cases(channel_id: int) -> int:
    rows = list(Case.objects.filter(channel_id=channel_id).values_list("pk", "identity_id")[:BATCH])
    Case.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    _forget({identity for _, identity in rows if identity})
    return len(rows)


def _delete_posts(channel_id: int) -> int:
    """Some posts, or only their link with the channel where another one, or a duty to keep them, holds them."""
    through = PostChannel.objects.filter(channel_id=channel_id)
    ids = list(through.values_list("post_id", flat=True)[:BATCH])
    kept = set(through.filter(_elsewhere(channel_id), post_id__in=ids).values_list("post_id", flat=True))
    going = Post.objects.filter(pk__in=set(ids) - kept)
    authors = set(going.exclude(author_native_id="").values_list("network", "origin", "author_native_id"))
    going_ids = list(going.values_list("pk", flat=True))
    take_from_cases(going_ids)
    if delete_posts(going_ids).held:
        # What a law keeps goes with the daily job, as soon as it may.
        Post.objects.filter(pk__in=going_ids).update(delete_on=retention.today())
    through.filter(post_id__in=ids).delete()
    _forget(_identities(authors))
    return len(ids)


def _identities(authors: set[tuple[str, str, str]]) -> set[int]:
    native_ids = {native_id for _, _, native_id in authors}
    found = Identity.objects.filter(native_id__in=native_ids).values_list("network", "origin", "native_id", "pk")
    return {pk for *key, pk in found if tuple(key) in authors}


def _delete_deliveries(channel_id: int) -> int:
    some = Delivery.objects.filter(channel_id=channel_id).values_list("pk", flat=True)[:BATCH]
    return Delivery.objects.filter(pk__in=list(some)).delete()[0]


def _delete_put_aside(channel_id: int) -> int:
    some = PutAside.objects.filter(channel_id=channel_id).values_list("pk", flat=True)[:BATCH]
    return PutAside.objects.filter(pk__in=list(some)).delete()[0]


def _forget_strangers(channel: Channel) -> int:
    """When no other channel leads into this world, nobody who is known from there alone is kept."""
    if any(_world(other) == _world(channel) for other in Channel.objects.exclude(pk=channel.pk)):
        return 0
    network, origin = _world(channel)
    known = _lonely(Identity.objects.filter(retention.free(retention.today()), network=network, origin=origin))
    return _forget(set(known.order_by("pk").values_list("pk", flat=True)[:BATCH]))


def _world(channel: Channel) -> tuple[str, str]:
    return (channel.network, channel.origin or channel.address.rstrip("/"))


def _forget(identity_ids: set[int]) -> int:
    if not identity_ids:
        return 0
    lonely = _lonely(Identity.objects.filter(pk__in=identity_ids))
    return leaving.forget(identity_ids=list(lonely.values_list("pk", flat=True)))


def _lonely(identities: QuerySet[Identity]) -> QuerySet[Identity]:
    """Those who said nothing that is kept, and stand in no case."""
    said = Post.objects.filter(
        network=OuterRef("network"), origin=OuterRef("origin"), author_native_id=OuterRef("native_id")
    )
    return identities.filter(~Exists(said), cases__isnull=True)


def _elsewhere(channel_id: int) -> Exists:
    return Exists(PostChannel.objects.filter(post=OuterRef("post")).exclude(channel_id=channel_id))


def _delete_if_empty(channel_id: int, actor: User) -> bool:
    """Whether the channel is gone. Locked, so that no batch brings anything between the look and the deletion."""
    with transaction.atomic():
        channel = Channel.objects.select_for_update().filter(pk=channel_id).first()
        if channel is None:
            return True
        if any(rows.filter(channel_id=channel_id).exists() for rows in _ROWS):
            return False
        channels.delete_emptied(channel=channel, actor=actor)
        return True


_ROWS = (Moderation.objects, Outgoing.objects, Case.objects, PostChannel.objects, PutAside.objects)
