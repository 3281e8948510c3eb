"""All checks on one draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from resonanz.guidelines.checks import (
    address,
    advertising,
    confidential,
    employee_names,
    escalation,
    invisible,
    language,
    length,
    links,
    personal_data,
    promise,
    referral,
    repeated,
    signature,
    tone,
)
from resonanz.guidelines.checks.contract import Check, Context, Finding, Severity, weight
from resonanz.guidelines.checks.lexicon import lexicon
from resonanz.guidelines.checks.options import with_options
from resonanz.guidelines.checks.reading import Reading

CHECKS: tuple[Check, ...] = (
    address,
    personal_data,
    promise,
    advertising,
    referral,
    escalation,
    confidential,
    employee_names,
    tone,
    language,
    repeated,
    signature,
    links,
    length,
    invisible,
)
NAMES: tuple[str, ...] = tuple(check.NAME for check in CHECKS)
DEFAULTS: Mapping[str, Severity] = {check.NAME: check.DEFAULT for check in CHECKS}
MOST_SPOTS = 50
_WITH_WORDS = ("advertising", "escalation", "promise", "referral", "tone")


def make_ready() -> None:
    """Compile all words now, two seconds long, that the first drafts would wait for. For a thread in the background."""
    for name in _WITH_WORDS:
        for section in (words := lexicon(name)):
            words[section]


def look(*, text: str, context: Context) -> tuple[Finding, ...]:
    """What the checks find, in the order of the text, at one place the gravest first. Takes any string.

    A check points at 50 places at most; its last finding then says so (`params["more"]`), so that none is lost
    without a word.
    """
    context, reading = with_options(context), Reading(text)
    found = [finding for check in CHECKS for finding in _findings(check, reading, context)]
    return tuple(sorted(found, key=lambda finding: (finding.start, -weight(finding.severity), finding.end)))


def _findings(check: Check, reading: Reading, context: Context) -> Iterator[Finding]:
    rule = context.checks.get(check.NAME)
    ruled = rule.severity if rule else check.DEFAULT
    clause = (rule.clause if rule else "") or f"checks.{check.NAME}"
    spots = list(islice(check.find(reading, context), MOST_SPOTS + 1))
    for number, spot in enumerate(spots[:MOST_SPOTS], start=1):
        severity = max(ruled, spot.least, key=weight)
        if severity is Severity.OFF:
            continue
        more = {"more": True} if number == MOST_SPOTS < len(spots) else {}
        # What stands whatever the guideline says rests on no clause of it.
        rests_on = clause if severity is ruled else f"checks.{check.NAME}"
        yield Finding(
            check=check.NAME, start=spot.start, end=spot.end, params={**spot.params, **more}, mend=spot.mend,
            severity=severity, clause=rests_on,
        )  # fmt: skip


def gravest(findings: tuple[Finding, ...]) -> Finding | None:
    """The finding that decides what follows."""
    return max(findings, key=lambda finding: weight(finding.severity), default=None)
