"""What a person reads of the findings on a draft: the sentence, the words it means, and the clause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from resonanz.guidelines.checks.contract import Finding, Severity, weight
from resonanz.web.wording import words
from resonanz.web.wording.check_sentences import MENDS
from resonanz.web.wording.sentences import SENTENCES

MOST_SHOWN = 12
_AROUND = 24
_MOST_WORDS = 90
_WHOLE = 0.9  # a finding that covers so much of the draft means all of it
_ICONS: Mapping[Severity, str] = {
    Severity.HINT: "note",
    Severity.WARNING: "caution",
    Severity.APPROVAL: "approvals",
    Severity.FORBIDDEN: "stop",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as the page shows it. `before`, `said` and `after` are a piece of the draft; `said` is meant."""

    finding: Finding
    sentence: str
    severity: str
    icon: str
    before: str
    said: str
    after: str
    clause: str
    address: str
    mend: str


def shown(findings: tuple[Finding, ...], *, text: str, guideline_id: int | None) -> list[Shown]:
    """The findings in the order people should read them: the gravest first, then as they stand in the text."""
    ordered = sorted(findings, key=lambda finding: (-weight(finding.severity), finding.start))
    return [_shown(finding, text, guideline_id) for finding in ordered[:MOST_SHOWN]]


def _shown(finding: Finding, text: str, guideline_id: int | None) -> Shown:
    before, said, after = _piece(finding, text)
    by_guideline = not finding.clause.startswith("checks.")
    return Shown(
        finding=finding,
        sentence=_sentence(finding),
        severity=_severity(finding.severity),
        icon=_ICONS[finding.severity],
        before=before,
        said=said,
        after=after,
        clause=finding.clause if by_guideline else "",
        address=_address(finding.clause, guideline_id) if by_guideline else "",
        mend=str(MENDS.get(finding.check, _("Mend"))) if finding.mend else "",
    )


def _sentence(finding: Finding) -> str:
    kind = str(finding.params.get("kind", ""))
    if finding.check == "personal_data" and f"checks.personal_data.{kind}" not in SENTENCES:
        kind = "NUMBER"  # by a mask of the company's own name
    told = words.sentence(f"checks.{finding.check}.{kind}", finding.params)
    if finding.params.get("where") == "PERSON":
        told = f"{told} {words.sentence('checks.escalation.PERSON', finding.params)}"
    if finding.params.get("private"):
        told = words.sentence("checks.advertising.private", finding.params)
    return f"{told} {_('There is more of it.')}" if finding.params.get("more") else told


def _severity(severity: Severity) -> str:
    """In the words of somebody who writes; the guideline's own words are for those who set it."""
    return {
        Severity.HINT: _("Hint"),
        Severity.WARNING: _("Look again"),
        Severity.APPROVAL: _("Needs approval"),
        Severity.FORBIDDEN: _("May not be sent"),
    }[severity]


def _piece(finding: Finding, text: str) -> tuple[str, str, str]:
    """The words that are meant with a little around them; none where the draft as a whole is, or something beyond."""
    start, end = finding.start, finding.end
    if start >= end or end - start >= _WHOLE * len(text):
        return "", "", ""
    said = text[start:end]
    if len(said) > _MOST_WORDS:
        said = said[: _MOST_WORDS - 1].rstrip() + "…"
    before = text[max(0, start - _AROUND) : start].rpartition("\n")[2]
    after = text[end : end + _AROUND].partition("\n")[0] if end - start <= _MOST_WORDS else ""
    # Whole words only, where something was cut off.
    if len(before) == _AROUND:
        before = before.partition(" ")[2]
    if len(after) == _AROUND:
        after = after.rpartition(" ")[0]
    return before, said, after


def _address(clause: str, guideline_id: int | None) -> str:
    page = reverse("guideline_version", args=[guideline_id]) if guideline_id else reverse("guideline")
    return f"{page}#c-{clause}"
