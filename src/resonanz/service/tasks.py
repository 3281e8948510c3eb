"""Jobs of this room: they turn ids into one call."""

from __future__ import annotations

import logging

from resonanz.core.jobs import OUTBOX_QUEUE, job
from resonanz.service import outbox

logger = logging.getLogger(__name__)


@job(name="service.send", queue=OUTBOX_QUEUE, attempts=1)
def send(*, outgoing_id: int, **_: object) -> None:
    """Bring an outgoing a step further. Not retried by the queue: the row says what is left, and the sweep finds it."""
    outbox.send_due(outgoing_id=outgoing_id)


@job(name="service.sweep_outbox", queue=OUTBOX_QUEUE, attempts=1)
def sweep_outbox(**_: object) -> None:
    """Everything whose time has come and whose job was lost, or that has to be read back."""
    for outgoing_id in list(outbox.waiting()):
        try:
            outbox.send_due(outgoing_id=outgoing_id)
        except Exception:
            logger.exception("outgoing %s could not be brought further", outgoing_id)
