"""How far work in the background is: its row says so, and through it somebody cancels."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.triage.models import UNDER_WAY, LearningRun, RunState

STALLED_AFTER = timedelta(minutes=3)
_KINDNESS = 10

Found = TypeVar("Found")


class Cancelled(ResonanzError):
    """Somebody cancelled the run, or it ended elsewhere."""

    code = "triage.run_cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Work in the background as a page shows it. `step` is a code, `failure` too."""

    id: int
    kind: str
    label: str
    state: str
    step: str
    done: int
    total: int
    begun_at: datetime
    moved_at: datetime
    failure: str


def shown(run: LearningRun) -> Run:
    """The row as pages show it."""
    return Run(
        id=run.pk, kind=run.kind, label=run.label, state=run.state, step=run.step, done=run.done, total=run.total,
        begun_at=run.begun_at, moved_at=run.moved_at, failure=run.failure,
    )  # fmt: skip


def move(run: LearningRun, *, step: str, done: int) -> None:
    """It has come so far; raises Cancelled where it is not wanted any more."""
    run.state, run.step, run.done, run.moved_at = RunState.RUNNING, step, done, clock.now()
    moved = LearningRun.objects.filter(pk=run.pk, state__in=UNDER_WAY).update(
        state=run.state, step=step, done=done, moved_at=run.moved_at
    )
    if not moved:
        raise Cancelled(run=run.pk)


def end(run: LearningRun, *, state: RunState, failure: str = "") -> None:
    """It is over; within the transaction of what it brings. Raises Cancelled where that is not wanted any more."""
    done = run.total if state is RunState.DONE else run.done
    ended = LearningRun.objects.filter(pk=run.pk, state__in=UNDER_WAY).update(
        state=state, step="", done=done, failure=failure, moved_at=clock.now()
    )
    if not ended:
        raise Cancelled(run=run.pk)


def stalled() -> list[LearningRun]:
    """What is under way and has not moved for a while: its job was lost, or its worker was killed."""
    return list(LearningRun.objects.filter(state__in=UNDER_WAY, moved_at__lt=clock.now() - STALLED_AFTER))


def quietly(work: Callable[[], Found]) -> Found:
    """Compute in a thread of low priority, so that intake and pages come first. `work` must not ask the database."""
    with ThreadPoolExecutor(max_workers=1, initializer=_step_back) as thread:
        return thread.submit(work).result()


def _step_back() -> None:
    """Linux gives each thread its own priority; nobody may raise it again, so the thread is used once."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _KINDNESS)
