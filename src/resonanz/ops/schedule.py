"""Everything that runs by itself, and when (UTC). Work in the background is only ever woken from here or by a row."""

from __future__ import annotations

from datetime import timedelta

from resonanz.core import jobs
from resonanz.privacy import retention
from resonanz.service.tasks import sweep_outbox

STALLED_AFTER = timedelta(minutes=2)


@jobs.every("* * * * *", name="ops.sweep_outbox", queue=jobs.OUTBOX_QUEUE)
def sweep() -> None:
    """Waiting rows whose job was lost, and replies whose sender died."""
    sweep_outbox()


@jobs.every("*/5 * * * *", name="ops.revive_stalled_jobs")
def revive() -> None:
    """Jobs of workers that were killed."""
    jobs.revive_stalled(older_than=STALLED_AFTER)


@jobs.every("30 1 * * *", name="ops.delete_what_is_due")
def delete_what_is_due() -> None:
    """What has reached its day goes."""
    retention.delete_everything_due()
