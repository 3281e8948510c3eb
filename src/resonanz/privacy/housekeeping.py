"""Leftovers that belong to no room: finished jobs of the queue, and what returned although it was erased."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection

from resonanz.core import clock
from resonanz.privacy import erasure, tombstones
from resonanz.privacy.retention import FINISHED_JOB_DAYS

# The worker deletes what succeeded at once; what failed waits a few days for somebody to look.
_DELETE = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT job.id FROM procrastinate_jobs job
    WHERE job.status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND NOT EXISTS (
        SELECT 1 FROM procrastinate_events event WHERE event.job_id = job.id AND event.at >= %s
    )
    ORDER BY job.id LIMIT %s
)
"""


def delete_finished_jobs(_day: date, limit: int) -> int:
    """Delete up to `limit` jobs to which nothing has happened for FINISHED_JOB_DAYS and nothing will."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [clock.now() - timedelta(days=FINISHED_JOB_DAYS), limit])
        return int(cursor.rowcount)


def erase_again(_day: date, _limit: int) -> int:
    """Erase what tombstones name and what had to stay, or was being taken in, when they were raised."""
    tombstones.write_missing()
    return erasure.erase_what_tombstones_name()
