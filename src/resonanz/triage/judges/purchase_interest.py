"""The writer may want to buy, book or subscribe, or asks before they do."""

from __future__ import annotations

from resonanz.triage.datasets import taught_by_own

TASKS = taught_by_own("purchase_interest")
