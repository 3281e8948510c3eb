"""Whoever wrote it wants an answer; a question mark alone proves neither."""

from __future__ import annotations

from resonanz.triage.datasets import taught_by_own

# Public sets of speech acts call every sentence with a question mark a question: learning from them cost a point.
TASKS = taught_by_own("question", among="questions")
