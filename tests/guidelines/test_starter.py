from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from resonanz.guidelines import starter
from resonanz.guidelines.compiling import compile
from resonanz.guidelines.contradictions import contradictions
from resonanz.guidelines.document import HEADINGS, read
from resonanz.guidelines.models import Council
from resonanz.guidelines.ruling import LEADS, NO_RULE, NO_RULE_FOR_ACT, Draft, Found, Outcome, Severity
from tests.guidelines.test_ruling import DRAFT

OFFICIAL = compile(read(starter.OFFICIAL), 1)


@pytest.mark.parametrize("record", [starter.OFFICIAL, starter.EMPLOYEES])
def test_starters_are_whole_and_in_both_languages(record: dict[str, Any]) -> None:
    document = read(record)

    assert document.as_json() == record
    assert document.untranslated == ()
    assert contradictions(compile(document, 1)) == ()


def test_official_starter_names_the_reasons_for_moderation() -> None:
    assert OFFICIAL.netiquette == ("17.1", "17.2", "17.3", "17.4", "17.5", "17.6")


def test_official_starter_has_every_heading_in_order() -> None:
    keys = [section.key for section in read(starter.OFFICIAL).sections]

    assert [key for key in keys if key in HEADINGS] == list(HEADINGS)
    assert Council(starter.COUNCIL) is Council.NOT_YET


def test_part_for_employees_rules_conduct_and_nothing_else() -> None:
    document = read(starter.EMPLOYEES)

    assert document.conduct
    assert compile(document, 1).rules == ()
    assert not compile(document, 1).checks


@pytest.mark.parametrize(
    ("draft", "outcome", "clause"),
    [
        (DRAFT, Outcome.ALLOWED, "5.1"),
        (replace(DRAFT, role="ANALYST"), Outcome.FORBIDDEN, "5.2"),
        (replace(DRAFT, text=" \n\u200b"), Outcome.FORBIDDEN, "9.1"),
        (replace(DRAFT, text="x" * 501), Outcome.FORBIDDEN, "9.2"),
        (replace(DRAFT, role="STRANGER"), Outcome.FORBIDDEN, NO_RULE),
        (replace(DRAFT, act="LIKE"), Outcome.ALLOWED, "18.1"),
        (replace(DRAFT, act="LIKE", role="ANALYST"), Outcome.FORBIDDEN, NO_RULE_FOR_ACT),
        (replace(DRAFT, act="HIDE"), Outcome.NEEDS_APPROVAL, "18.2"),
        (replace(DRAFT, act="DELETE", role="LEAD"), Outcome.ALLOWED, "18.3"),
        (replace(DRAFT, act="DELETE", role="LEAD", intent="COMPLAINT"), Outcome.NEEDS_APPROVAL, "18.4"),
        (replace(DRAFT, act="REPORT"), Outcome.ALLOWED, "18.5"),
        (replace(DRAFT, act="CORRECT"), Outcome.ALLOWED, "18.6"),
    ],
)
def test_starter_rules(draft: Draft, outcome: Outcome, clause: str) -> None:
    ruling = OFFICIAL.ruling(draft)

    assert (ruling.outcome, ruling.clause) == (outcome, clause)


@pytest.mark.parametrize(
    ("check", "outcome", "clause"),
    [
        ("escalation", Outcome.NEEDS_APPROVAL, "8.1"),
        ("personal_data", Outcome.FORBIDDEN, "9.3"),
        ("confidential", Outcome.NEEDS_APPROVAL, "9.5"),
        ("promise", Outcome.ALLOWED, "5.1"),
    ],
)
def test_starter_weighs_findings(check: str, outcome: Outcome, clause: str) -> None:
    ruling = OFFICIAL.ruling(replace(DRAFT, findings=(Found(check, OFFICIAL.checks[check].severity),)))

    assert (ruling.outcome, ruling.clause) == (outcome, clause)
    assert ruling.approvers == (LEADS if outcome is Outcome.NEEDS_APPROVAL else None)


def test_starter_switches_every_check_on() -> None:
    assert sorted(OFFICIAL.checks) == [
        "address", "advertising", "confidential", "employee_names", "escalation", "invisible", "language", "length",
        "links", "personal_data", "promise", "referral", "repeated", "signature", "tone",
    ]  # fmt: skip
    assert Severity.OFF not in {rule.severity for rule in OFFICIAL.checks.values()}
