"""Knowledge: snippets that the company writes once and says the same way each time, found by the words of a post.

What is past its day is suggested no longer, and its owner hears of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.search import SearchRank
from django.db import IntegrityError, transaction
from django.db.models import Case as Either
from django.db.models import Q, QuerySet, Value, When

from resonanz.accounts.access import Act, may
from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.listening.models import Post, Topic
from resonanz.listening.search import wanted
from resonanz.privacy import audit
from resonanz.service.answers import alike
from resonanz.service.models import Case, Snippet
from resonanz.service.models.snippets import KNOWLEDGE
from resonanz.service.times.telling import tell

MOST_CHARACTERS = 5_000
MOST_SUGGESTED = 5


class SnippetTitleTaken(ResonanzError):
    """There is already a snippet of this title."""

    code = "snippet.title_taken"


class SnippetEmpty(ResonanzError):
    """A snippet says something in at least one language."""

    code = "snippet.empty"


class SourceUnreadable(ResonanzError):
    """A source is an address of the web, or nothing."""

    code = "snippet.source_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody writes as a snippet."""

    title: str
    german: str = ""
    english: str = ""
    topic_ids: Collection[int] = ()
    valid_until: date | None = None
    owner_id: int | None = None
    source: str = ""


def save(*, snippet_id: int | None, written: Written, actor: User) -> Snippet:
    """Make or change one; raises SnippetTitleTaken, SnippetEmpty, SourceUnreadable, Snippet.DoesNotExist."""
    german, english = (clean(text, most=MOST_CHARACTERS) for text in (written.german, written.english))
    if not german and not english:
        raise SnippetEmpty
    try:
        with transaction.atomic():
            snippet = Snippet.objects.select_for_update().get(pk=snippet_id) if snippet_id else Snippet()
            snippet.title, snippet.german, snippet.english = clean(written.title, most=120), german, english
            if snippet.valid_until != written.valid_until:
                snippet.told_at = None
            snippet.valid_until, snippet.owner_id = written.valid_until, written.owner_id
            snippet.source, snippet.changed_at = _source(written.source), clock.now()
            snippet.save()
            snippet.topics.set(Topic.objects.filter(pk__in=written.topic_ids))
            audit.record(act="snippet.saved", actor=actor_of(actor), thing="snippet", thing_id=snippet.pk)
    except IntegrityError as error:
        raise SnippetTitleTaken(title=written.title) from error
    return snippet


def remove(*, snippet_id: int, actor: User) -> None:
    """Nobody is offered it any more; answers that took it over stay."""
    with transaction.atomic():
        if Snippet.objects.filter(pk=snippet_id).delete()[0]:
            audit.record(act="snippet.removed", actor=actor_of(actor), thing="snippet", thing_id=snippet_id)


def listed(*, words: str = "") -> QuerySet[Snippet]:
    """All of them, those past their day first, then by title; with `words` those that have them."""
    rows = Snippet.objects.select_related("owner").prefetch_related("topics")
    if words.strip():
        rows = rows.annotate(knows=KNOWLEDGE).filter(Q(knows=wanted(words=words)) | Q(title__icontains=words.strip()))
    past = Either(When(valid_until__lt=today(), then=Value(0)), default=Value(1))
    return rows.order_by(past, "title")


def suggested(*, case: Case, post: Post, most: int = MOST_SUGGESTED) -> list[Snippet]:
    """Those that have words of the post, and of its topics; only what is valid today."""
    words = alike.lexemes(text=post.text, language=post.language)
    of_topic = Q(topics=case.topic_id) if case.topic_id else Q(pk__in=[])
    rows = Snippet.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today()))
    if not words:
        return list(rows.filter(of_topic).order_by("title")[:most])
    query = alike.any_of(words)
    rows = rows.annotate(knows=KNOWLEDGE).filter(of_topic | Q(knows=query))
    of_topics = Either(When(of_topic, then=Value(0.05)), default=Value(0.0))
    ranked = rows.annotate(rank=SearchRank(KNOWLEDGE, query) + of_topics).order_by("-rank", "title")
    return list(ranked.distinct()[:most])


def in_language(*, snippet: Snippet, language: str) -> str:
    """What it says to somebody who reads `language`: Germans read German, everybody else rather English."""
    first, second = (snippet.german, snippet.english) if language == "de" else (snippet.english, snippet.german)
    return first or second


def today() -> date:
    """The day it is where the company is; what is valid until a day is valid on it."""
    return clock.today(ZoneInfo(settings.DEFAULT_TIME_ZONE))


def owners() -> list[User]:
    """Who can keep a snippet right: those who may write them."""
    return [user for user in User.objects.filter(is_active=True).order_by("name") if may(user, Act.MANAGE_SNIPPETS)]


def tell_owners() -> int:
    """The daily job: whoever owns what is past its day hears of it, once; those without an owner are told to the leads.

    How many snippets were told of.
    """
    with transaction.atomic():
        rows = Snippet.objects.select_for_update().filter(valid_until__lt=today(), told_at__isnull=True)
        past = list(rows.order_by("pk"))
        _tell(past)
        Snippet.objects.filter(pk__in=[snippet.pk for snippet in past]).update(told_at=clock.now())
    return len(past)


def _tell(past: Sequence[Snippet]) -> None:
    everybody = [user.pk for user in owners()]
    for snippet in past:
        keeps = [snippet.owner_id] if snippet.owner_id in everybody else everybody
        path = f"/knowledge/{snippet.pk}/"
        tell(user_ids=[pk for pk in keeps if pk], code="snippet.past", params={"snippet": snippet.pk}, path=path)


def _source(typed: str) -> str:
    source = clean(typed, most=2_000)
    try:
        parts = urlsplit(source)
    except ValueError as error:
        raise SourceUnreadable from error
    if source and (parts.scheme not in {"http", "https"} or not parts.netloc or " " in source):
        raise SourceUnreadable
    return source
