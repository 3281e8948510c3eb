from __future__ import annotations

from dataclasses import replace

import pytest

from resonanz.guidelines.ruling import NO_RULE, Draft, Outcome, Rule, rule_from_record, rule_on
from resonanz.guidelines.starter import RULES

DRAFT = Draft(
    text="Wir kümmern uns.",
    role="AGENT",
    network="memory",
    visibility="PUBLIC",
    intent="QUESTION",
    text_length_limit=500,
)
STARTER = [rule_from_record(record) for record in RULES]


@pytest.mark.parametrize(
    ("draft", "outcome", "clause"),
    [
        (DRAFT, Outcome.ALLOWED, "starter.colleagues_answer"),
        (replace(DRAFT, role="ANALYST"), Outcome.FORBIDDEN, "starter.analysts_listen"),
        (replace(DRAFT, text=" \n"), Outcome.FORBIDDEN, "starter.nothing_said"),
        (replace(DRAFT, text="x" * 501), Outcome.FORBIDDEN, "starter.too_long"),
        (replace(DRAFT, role="STRANGER"), Outcome.FORBIDDEN, NO_RULE),
    ],
)
def test_starter_guideline_rules(draft: Draft, outcome: Outcome, clause: str) -> None:
    ruling = rule_on(draft, rules=STARTER, version=1)

    assert (ruling.outcome, ruling.clause) == (outcome, clause)


def test_strictest_rule_decides_whatever_the_order() -> None:
    rules = [
        Rule(clause="a", outcome=Outcome.ALLOWED),
        Rule(clause="b", outcome=Outcome.FORBIDDEN, intents=("QUESTION",)),
        Rule(clause="c", outcome=Outcome.NEEDS_APPROVAL),
    ]

    assert rule_on(DRAFT, rules=rules, version=2).clause == "b"
    assert rule_on(DRAFT, rules=reversed(rules), version=2).clause == "b"


def test_no_guideline_forbids() -> None:
    assert rule_on(DRAFT, rules=[], version=0).outcome is Outcome.FORBIDDEN
