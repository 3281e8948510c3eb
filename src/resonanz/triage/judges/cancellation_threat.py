"""The writer says that they leave, cancel or never buy again, or threatens to."""

from __future__ import annotations

from resonanz.triage.datasets import taught_by_own

TASKS = taught_by_own("cancellation_threat")
