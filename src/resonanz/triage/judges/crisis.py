"""Somebody must look at once: an accident, an injury, a data leak, the press, a lawyer."""

from __future__ import annotations

from resonanz.triage.datasets import taught_by_own

# Missing one costs more than looking at several for nothing; beyond so much recall every tenth post would be one.
TASKS = taught_by_own("crisis", recall=0.8)
