from __future__ import annotations

import json
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.people.group_rules import GroupRule, GroupRuleInvalid, is_like, read_rule

PRESS: dict[str, Any] = {"networks": ["mastodon"], "handles": ["*_zeitung", "red*"], "name_words": ["Redaktion"]}


@pytest.mark.parametrize(
    ("network", "handle", "name", "fits"),
    [
        ("mastodon", "nord_Zeitung", "Redaktion Nord", True),
        ("mastodon", "@REDnord", "Die Redaktionsleitung", True),
        ("mastodon", "zeitung_nord", "Redaktion", False),
        ("mastodon", "red", "Kulturredaktion", False),
        ("memory", "red", "Redaktion", False),
    ],
)
def test_all_conditions_have_to_hold(network: str, handle: str, name: str, fits: bool) -> None:
    assert read_rule(PRESS).fits(network=network, handle=handle, name=name) is fits


def test_rule_without_conditions_fits_nobody() -> None:
    assert not read_rule({}).fits(network="memory", handle="anna", name="Anna", settled_cases=99)


def test_settled_cases_make_an_existing_customer() -> None:
    rule = GroupRule(least_cases=2)

    fits = [rule.fits(network="memory", handle="a", name="A", settled_cases=cases) for cases in (0, 1, 2, 3)]

    assert fits == [False, False, True, True]


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        ({"handles": ["anna"]}, "group.handle_without_star", "handles"),
        ({"handles": ["*"]}, "group.handle_without_star", "handles"),
        ({"handles": ["x" * 101 + "*"]}, "group.handle_without_star", "handles"),
        ({"name_words": ["two words"]}, "group.rule_invalid", "name_words"),
        ({"networks": "memory"}, "group.rule_invalid", "networks"),
        ({"least_cases": -1}, "group.rule_invalid", "least_cases"),
        ({"least_cases": True}, "group.rule_invalid", "least_cases"),
        ({"age": 7}, "group.rule_invalid", "age"),
    ],
)
def test_rule_that_makes_no_sense_is_refused(record: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(GroupRuleInvalid) as refused:
        read_rule(record)

    assert (refused.value.code, refused.value.params["field"]) == (code, field)


def test_rule_survives_being_stored() -> None:
    rule = read_rule(PRESS | {"least_cases": 3})

    assert read_rule(json.loads(json.dumps(rule.as_json()))) == rule


@given(st.text(alphabet="abX_", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_pattern_made_of_a_handle_is_like_it(handle: str, start: int, end: int) -> None:
    cut, *_ = sorted((start, end))

    assert is_like(handle, handle[:cut] + "*" + handle[max(start, end) :])


@pytest.mark.parametrize(("pattern", "like"), [("ab*ba", False), ("a*b*a", True), ("a**a", True), ("b*", False)])
def test_parts_of_a_pattern_do_not_overlap(pattern: str, like: bool) -> None:
    assert is_like("aba", pattern) is like


def test_many_stars_take_no_time() -> None:
    began = perf_counter()

    assert not is_like("a" * 255, "*a" * 49 + "*b")

    assert perf_counter() - began < 0.1
