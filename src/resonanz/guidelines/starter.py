"""The guideline that is in force from the first minute, until the company writes its own."""

from __future__ import annotations

RULES: list[dict[str, object]] = [
    {"clause": "starter.nothing_said", "outcome": "FORBIDDEN", "only_blank": True},
    {"clause": "starter.too_long", "outcome": "FORBIDDEN", "only_longer_than_network": True},
    {"clause": "starter.analysts_listen", "outcome": "FORBIDDEN", "roles": ["ANALYST"]},
    {"clause": "starter.colleagues_answer", "outcome": "ALLOWED", "roles": ["ADMIN", "LEAD", "AGENT"]},
]
"""Clauses are codes; the pages find their sentences."""
