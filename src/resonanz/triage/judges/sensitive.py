"""It tells of the health, opinions, faith, union, sexual life or origin of somebody; which of these is kept nowhere."""

from __future__ import annotations

from resonanz.triage.datasets import taught_by_own

TASKS = taught_by_own("sensitive")
