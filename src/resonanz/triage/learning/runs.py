"""Beginning, cancelling and watching work in the background: one refit a label at a time, one re-evaluation at all."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.privacy import audit
from resonanz.triage.company_head import FEWEST_EACH, TooFewExamples
from resonanz.triage.learning import progress, refitting
from resonanz.triage.learning.labels import NOT_TAUGHT
from resonanz.triage.learning.material import material
from resonanz.triage.learning.progress import Run, shown
from resonanz.triage.learning.reevaluating import posts_of, reevaluate
from resonanz.triage.models import UNDER_WAY, Feedback, LearningRun, LearntHead, RunKind, RunState

NEWS = timedelta(minutes=10)
TRIED_FOR = timedelta(days=1)
FEWEST_NEW = 20
"""So many posts somebody checked since the newest head of a label learnt make another refit by themselves."""
MOST_DAYS = 90


class AlreadyRunning(ResonanzError):
    """The same is under way already."""

    code = "triage.already_running"


def begin_refit(*, label: str, actor: User | None) -> Run:
    """Learn a head of this label from all that people said; raises TooFewExamples, AlreadyRunning."""
    _require_examples(label)
    return shown(_begin(LearningRun(kind=RunKind.REFIT, label=label, total=refitting.STEPS), actor))


def begin_forgetting(*, label: str) -> None:
    """Learn the champion of this label anew and put it in its place, whatever the figures say."""
    with contextlib.suppress(AlreadyRunning):
        _begin(LearningRun(kind=RunKind.REFIT, label=label, total=refitting.STEPS, forgets=True), None)


def begin_reevaluation(*, days: int, actor: User | None) -> Run:
    """Evaluate what was said in the last `days` (at most 90) anew; raises AlreadyRunning."""
    days = max(1, min(days, MOST_DAYS))
    run = LearningRun(kind=RunKind.REEVALUATE, days=days, total=posts_of(days).count())
    return shown(_begin(run, actor))


def cancel(*, run_id: int, actor: User) -> None:
    """End it; what is done stays done, and a refit leaves nothing. Forgetting cannot be cancelled."""
    with transaction.atomic():
        running = LearningRun.objects.filter(pk=run_id, state__in=UNDER_WAY, forgets=False)
        if running.update(state=RunState.CANCELLED, moved_at=clock.now()):
            audit.record(act="triage.run_cancelled", actor=actor_of(actor), thing="run", thing_id=run_id)


def under_way() -> list[Run]:
    """What runs or waits, and what ended within ten minutes, the newest first."""
    recent = Q(state__in=UNDER_WAY) | Q(moved_at__gt=clock.now() - NEWS)
    return [shown(run) for run in LearningRun.objects.filter(recent).order_by("-pk")]


def begin_where_much_is_new() -> None:
    """A refit of each label of which people checked enough since its newest head learnt."""
    for label in _with_news():
        with contextlib.suppress(TooFewExamples, AlreadyRunning):
            begin_refit(label=label, actor=None)


def revive() -> None:
    """Put those on the queue again whose job was lost; what has been tried for a day ends as failed."""
    for run in progress.stalled():
        if run.begun_at >= clock.now() - TRIED_FOR:
            _put_on_queue(run)
        else:
            with contextlib.suppress(progress.Cancelled):
                refitting.fail(run, code="triage.gave_up")


def _with_news() -> list[str]:
    """A head knows what had been said when it was learnt, and a run that failed what there was when it began."""
    learnt = dict(LearntHead.objects.values_list("label").annotate(Max("trained_at")))
    tried = dict(LearningRun.objects.filter(kind=RunKind.REFIT).values_list("label").annotate(Max("begun_at")))
    since = {label: max(filter(None, (learnt.get(label), tried.get(label)))) for label in {*learnt, *tried}}
    new = Feedback.objects.filter(in_clean_sample=False).exclude(label__in=NOT_TAUGHT)
    counts = dict(new.exclude(label__in=since).values_list("label").annotate(Count("pk")))
    counts |= {label: new.filter(label=label, at__gt=moment).count() for label, moment in since.items()}
    return sorted(label for label, count in counts.items() if count >= FEWEST_NEW)


def _require_examples(label: str) -> None:
    values = [taught.value for taught in material(label=label).learnt]
    if sum(values.count(value) >= FEWEST_EACH for value in set(values)) < 2:
        raise TooFewExamples(label=label)


def _begin(run: LearningRun, actor: User | None) -> LearningRun:
    run.begun_at = run.moved_at = clock.now()
    try:
        with transaction.atomic():
            run.save()
            audit.record(
                act="triage.run_begun", actor=actor_of(actor), thing="run", thing_id=run.pk, kind=run.kind,
                label=run.label,
            )  # fmt: skip
            _put_on_queue(run)
    except IntegrityError as error:
        raise AlreadyRunning(kind=run.kind, label=run.label) from error
    return run


def _put_on_queue(run: LearningRun) -> None:
    (refitting.refit if run.kind == RunKind.REFIT else reevaluate).later(run_id=run.pk)
