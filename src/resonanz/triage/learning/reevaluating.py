"""The last days evaluated anew, after a head was taken: some posts at a time, newest first, so that it can be stopped
and intake always comes in between. What people said of a post stands again afterwards."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from resonanz.core import clock
from resonanz.core.jobs import job
from resonanz.listening.models import Post
from resonanz.triage import evaluations, feedback, our_names
from resonanz.triage.learning import progress
from resonanz.triage.learning.progress import quietly
from resonanz.triage.models import UNDER_WAY, LearningRun, RunState

CHUNK = 200


@job(name="triage.reevaluate")
def reevaluate(*, run_id: int, **_: object) -> None:
    """The next posts of this run, and the others after them."""
    run = LearningRun.objects.filter(pk=run_id, state__in=UNDER_WAY).first()
    if run is not None and _go_on(run):
        reevaluate.later(run_id=run_id)


def posts_of(days: int) -> QuerySet[Post]:
    """What is evaluated anew: what others said of late and was evaluated before."""
    since = clock.now() - timedelta(days=days)
    return Post.objects.filter(evaluation__isnull=False, posted_at__gte=since)


def _go_on(run: LearningRun) -> bool:
    """Whether more is to be done."""
    try:
        progress.move(run, step="EVALUATE", done=run.done)
        rows = _next(run)
        texts, hints = [text for _, text, _ in rows], [language for *_, language in rows]
        judges = evaluations.judges()
        found = quietly(lambda: judges.evaluate(texts, language_hints=hints))
        with transaction.atomic():
            unchanged = _unchanged(rows)
            judged = {pk: one for (pk, *_), one in zip(rows, found, strict=True) if pk in unchanged}
            known = our_names.stored(post_ids=judged)
            told = our_names.judged(found=list(judged.values()), asked=[known[pk] for pk in judged])
            evaluations.keep(evaluated=dict(zip(judged, told, strict=True)))
            feedback.show_again(post_ids=list(judged))
            return _note(run, rows)
    except progress.Cancelled:
        return False


def _next(run: LearningRun) -> list[tuple[int, str, str]]:
    posts = posts_of(run.days)
    if run.last_post_id is not None:
        posts = posts.filter(pk__lt=run.last_post_id)
    return list(posts.order_by("-pk").values_list("pk", "text", "language")[:CHUNK])


def _unchanged(rows: list[tuple[int, str, str]]) -> set[int]:
    """Posts that still say what was evaluated. One that intake is changing at this moment is evaluated there."""
    known = {pk: text for pk, text, _ in rows}
    locked = Post.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=known).order_by("pk")
    return {pk for pk, text in locked.values_list("pk", "text") if known[pk] == text}


def _note(run: LearningRun, rows: list[tuple[int, str, str]]) -> bool:
    if len(rows) < CHUNK:
        progress.end(run, state=RunState.DONE)
        return False
    LearningRun.objects.filter(pk=run.pk).update(last_post_id=rows[-1][0])
    progress.move(run, step="EVALUATE", done=run.done + len(rows))
    return True
