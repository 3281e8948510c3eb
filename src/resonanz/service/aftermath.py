"""How it ended: read from what the same person says in the thread after our answer, instead of asking in a survey.

Thanked: they thank, or say that it works. Turned: they were negative before, and thank or are friendly now. Left: they
say that they leave, or are angry more than once after our answer. Silent: nothing for SILENT_DAYS after our last one.
Anything else stays open. It is never counted by colleague.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.service.models import Aftermath, Case, CasePost, Outcome, Outgoing, OutgoingState
from resonanz.triage.afterwords import Afterwords, Words, afterwords

SILENT_DAYS = 7
READ_DAYS = 30
"""For so long after an answer the daily job looks whether anything was said; what arrives is read at any time."""
_MOST_POSTS = 200
_SILENCE = timedelta(days=SILENT_DAYS)


@dataclass(frozen=True, slots=True)
class Said:
    """One post of the person. `mood` is "negative", "positive" or ""; what the judges are not sure of is ""."""

    post_id: int
    at: datetime
    words: Afterwords
    mood: str = ""
    is_question: bool = False

    @property
    def is_angry(self) -> bool:
        return self.mood == "negative"


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended, when that was said, and by which post."""

    outcome: Outcome
    at: datetime
    post_id: int | None = None


def ended(*, before: Sequence[Said], after: Sequence[Said], answered_at: datetime, now: datetime) -> Ended | None:
    """How it ended, or None while it is open. `before` and `after` our first answer, oldest first.

    `answered_at` is when our last one was sent. The newest word that decides counts; a question or anger
    behind it opens it again.
    """
    was_angry = any(said.is_angry for said in before)
    for at, said in reversed(list(enumerate(after))):
        angry_so_far = sum(one.is_angry for one in after[: at + 1])
        if outcome := _decided(said, was_angry, angry_so_far):
            return Ended(outcome, said.at, said.post_id)
        if said.is_angry or said.is_question:
            break
    if now - answered_at >= _SILENCE and not any(said.at > answered_at for said in after):
        return Ended(Outcome.SILENT, answered_at + _SILENCE)
    return None


def _decided(said: Said, was_angry: bool, angry_so_far: int) -> Outcome | None:
    if said.words.leaving and said.mood != "positive":
        return Outcome.LEFT
    if said.is_angry:
        return Outcome.LEFT if angry_so_far > 1 else None
    if said.words.thanks:
        return Outcome.TURNED if was_angry else Outcome.THANKED
    return Outcome.TURNED if was_angry and said.mood == "positive" else None


def read(*, case_ids: Collection[int]) -> None:
    """Look how these cases ended, and keep it; doing it again does no harm."""
    cases = Case.objects.filter(pk__in=case_ids, first_reply_at__isnull=False).select_related("channel", "identity")
    for case in cases.order_by("id"):
        found = _read(case)
        if found is None:
            Aftermath.objects.filter(case=case).delete()
        else:
            kept = {"outcome": found.outcome, "at": found.at, "post_id": found.post_id}
            Aftermath.objects.update_or_create(case=case, defaults=kept)


def cases_after(*, post_ids: Collection[int]) -> set[int]:
    """The answered cases whose end these posts may tell of: those they stand in, and those whose answer they answer."""
    places = CasePost.objects.filter(post_id__in=post_ids, case__first_reply_at__isnull=False)
    found = set(places.values_list("case_id", flat=True))
    answering = Post.objects.filter(pk__in=post_ids).exclude(parent_native_id="")
    parents = list(answering.values_list("parent_native_id", "channels"))
    answers = Outgoing.objects.filter(
        native_id__in={native_id for native_id, _ in parents},
        channel_id__in={channel_id for _, channel_id in parents if channel_id is not None},
    ).exclude(native_id="")
    return found | set(answers.values_list("case_id", flat=True))


def read_due() -> int:
    """The daily job: cases answered lately of whose end nothing is known yet; how many were looked at."""
    now = clock.now()
    lately = Outgoing.objects.filter(
        state=OutgoingState.SENT, sent_at__gte=now - timedelta(days=READ_DAYS), sent_at__lte=now - _SILENCE
    )
    due = lately.filter(case__aftermath__isnull=True).values_list("case_id", flat=True).distinct()
    case_ids = sorted(due)
    read(case_ids=case_ids)
    return len(case_ids)


def words_of(*, aftermath: Aftermath) -> tuple[str, Words | None]:
    """The text that decided and the words in it, as they stand there now; "" where silence or anger did."""
    if aftermath.post is None:
        return "", None
    found = afterwords(aftermath.post.text)
    return aftermath.post.text, found.leaving if aftermath.outcome == Outcome.LEFT else found.thanks


def _read(case: Case) -> Ended | None:
    answers = Outgoing.objects.filter(case=case, state=OutgoingState.SENT, sent_at__isnull=False)
    sent = list(answers.order_by("sent_at", "id").values_list("sent_at", "in_reply_to__author_native_id"))
    person = _person(case, [author for _, author in sent if author])
    moments = [at for at, author in sent if at and author in {person, None}]
    if not person or not moments:
        return None
    said = _said(case, person)
    return ended(
        before=[one for one in said if one.at <= moments[0]],
        after=[one for one in said if one.at > moments[0]],
        answered_at=moments[-1],
        now=clock.now(),
    )


def _person(case: Case, answered: Sequence[str]) -> str:
    """Whose case it is, if it was them we answered; else whom we answered last."""
    if case.identity is not None and case.identity.native_id in answered:
        return case.identity.native_id
    return answered[-1] if answered else ""


def _said(case: Case, person: str) -> list[Said]:
    posts = Post.objects.filter(
        network=case.network, origin=case.origin, root_native_id__in=_threads(case), speaker="OUTSIDER",
        author_native_id=person, visibility=case.visibility,
    )  # fmt: skip
    newest = posts.select_related("evaluation").order_by("-posted_at", "-id")[:_MOST_POSTS]
    return [_as_said(post) for post in reversed(newest)]


def _threads(case: Case) -> set[str]:
    """A case that was merged speaks of several threads, one that was split off of a part of one."""
    roots = CasePost.objects.filter(case=case).values_list("post__root_native_id", flat=True)
    return {case.root_native_id, *roots.distinct()}


def _as_said(post: Post) -> Said:
    evaluation = getattr(post, "evaluation", None)
    words = afterwords(post.text)
    if evaluation is None:
        return Said(post.pk, post.posted_at, words)
    unsure = evaluation.labels.get("sentiment", {}).get("unsure", False)
    mood = "" if unsure or evaluation.sentiment == "neutral" else evaluation.sentiment
    return Said(post.pk, post.posted_at, words, mood, evaluation.is_question)
