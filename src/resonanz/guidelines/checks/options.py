"""What the company wrote beside the clauses about checks: its domains, terms, names, masks and published contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from resonanz.guidelines.checks.contract import Context

# Options are named as the fields of the context they fill; each belongs to the check that uses it most.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "personal_data": ("own_contacts", "patterns"),
    "confidential": ("confidential_terms",),
    "employee_names": ("employee_names",),
    "repeated": ("repeated_times",),
    "signature": ("automatic_labels",),
    "links": ("own_domains",),
}
_MOST_ENTRIES = 10_000


def with_options(context: Context) -> Context:
    """The context with what the guideline's clauses add to it."""
    added: dict[str, Any] = {}
    for check, names in OPTIONS.items():
        rule = context.checks.get(check)
        for name in names if rule is not None else ():
            if rule is not None and rule.options.get(name):
                added[name] = _joined(getattr(context, name), rule.options[name])
    return replace(context, **added) if added else context


def _joined(given: object, option: object) -> object:
    """The two together; an option of another kind than its field is passed over."""
    if isinstance(given, tuple) and isinstance(option, list | tuple):
        return (*given, *(str(entry) for entry in option[:_MOST_ENTRIES]))
    if isinstance(given, Mapping) and isinstance(option, list | tuple):
        # A clause lists its masks without names; two of them may look alike, so each is named by its place.
        return {**given, **{f"mask {place}": str(mask) for place, mask in enumerate(option[:_MOST_ENTRIES], start=1)}}
    if isinstance(given, int) and isinstance(option, int) and not isinstance(option, bool):
        return option
    return given
