"""It asks the company to do something."""

from __future__ import annotations

from resonanz.triage.datasets import taught_by_own

TASKS = taught_by_own("request")
