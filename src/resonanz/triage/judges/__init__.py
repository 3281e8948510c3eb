"""The judges that ship, a file each: what the label means, what it learns from, and what it is measured on.

To add one: a file with its `TASKS`, examples with the label in `triage/examples/`, a line here, `resonanz train`.
"""

from __future__ import annotations

from resonanz.triage.datasets import Task
from resonanz.triage.judges import (
    cancellation_threat,
    claims_fact,
    complaint,
    constructive,
    crisis,
    declaration,
    offensive,
    praise,
    purchase_interest,
    question,
    request,
    sensitive,
    sentiment,
    spam,
    suggestion,
    toxic,
)

_JUDGES = (
    sentiment,
    question,
    complaint,
    praise,
    request,
    suggestion,
    purchase_interest,
    cancellation_threat,
    declaration,
    toxic,
    offensive,
    constructive,
    claims_fact,
    spam,
    crisis,
    sensitive,
)
TASKS: tuple[Task, ...] = tuple(task for judge in _JUDGES for task in judge.TASKS)
