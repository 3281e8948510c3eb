"""Rehearsal: what would become of texts if they came through a channel, by the real rules, storing nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.duties import calendars
from resonanz.duties.directory import Answer, Directory
from resonanz.duties.models import Responsibility
from resonanz.duties.targets import LATEST_BY_THE_CLOCK
from resonanz.listening.models import Post, Speaker, Topic
from resonanz.listening.topics import compiled
from resonanz.networks import registry
from resonanz.networks.contract import Capability, Posted, able
from resonanz.networks.models import Channel
from resonanz.pipeline import hearing
from resonanz.pipeline.hearing import Heard
from resonanz.service import intake
from resonanz.triage.contract import Evaluated
from resonanz.triage.evaluations import is_true, sentiment
from resonanz.triage.models import Evaluation

MOST_TEXTS = 200
MOST_CHARACTERS = 2000


class Outcome(StrEnum):
    """What would become of a text."""

    CASE = "case"
    NO_ANSWER = "no_answer"  # addressed to us, but wants nothing
    LISTENING = "listening"  # on a topic, addressed to nobody
    DROPPED = "dropped"


class Gap(StrEnum):
    """What is missing so that somebody answers in time; the values are codes that faces find words for."""

    NO_TOPIC = "rehearsal.no_topic"
    OPENS_NO_CASE = "rehearsal.opens_no_case"
    NOBODY = "rehearsal.nobody"
    OWNER_GONE = "rehearsal.owner_gone"
    NO_DEPUTY = "rehearsal.no_deputy"
    LONG_WAIT = "rehearsal.long_wait"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One text. `post` and its evaluation are not stored; `gap` is the first thing that is missing."""

    post: Post
    outcome: Outcome
    topics: Sequence[Topic] = ()
    responsibility: Responsibility | None = None
    person: User | None = None
    due_at: datetime | None = None
    gap: Gap | None = None
    wants_answer: bool = field(default=False)


def rehearse(*, channel_id: int, texts: Sequence[str], at: datetime | None = None) -> list[Rehearsed]:
    """What would become of each text if it came at `at` (now): matching, judges, responsibilities and due time.

    On an account the texts are taken as addressed to us; in a feed nobody addresses us, so topics alone decide. Only
    the first MOST_TEXTS texts are looked at, and of each the first MOST_CHARACTERS characters.
    """
    channel = Channel.objects.get(pk=channel_id)
    moment = at or clock.now()
    addressed = able(registry.connector(channel.network), Capability.REPLY)
    said = [
        _posted(channel, number, text, moment, addressed=addressed) for number, text in enumerate(texts[:MOST_TEXTS])
    ]
    topics = compiled()
    heard = hearing.listen(channel, said, topics)
    hearing.evaluate(heard)
    found = {one.posted.native_id: one for one in heard}
    desk = _Desk(channel, heard)
    return [desk.take(posted, found.get(posted.native_id)) for posted in said]


def _posted(channel: Channel, number: int, text: str, at: datetime, *, addressed: bool) -> Posted:
    return Posted(
        network=channel.network,
        origin=channel.origin or channel.address.rstrip("/"),
        native_id=f"rehearsal-{number}",
        author=None,
        text=clean(text, most=MOST_CHARACTERS),
        posted_at=at,
        addressed=addressed,
    )


class _Desk:
    """Who would get it and by when, read once for all texts."""

    def __init__(self, channel: Channel, heard: Sequence[Heard]) -> None:
        self._directory = Directory(channel_id=channel.pk)
        self._due = calendars.due_finder(network=channel.network)
        touched = {topic for one in heard for topic in one.topic_ids}
        self._topics = Topic.objects.in_bulk(sorted(touched)) if touched else {}

    def take(self, posted: Posted, one: Heard | None) -> Rehearsed:
        if one is None:
            return Rehearsed(_post(posted, None), Outcome.DROPPED, gap=Gap.NO_TOPIC)
        post = _post(posted, one.evaluated)
        topics = [self._topics[topic] for topic in one.topic_ids if topic in self._topics]
        wanted = intake.wants_answer(kind=posted.kind.value, evaluated=one.evaluated)
        if not one.may_open:
            gap = Gap.OPENS_NO_CASE if wanted else None
            return Rehearsed(post, Outcome.LISTENING, topics, gap=gap, wants_answer=wanted)
        if not wanted:
            return Rehearsed(post, Outcome.NO_ANSWER, topics)
        return self._case(post, one, topics)

    def _case(self, post: Post, one: Heard, topics: Sequence[Topic]) -> Rehearsed:
        answer = self._directory.answer(
            topic_ids=one.topic_ids,
            intent=intake.intent_of(one.evaluated),
            language=one.evaluated.language if one.evaluated else "",
            at=post.posted_at,
        )
        due_at = self._due(post.posted_at)
        gap = _gap(answer, due_at, post.posted_at)
        return Rehearsed(post, Outcome.CASE, topics, answer.row, answer.person, due_at, gap, wants_answer=True)


def _gap(answer: Answer, due_at: datetime, posted_at: datetime) -> Gap | None:
    row = answer.row
    if row is None:
        return Gap.NOBODY
    if row.nobody:
        return None  # meant so: it waits for the next business day
    if answer.person is None and row.owner is not None:
        return Gap.OWNER_GONE
    if row.owner is not None and (row.deputy is None or not row.deputy.is_active):
        return Gap.NO_DEPUTY
    return Gap.LONG_WAIT if due_at - posted_at >= LATEST_BY_THE_CLOCK else None


def _post(posted: Posted, evaluated: Evaluated | None) -> Post:
    """The post as pages show one, in memory only."""
    post = Post(
        network=posted.network,
        native_id=posted.native_id,
        speaker=Speaker.OUTSIDER,
        text=posted.text,
        language=evaluated.language if evaluated else "",
        posted_at=posted.posted_at,
    )
    if evaluated is not None:
        Evaluation(
            post=post,
            language=evaluated.language,
            sentiment=sentiment(evaluated),
            is_question=is_true(evaluated, "question"),
            is_complaint=is_true(evaluated, "complaint"),
            is_offence=is_true(evaluated, "offensive"),
            urgency=evaluated.urgency,
            labels={name: asdict(judgement) for name, judgement in evaluated.labels.items()},
        )
    return post
