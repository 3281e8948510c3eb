"""The only file that names the job queue (procrastinate, on the same database).

A job carries ids and wakes somebody up; the row it names carries the state, so losing a job loses nothing (the sweeps
in `ops.schedule` find waiting rows). Deferred within a transaction, a job exists only if that transaction commits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as _app

from resonanz.core import clock

DEFAULT_QUEUE = "default"
OUTBOX_QUEUE = "outbox"


class Job:
    """A named piece of work that can be put on the queue."""

    def __init__(self, task: Any) -> None:
        self._task = task
        self.name: str = task.name

    def later(self, *, at: datetime | None = None, **ids: int | str) -> None:
        """Put it on the queue, not before `at` (aware; None: at once)."""
        self._task.configure(schedule_at=at).defer(**ids)

    def __call__(self, **ids: int | str) -> None:
        """Do it here and now."""
        self._task.func(**ids)


def job(*, name: str, queue: str = DEFAULT_QUEUE, attempts: int = 5) -> Callable[[Callable[..., None]], Job]:
    """Declare a job. The name is forever: jobs of an older release wait under it. Retried with growing pauses."""
    retry = RetryStrategy(max_attempts=attempts, exponential_wait=3) if attempts > 1 else False

    def declare(function: Callable[..., None]) -> Job:
        return Job(_app.task(name=name, queue=queue, retry=retry)(function))

    return declare


def every(cron: str, *, name: str, queue: str = DEFAULT_QUEUE) -> Callable[[Callable[[], None]], None]:
    """Declare a function that runs by the clock of `cron`, in UTC; once per tick over all workers."""

    def declare(function: Callable[[], None]) -> None:
        def tick(timestamp: int) -> None:  # procrastinate passes the tick's moment
            function()

        _app.periodic(cron=cron)(_app.task(name=name, queue=queue)(tick))

    return declare


def work(*, queue: str, concurrency: int) -> None:
    """Run jobs of one queue in this process until it is told to stop (SIGINT, SIGTERM)."""
    connector: Any = _app.connector  # Django's, which knows the connector that a worker needs
    worker_app = _app.with_connector(connector.get_worker_connector())
    with worker_app.replace_connector(worker_app.connector) as running:
        running.run_worker(
            queues=[queue],
            concurrency=concurrency,
            fetch_job_polling_interval=1.0,
            shutdown_graceful_timeout=20.0,
            delete_jobs="successful",
            install_signal_handlers=True,
        )


def revive_stalled(*, older_than: timedelta) -> int:
    """Put jobs whose worker died (kill -9 leaves them `doing` for good) back on the queue; how many there were."""
    find = async_to_sync(_app.job_manager.get_stalled_jobs)
    stalled = [job.id for job in find(seconds_since_heartbeat=older_than.total_seconds()) if job.id is not None]
    for job_id in stalled:
        _app.job_manager.retry_job_by_id(job_id, retry_at=clock.now())
    return len(stalled)


def waiting() -> dict[str, int]:
    """How many jobs stand in each state."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
        return dict(cursor.fetchall())
