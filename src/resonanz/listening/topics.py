"""Topics: what we listen for. Every change makes a new matcher over all of them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.listening import posts
from resonanz.listening.matching import Matcher
from resonanz.listening.models import Post, Topic
from resonanz.privacy import audit


class TopicNameTaken(ResonanzError):
    """Another topic bears this name."""

    code = "topic.name_taken"


@dataclass(frozen=True, slots=True)
class Compiled:
    """All active topics in one automaton."""

    matcher: Matcher
    opens_cases: frozenset[int]
    ask_language: bool


_lock = threading.Lock()
_cached: tuple[tuple[object, ...], Compiled] | None = None


def compiled() -> Compiled:
    """The matcher over all active topics; built anew only when one of them has changed (one small query to know)."""
    global _cached
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), bit_xor(hashtextextended(concat(id, ' ', changed_at), 0)) FROM listening_topic"
        )
        stamp = cursor.fetchone()
    with _lock:
        if _cached is None or _cached[0] != stamp:
            active = list(Topic.objects.filter(is_active=True).order_by("id"))
            matcher = Matcher.compile({topic.pk: topic.query for topic in active})
            opening = frozenset(topic.pk for topic in active if topic.opens_cases)
            ask_language = any("lang:" in topic.query.lower() for topic in active)
            _cached = (stamp, Compiled(matcher, opening, ask_language))
        return _cached[1]


def create(*, name: str, query: str, opens_cases: bool, actor: User) -> Topic:
    """A new topic; raises QuerySyntaxError where the query cannot be understood, TopicNameTaken."""
    Matcher.compile({0: query})
    now = clock.now()
    topic = Topic(name=name, query=query, opens_cases=opens_cases, created_at=now, changed_at=now)
    return _save(topic, act="topic.created", actor=actor)


def change(*, topic_id: int, name: str, query: str, opens_cases: bool, is_active: bool, actor: User) -> Topic:
    """Change a topic; posts stored so far keep the topics they touched."""
    Matcher.compile({0: query})
    topic = Topic.objects.get(pk=topic_id)
    topic.name, topic.query, topic.opens_cases, topic.is_active = name, query, opens_cases, is_active
    topic.changed_at = clock.now()
    return _save(topic, act="topic.changed", actor=actor)


def remove(*, topic_id: int, actor: User) -> None:
    """Remove a topic; its posts stay until their day."""
    with transaction.atomic():
        Topic.objects.get(pk=topic_id).delete()
        audit.record(act="topic.removed", actor=actor_of(actor), thing="topic", thing_id=topic_id)


def _save(topic: Topic, *, act: str, actor: User) -> Topic:
    try:
        with transaction.atomic():
            topic.save()
            audit.record(act=act, actor=actor_of(actor), thing="topic", thing_id=topic.pk)
    except IntegrityError as error:
        raise TopicNameTaken(name=topic.name) from error
    return topic


@dataclass(frozen=True, slots=True)
class Preview:
    """What a query finds among the newest stored posts: nothing that was dropped before can be found again."""

    searched: int
    found: list[Post]


def preview(*, query: str, limit: int = 20, searched: int = 5000) -> Preview:
    """Try a query on the newest stored posts."""
    matcher = Matcher.compile({0: query})
    newest = list(posts.said().order_by("-posted_at", "-id")[:searched])
    found = [
        post for post in newest if matcher.match(post.text, author_handle=post.author_handle, language=post.language)
    ]
    return Preview(searched=len(newest), found=found[:limit])


def preview_sample(*, query: str, texts: Sequence[str]) -> list[bool]:
    """Which of the pasted texts the query finds."""
    matcher = Matcher.compile({0: query})
    return [bool(matcher.match(text)) for text in texts]
