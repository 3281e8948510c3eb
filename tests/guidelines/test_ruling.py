from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.guidelines.compiling import compile
from resonanz.guidelines.document import read
from resonanz.guidelines.ruling import (
    LEADS,
    NO_RULE,
    Approvers,
    CheckRule,
    Draft,
    Found,
    Outcome,
    Rule,
    Ruling,
    Severity,
    rule_on,
)
from tests.guidelines.documents import any_rule, patiently, rules

DRAFT = Draft(
    text="Wir kümmern uns.",
    role="AGENT",
    network="memory",
    visibility="PUBLIC",
    intent="QUESTION",
    text_length_limit=500,
)


def test_strictest_rule_decides_whatever_the_order() -> None:
    found = [
        Rule(clause="a", outcome=Outcome.ALLOWED),
        Rule(clause="b", outcome=Outcome.FORBIDDEN, intents=("QUESTION",)),
        Rule(clause="c", outcome=Outcome.NEEDS_APPROVAL),
    ]

    assert rule_on(DRAFT, rules=found, version=2).clause == "b"
    assert rule_on(DRAFT, rules=reversed(found), version=2).clause == "b"


@pytest.mark.parametrize(("acts", "allowed"), [((), ["REPLY"]), (("HIDE", "LIKE"), ["HIDE", "LIKE"])])
def test_rule_speaks_of_answers_unless_it_names_other_acts(acts: tuple[str, ...], allowed: list[str]) -> None:
    rule = Rule(clause="a", outcome=Outcome.ALLOWED, acts=acts)

    rulings = {act: rule_on(replace(DRAFT, act=act), rules=[rule], version=1) for act in ("REPLY", "HIDE", "LIKE")}

    assert [act for act, ruling in rulings.items() if ruling.outcome is Outcome.ALLOWED] == allowed
    assert {ruling.clause for ruling in rulings.values()} <= {"a", "guideline.no_rule", "guideline.no_rule_for_act"}


def test_no_guideline_forbids() -> None:
    assert rule_on(DRAFT, rules=[], version=0).outcome is Outcome.FORBIDDEN


@patiently
@given(st.lists(any_rule, max_size=6), st.randoms(use_true_random=False))
def test_ruling_does_not_depend_on_the_order_of_rules(records: list[dict[str, Any]], luck: Any) -> None:
    found = list(compile(read(rules(*records)), 1).rules)
    draft = replace(DRAFT, topic_ids=frozenset({1, 2}), group_ids=frozenset({3}), user_id=4)
    before = rule_on(draft, rules=found, version=1)

    luck.shuffle(found)

    assert rule_on(draft, rules=found, version=1) == before


@patiently
@given(st.lists(any_rule, max_size=6), any_rule)
def test_another_rule_never_lets_say_what_a_rule_forbids(records: list[dict[str, Any]], more: dict[str, Any]) -> None:
    fewer, all_rules = (compile(read(rules(*some)), 1).rules for some in (records, [*records, more]))

    before = rule_on(DRAFT, rules=fewer, version=1)

    if before.outcome is Outcome.FORBIDDEN and before.clause != NO_RULE:
        assert rule_on(DRAFT, rules=all_rules, version=1).outcome is Outcome.FORBIDDEN


@pytest.mark.parametrize(
    ("conditions", "changed", "fits"),
    [
        ({"people": (7,)}, {"user_id": 7}, True),
        ({"people": (7,)}, {"user_id": None}, False),
        ({"topics": (1, 2)}, {"topic_ids": frozenset({2, 9})}, True),
        ({"topics": (1, 2)}, {"topic_ids": frozenset({9})}, False),
        ({"groups": (3,)}, {"group_ids": frozenset({3})}, True),
        ({"groups": (3,)}, {}, False),
        ({"hours": "CLOSED"}, {"in_hours": False}, True),
        ({"hours": "OPEN"}, {"in_hours": False}, False),
        ({"only_blank": True}, {"text": " \u200b\u202e\n"}, True),
        ({"only_blank": True}, {"text": "\u200bא"}, False),
        ({"only_longer_than_network": True}, {"text": "x" * 600, "length": 400}, False),
        ({"only_longer_than_network": True}, {"text": "x" * 400, "length": 501}, True),
    ],
)
def test_condition_holds_or_not(conditions: dict[str, Any], changed: dict[str, Any], fits: bool) -> None:
    rule = Rule(clause="1.1", outcome=Outcome.ALLOWED, **conditions)

    ruling = rule_on(replace(DRAFT, **changed), rules=[rule], version=1)

    assert (ruling.outcome is Outcome.ALLOWED) is fits


def test_no_rule_for_a_channel_says_so() -> None:
    rule = Rule(clause="1.1", outcome=Outcome.ALLOWED, networks=("mastodon",))

    ruling = rule_on(DRAFT, rules=[rule], version=3)

    assert (ruling.outcome, ruling.clause) == (Outcome.FORBIDDEN, NO_RULE)
    assert ruling.params["network"] == "memory"


def test_approval_without_names_is_signed_by_leads() -> None:
    rule = Rule(clause="1.1", outcome=Outcome.NEEDS_APPROVAL)

    assert rule_on(DRAFT, rules=[rule], version=1).approvers == LEADS


def test_more_special_clause_says_who_signs() -> None:
    press = Approvers(teams=(5,))
    general = Rule(clause="1.1", outcome=Outcome.NEEDS_APPROVAL, roles=("AGENT",))
    special = Rule(
        clause="1.2", outcome=Outcome.NEEDS_APPROVAL, roles=("AGENT",), networks=("memory",), approvers=press
    )

    ruling = rule_on(DRAFT, rules=[general, special], version=1)

    assert (ruling.clause, ruling.approvers) == ("1.2", press)


@pytest.mark.parametrize(
    ("found", "outcome", "clause"),
    [
        (Found("tone", "WARNING"), Outcome.ALLOWED, "1.1"),
        (Found("tone", "FORBIDDEN"), Outcome.FORBIDDEN, "4.2"),
        (Found("advertising", "FORBIDDEN"), Outcome.FORBIDDEN, "checks.advertising"),
        (Found("tone", "APPROVAL", "law.1"), Outcome.NEEDS_APPROVAL, "law.1"),
    ],
)
def test_findings_make_the_ruling_stricter(found: Found, outcome: Outcome, clause: str) -> None:
    checks = {"tone": CheckRule(check="tone", severity=Severity.WARNING, clause="4.2")}
    allowed = Rule(clause="1.1", outcome=Outcome.ALLOWED)

    ruling = rule_on(replace(DRAFT, findings=(found,)), rules=[allowed], version=1, checks=checks)

    assert (ruling.outcome, ruling.clause) == (outcome, clause)


def test_harmless_finding_lets_nothing_pass_that_no_rule_allows() -> None:
    assert rule_on(replace(DRAFT, findings=(Found("tone", "HINT"),)), rules=[], version=1).clause == NO_RULE


def test_ruling_survives_being_stored() -> None:
    ruling = Ruling(Outcome.NEEDS_APPROVAL, "3.2", 4, {"length": 3}, Approvers(people=(1,), within_minutes=9), 12)

    assert Ruling.from_record(ruling.as_record()) == ruling


def test_ruling_of_an_earlier_release_can_be_read() -> None:
    record = {"outcome": "ALLOWED", "clause": "starter.colleagues_answer", "version": 1, "params": {"limit": 5}}

    assert Ruling.from_record(record) == Ruling(Outcome.ALLOWED, "starter.colleagues_answer", 1, {"limit": 5})
