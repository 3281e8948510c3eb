"""Storing what was heard: posts once, people who addressed us, and the cases they open or extend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from resonanz.core import clock
from resonanz.listening import posts
from resonanz.listening.models import Post, Speaker, Topic
from resonanz.listening.posts import NewPost, PostKey, StoredPost
from resonanz.networks.models import Channel
from resonanz.people.identities import IdentityKey, Seen, meet
from resonanz.pipeline import told_twice
from resonanz.pipeline.hearing import Heard
from resonanz.pipeline.taken import Taken
from resonanz.privacy import retention
from resonanz.privacy.models import Purpose
from resonanz.service import cases, intake, naming
from resonanz.service.intake import THREAD, Arrival
from resonanz.service.tasks import read_aftermath, warn_at_once
from resonanz.service.work import crises, declarations
from resonanz.triage import evaluations, likeness


def store(channel: Channel, heard: Sequence[Heard]) -> Taken:
    """Call within the transaction of the batch."""
    _forget_removed_topics(heard)
    now = clock.now()
    stored = posts.store(posts=[_new_post(channel, one, now) for one in heard], channel_id=channel.pk)
    heard = [one for one in heard if one.key in stored]
    news = [one for one in heard if stored[one.key].is_news]
    judged = {stored[one.key].post_id: one for one in news if one.evaluated and stored[one.key].is_new}
    evaluations.keep(evaluated={post_id: one.evaluated for post_id, one in judged.items() if one.evaluated})
    likeness.bind(fresh=[_fresh(post_id, one) for post_id, one in judged.items() if one.signature])
    identities = _meet(channel, news, now)
    settled = told_twice.in_a_case(channel, {stored[one.key].post_id for one in news if not stored[one.key].is_new})
    others = [one for one in news if one.speaker is Speaker.OUTSIDER and stored[one.key].post_id not in settled]
    arrivals = [_arrival(one, stored, identities) for one in others]
    touched = intake.take(channel=channel, arrivals=arrivals)
    if touched and any(arrival.is_crisis for arrival in arrivals):
        warn_at_once.later()
    _read_aftermath_later([stored[one.key].post_id for one in others if one.posted.parent_id])
    _take_context(channel, [one for one in news if one.speaker is not Speaker.OUTSIDER], stored)
    new, lost = sum(place.is_new for place in stored.values()), _drop_lost_context(heard, stored)
    matched = sum(bool(one.topic_ids) for one in heard)
    return Taken(matched=matched, stored=new - lost, dropped=lost, duplicates=len(heard) - new, case_ids=set(touched))


def _fresh(post_id: int, one: Heard) -> likeness.Fresh:
    said = one.posted
    return likeness.Fresh(post_id=post_id, at=said.posted_at, text=said.text, signature=one.signature)


def _read_aftermath_later(post_ids: Sequence[int]) -> None:
    """What answers something may tell how a case ended; it is read when the batch is stored."""
    if post_ids:
        read_aftermath.later(post_ids=",".join(map(str, post_ids)))


def _drop_lost_context(heard: Sequence[Heard], stored: dict[PostKey, StoredPost]) -> int:
    """Context whose case did not open after all, or was resolved meanwhile, is kept for nobody; how much it was."""
    context = [stored[one.key].post_id for one in heard if one.is_context and stored[one.key].is_new]
    if not context:
        return 0
    _, by_table = Post.objects.filter(pk__in=context, case_posts__isnull=True).delete()
    return by_table.get("listening.Post", 0)


def _forget_removed_topics(heard: Sequence[Heard]) -> None:
    """A topic may have been removed while the judges were at work."""
    touched = {topic for one in heard for topic in one.topic_ids}
    there = set(Topic.objects.filter(pk__in=touched).values_list("id", flat=True)) if touched else set()
    if there != touched:
        for one in heard:
            one.topic_ids = [topic for topic in one.topic_ids if topic in there]


@lru_cache(maxsize=64)
def _delete_on(purpose: Purpose, network: str, now: datetime) -> date:
    """The same for a whole batch."""
    return retention.delete_on(purpose=purpose, network=network, since=now)


def _purpose(one: Heard) -> Purpose:
    return Purpose.SERVICE if one.may_open or one.is_context else Purpose.REPUTATION


def _new_post(channel: Channel, one: Heard, now: datetime) -> NewPost:
    purpose = _purpose(one)
    return NewPost(
        posted=one.posted,
        root_id=one.root_id,
        speaker=one.speaker.value,
        is_context=one.is_context,
        addressed=one.addressed,
        topic_ids=one.topic_ids,
        language=one.evaluated.language if one.evaluated else one.posted.language,
        purpose=purpose.value,
        source=channel.network,
        delete_on=_delete_on(purpose, one.posted.network, now),
    )


def _meet(channel: Channel, news: Sequence[Heard], now: datetime) -> dict[IdentityKey, int]:
    seen = [seen for one in news if (seen := _seen(channel, one, now)) is not None]
    named = told_twice.known_from_elsewhere(channel, [one.key for one in seen])
    return meet(seen=[replace(one, keeps_name=one.key in named) for one in seen])


def _seen(channel: Channel, one: Heard, now: datetime) -> Seen | None:
    """Whoever addressed us, or whom a topic makes a case of, gets a record; everybody else stays a handle on a post."""
    posted, author = one.posted, one.posted.author
    if author is None or not one.may_open:
        return None
    return Seen(
        network=posted.network,
        origin=posted.origin,
        native_id=author.native_id,
        handle=author.handle,
        name=author.name,
        url=author.url,
        at=posted.posted_at,
        source=channel.network,
        delete_on=_delete_on(Purpose.SERVICE, posted.network, now),
    )


def _arrival(one: Heard, stored: dict[PostKey, StoredPost], identities: dict[IdentityKey, int]) -> Arrival:
    posted, author = one.posted, one.posted.author
    return Arrival(
        post_id=stored[one.key].post_id,
        network=posted.network,
        origin=posted.origin,
        root_id=one.root_id,
        visibility=posted.visibility.value,
        posted_at=posted.posted_at,
        topic_ids=one.topic_ids,
        identity_id=identities.get((posted.network, posted.origin, author.native_id)) if author else None,
        wanted=one.may_open and intake.wants_answer(kind=posted.kind.value, evaluated=one.evaluated),
        intent=intake.intent_of(one.evaluated),
        urgency=one.evaluated.urgency if one.evaluated else 0.0,
        author_id=one.private_with or (author.native_id if author else ""),
        language=one.evaluated.language if one.evaluated else "",
        names_employee=bool(naming.pieces(posted.text)),
        declared=declarations.chance(evaluated=one.evaluated),
        is_crisis=crises.is_one(evaluated=one.evaluated),
    )


def _take_context(channel: Channel, said: Sequence[Heard], stored: dict[PostKey, StoredPost]) -> None:
    """What we or a colleague in private said in the thread of an open case stands beside it; ours also answers."""
    by_thread: dict[THREAD, list[int]] = {}
    for one in said:
        by_thread.setdefault(one.thread, []).append(stored[one.key].post_id)
    if by_thread:
        intake.join_context(channel=channel, post_ids_by_thread=by_thread)
    cases.answered_elsewhere(
        parents=[
            (one.posted.network, one.posted.origin, one.posted.parent_id)
            for one in said
            if one.speaker is Speaker.OWN and one.posted.parent_id
        ]
    )
