"""What was answered before to posts like this one: public answers that still stand there, the well received ones first.

Never from private conversations, from cases that name employees, from what was erased or withdrawn, from practice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, Subquery, TextField

from resonanz.listening.models import Post, said
from resonanz.networks.connections import channels
from resonanz.privacy import tombstones
from resonanz.privacy.models import TombstoneKind
from resonanz.service.answers import alike
from resonanz.service.models import Case, Outcome, Outgoing, OutgoingState

MOST_SHOWN = 5
NEWEST_READ = 300
"""So many posts with the words are looked at, the newest: a word that everybody uses costs no more than a rare one."""
_LEAST_ALIKE = 0.25
_WELL = (Outcome.THANKED, Outcome.TURNED)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer of before: to whom and what, when, and how it was received. `alike`: 0 to 1."""

    answer: Outgoing
    question: Post
    outcome: str
    alike: float

    @property
    def is_well_received(self) -> bool:
        """Whether they thanked, or were turned."""
        return self.outcome in _WELL


def earlier_answers(*, case: Case, post: Post, most: int = MOST_SHOWN) -> list[Earlier]:
    """At most `most`, those with a good ending first, then what is most alike. `case` knows its channel."""
    words = alike.lexemes(text=post.text, language=post.language)
    if not words:
        return []
    found = [_weighed(row, case, words) for row in _answers(case, post, words)]
    near = sorted((one for one in found if one.alike >= _LEAST_ALIKE), key=_order)
    return _once_each(_still_there(near[: 4 * most]))[:most]


def _order(one: Earlier) -> tuple[bool, float, float]:
    sent: datetime = one.answer.sent_at or one.question.posted_at
    return (not one.is_well_received, -one.alike, -sent.timestamp())


def _answers(case: Case, post: Post, words: frozenset[str]) -> QuerySet[Outgoing]:
    alike_posts = (
        Post.objects.annotate(said=said())
        .filter(said=alike.any_two(words), speaker="OUTSIDER", visibility="PUBLIC")
        .exclude(pk=post.pk)
        .order_by("-posted_at", "-id")[:NEWEST_READ]
    )
    lexemes = Func(said(through="in_reply_to__"), function="tsvector_to_array", output_field=ArrayField(TextField()))
    answers = Outgoing.objects.filter(
        Q(case__names_employees=False),
        in_reply_to__in=Subquery(alike_posts.values("pk")),
        state=OutgoingState.SENT,
        visibility="PUBLIC",
        withdrawn_at__isnull=True,
        channel__brand=case.channel.brand_id,
    ).exclude(case=case.pk)
    if not channels.is_practice(case.channel):
        answers = answers.exclude(channel__settings__has_key=channels.PRACTICE)
    told = answers.annotate(question_lexemes=lexemes, outcome=F("case__aftermath__outcome"))
    not_left = Q(outcome__isnull=True) | ~Q(outcome=Outcome.LEFT)
    return told.filter(not_left).select_related("in_reply_to", "case", "channel")[:NEWEST_READ]


def _weighed(row: Any, case: Case, words: frozenset[str]) -> Earlier:
    """Shared words, and a little for the same topic and the same intent."""
    share = len(words & set(row.question_lexemes)) / len(words)
    nearer = 0.15 * (case.topic_id is not None and row.case.topic_id == case.topic_id)
    nearer += 0.05 * (row.case.intent == case.intent)
    return Earlier(row, row.in_reply_to, row.outcome or "", min(1.0, share + nearer))


def _still_there(found: Sequence[Earlier]) -> list[Earlier]:
    """Without answers of which the network told us that they are gone."""
    hashes = {one.answer.pk: _hash(one.answer) for one in found if one.answer.native_id}
    gone = tombstones.raised(kind=TombstoneKind.POST, hashes=set(hashes.values()))
    return [one for one in found if hashes.get(one.answer.pk) not in gone]


def _hash(answer: Outgoing) -> bytes:
    return tombstones.post_hash(answer.channel.network, answer.case.origin if answer.case else "", answer.native_id)


def _once_each(found: Sequence[Earlier]) -> list[Earlier]:
    """The same words once, as they were received best."""
    first: dict[str, Earlier] = {}
    for one in found:
        first.setdefault(" ".join(one.answer.text.split()).casefold(), one)
    return list(first.values())
