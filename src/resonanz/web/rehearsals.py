"""A rehearsed text as a reader sees it: what becomes of it, who gets it, by when, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from resonanz.listening.models import Post
from resonanz.pipeline.rehearsal import Gap, Outcome, Rehearsed
from resonanz.web import times
from resonanz.web.wording import words

_NEAR_DAYS = 6


@dataclass(frozen=True, slots=True)
class Hole:
    """What is missing, with the one link that mends it ("" where no page does)."""

    told: str
    address: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One text."""

    post: Post
    told: str
    tone: str
    topics: Sequence[str]
    who: str
    due: str
    language: str
    hole: Hole | None


def lines(found: Sequence[Rehearsed], *, channel_id: int) -> list[Line]:
    """All of them, in the order they were pasted."""
    return [_line(one, channel_id) for one in found]


def first_hole(shown: Sequence[Line]) -> tuple[Hole, int] | None:
    """The hole that most of the texts fall into, and how many do."""
    told = [line.hole.told for line in shown if line.hole]
    if not told:
        return None
    most = max(told, key=told.count)
    hole = next(line.hole for line in shown if line.hole and line.hole.told == most)
    return hole, told.count(most)


def moment(at: datetime) -> str:
    """ "Monday, 13:00"; with the date when that is far away."""
    local = timezone.localtime(at)
    if abs((local.date() - timezone.localdate()).days) > _NEAR_DAYS:
        return times.exact(at)
    return formats.date_format(local, _("l, H:i"))


def _line(one: Rehearsed, channel_id: int) -> Line:
    told, tone = _outcome(one)
    return Line(
        post=one.post,
        told=told,
        tone=tone,
        topics=[topic.name for topic in one.topics],
        who=str(one.person) if one.person else "",
        due=moment(one.due_at) if one.due_at else "",
        language=words.word("languages", one.post.language) if one.post.language else "",
        hole=_hole(one, channel_id),
    )


def _outcome(one: Rehearsed) -> tuple[str, str]:
    return {
        Outcome.CASE: (_("becomes a case"), "accent"),
        Outcome.NO_ANSWER: (_("is kept; wants no answer"), "good"),
        Outcome.LISTENING: (_("stays in Listening"), ""),
        Outcome.DROPPED: (_("goes by unheard"), "soon"),
    }[one.outcome]


def _hole(one: Rehearsed, channel_id: int) -> Hole | None:
    if one.gap is None:
        return None
    owner = str(one.responsibility.owner) if one.responsibility and one.responsibility.owner else ""
    topic = one.topics[0] if one.topics else None
    told = words.sentence(
        one.gap.value,
        {
            "owner": owner,
            "topic": topic.name if topic else "",
            "came": moment(one.post.posted_at),
            "due": moment(one.due_at) if one.due_at else "",
        },
    )
    if one.gap is Gap.NO_TOPIC:
        return Hole(told, reverse("new_topic"), _("Make a topic"))
    if one.gap is Gap.OPENS_NO_CASE:
        return Hole(told, reverse("topic", args=[topic.pk]) if topic else reverse("topics"), _("To the topic"))
    if one.gap is Gap.LONG_WAIT:
        return Hole(told)
    return Hole(told, f"{reverse('start_who')}?channel={channel_id}", _("Name somebody"))
