"""How the starter guidelines are written down: sections and clauses as JSON. Plain Python."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def section(key: str, heading: tuple[str, str], text: tuple[str, str], *clauses: Record) -> Record:
    """A heading with its words, German first, and its clauses."""
    return {"key": key, "heading": _words(heading), "text": _words(text), "clauses": list(clauses)}


def clause(number: str, german: str, english: str, **more: Any) -> Record:
    """A clause with its words; `conduct=True`, `rule`, `must` or `check` as in a document."""
    return {"number": number, "text": _words((german, english)), "conduct": False} | more


def check(name: str, severity: str, **more: Any) -> Record:
    """What a clause says about a check on drafts."""
    return {"check": name, "severity": severity, "options": {}} | more


def _words(both: tuple[str, str]) -> Record:
    return {"de": both[0], "en": both[1]}
