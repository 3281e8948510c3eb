"""Guidelines for tests: rules in force from this moment on."""

from __future__ import annotations

from typing import Any

from resonanz.core import clock
from resonanz.guidelines.in_force import published
from resonanz.guidelines.models import Guideline

EVERYBODY: dict[str, Any] = {"outcome": "ALLOWED", "roles": ["AGENT", "LEAD", "ADMIN"]}
LEAD_SIGNS: dict[str, Any] = {"outcome": "NEEDS_APPROVAL", "roles": ["AGENT"], "approvers": {"roles": ["LEAD"]}}


def signed_by(**approvers: Any) -> dict[str, Any]:
    """What agents say needs a signature by these."""
    return LEAD_SIGNS | {"approvers": approvers}


def publish(*rules: dict[str, Any], checks: dict[str, dict[str, Any]] | None = None, **more: Any) -> Guideline:
    """The next version, in force at once; its rules are clauses 1.1, 1.2 …, its checks 2.1, 2.2 …"""
    clauses = [{"number": f"1.{place}", "rule": rule} for place, rule in enumerate(rules, start=1)]
    for place, (name, check) in enumerate((checks or {}).items(), start=1):
        clauses.append({"number": f"2.{place}", "check": {"check": name, **check}})
    for clause in clauses:
        clause["text"] = {"de": f"Satz {clause['number']}", "en": f"Sentence {clause['number']}"}
    section = {"key": "goals", "heading": {"de": "Ziele", "en": "Goals"}, "clauses": clauses}
    now = clock.now()
    newest = published().order_by("-version").first()
    fields: dict[str, Any] = {
        "version": (newest.version or 0) + 1 if newest else 1, "document": {"sections": [section]},
        "is_starter": True, "effective_at": now, "published_at": now, "created_at": now, "changed_at": now,
    }  # fmt: skip
    return Guideline.objects.create(**fields | more)
