from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.guidelines.compiling import compile
from resonanz.guidelines.contradictions import Contradiction, Why, contradictions
from resonanz.guidelines.document import read
from tests.guidelines.documents import any_rule, patiently, rules

ALLOWED, FORBIDDEN, APPROVAL = ({"outcome": word} for word in ("ALLOWED", "FORBIDDEN", "NEEDS_APPROVAL"))


def _found(*given_rules: dict[str, Any]) -> tuple[Contradiction, ...]:
    return contradictions(compile(read(rules(*given_rules)), 1))


@pytest.mark.parametrize(
    ("milder", "stricter", "why"),
    [
        (ALLOWED, FORBIDDEN, Why.NEVER_APPLIES),
        (ALLOWED, FORBIDDEN | {"acts": ["REPLY"]}, Why.NEVER_APPLIES),
        (ALLOWED | {"acts": ["HIDE"]}, FORBIDDEN | {"acts": ["DELETE", "HIDE"]}, Why.NEVER_APPLIES),
        (ALLOWED | {"roles": ["AGENT"]}, FORBIDDEN | {"roles": ["AGENT"]}, Why.NEVER_APPLIES),
        (ALLOWED | {"roles": ["AGENT", "LEAD"]}, FORBIDDEN | {"roles": ["AGENT", "ANALYST"]}, Why.OPPOSITE),
        (APPROVAL | {"roles": ["AGENT"], "topics": [1]}, FORBIDDEN | {"topics": [1, 2]}, Why.NEVER_APPLIES),
        (
            ALLOWED | {"hours": "OPEN", "topics": [1]},
            FORBIDDEN | {"hours": "OPEN", "topics": [1, 2]},
            Why.NEVER_APPLIES,
        ),
    ],
)
def test_contradicting_rules_are_named_with_both_clauses(
    milder: dict[str, Any], stricter: dict[str, Any], why: Why
) -> None:
    assert _found(milder, stricter) == (Contradiction("1.1", "1.2", why),)
    assert _found(stricter, milder) == (Contradiction("1.2", "1.1", why),)


@pytest.mark.parametrize(
    "pair",
    [
        (ALLOWED, FORBIDDEN | {"topics": [1]}),
        (ALLOWED | {"roles": ["AGENT"]}, FORBIDDEN | {"roles": ["ANALYST"]}),
        (ALLOWED | {"roles": ["AGENT"]}, FORBIDDEN | {"visibilities": ["PRIVATE"]}),
        (ALLOWED | {"hours": "OPEN"}, FORBIDDEN | {"hours": "CLOSED"}),
        (ALLOWED, ALLOWED),
        (ALLOWED, FORBIDDEN | {"acts": ["HIDE"]}),
        (ALLOWED | {"acts": ["LIKE"]}, FORBIDDEN | {"acts": ["HIDE"]}),
    ],
)
def test_exception_from_a_wider_rule_is_no_contradiction(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert _found(*pair) == ()


def test_rule_that_excludes_itself_is_named() -> None:
    rule = FORBIDDEN | {"only_blank": True, "only_longer_than_network": True}

    assert _found(rule) == (Contradiction("1.1", "1.1", Why.NEVER_TRUE),)


@patiently
@given(st.lists(any_rule, max_size=5))
def test_contradictions_do_not_depend_on_the_order_of_rules(found: list[dict[str, Any]]) -> None:
    compiled = compile(read(rules(*found)), 1)
    backwards = type(compiled)(version=1, rules=tuple(reversed(compiled.rules)))

    assert set(contradictions(backwards)) == set(contradictions(compiled))
