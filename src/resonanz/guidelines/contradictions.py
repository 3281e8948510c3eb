"""Clauses that get in each other's way, so that whoever writes them sees both. Plain Python.

The strictest rule decides in any case, so nothing is ever unclear to the machine; but a human who wrote "agents may"
and "agents may not" meant something else, and one of the two clauses never has an effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from resonanz.guidelines.compiling import Compiled
from resonanz.guidelines.ruling import STRICTNESS, Conditions, Outcome, Rule, set_conditions


class Why(StrEnum):
    """In which way two clauses get in each other's way."""

    OPPOSITE = "contradiction.opposite"  # one allows what the other forbids, speaking of the same kind of thing
    NEVER_APPLIES = "contradiction.never_applies"  # the first is outweighed by the second wherever it applies
    NEVER_TRUE = "contradiction.never_true"  # its own conditions exclude each other; both clauses are the same


@dataclass(frozen=True, slots=True, order=True)
class Contradiction:
    """Two clauses by their numbers, and why they do not go together."""

    first: str
    second: str
    why: Why


def contradictions(compiled: Compiled) -> tuple[Contradiction, ...]:
    """All pairs of clauses that contradict each other."""
    impossible = [Contradiction(rule.clause, rule.clause, Why.NEVER_TRUE) for rule in compiled.rules if _empty(rule)]
    found = [_between(one, other) for one, other in combinations(compiled.rules, 2)]
    return (*impossible, *(pair for pair in found if pair is not None))


def _between(one: Rule, other: Rule) -> Contradiction | None:
    """The milder clause comes first."""
    if one.outcome is other.outcome or one.speaks_of.isdisjoint(other.speaks_of) or _empty(one) or _empty(other):
        return None
    milder, stricter = sorted((one, other), key=lambda rule: -STRICTNESS[rule.outcome])
    if _covers(stricter, milder):
        return Contradiction(milder.clause, stricter.clause, Why.NEVER_APPLIES)
    opposite = milder.outcome is Outcome.ALLOWED and stricter.outcome is Outcome.FORBIDDEN
    if opposite and set_conditions(one) == set_conditions(other) and _overlap(one, other):
        return Contradiction(milder.clause, stricter.clause, Why.OPPOSITE)
    return None


def _covers(wider: Conditions, narrower: Conditions) -> bool:
    """Whether `wider` applies wherever `narrower` does."""
    covered = all(_within(getattr(narrower, name), getattr(wider, name)) for name in set_conditions(wider))
    return covered and narrower.speaks_of <= wider.speaks_of


def _within(narrow: object, wide: object) -> bool:
    if isinstance(narrow, tuple) and isinstance(wide, tuple):
        return bool(narrow) and set(narrow) <= set(wide)
    return narrow == wide


def _overlap(one: Conditions, other: Conditions) -> bool:
    """Whether some draft meets both, given that both set the same conditions."""
    return all(_meet(getattr(one, name), getattr(other, name)) for name in set_conditions(one))


def _meet(value: object, other: object) -> bool:
    if isinstance(value, tuple) and isinstance(other, tuple):
        return not set(value).isdisjoint(other)
    return value == other


def _empty(rule: Rule) -> bool:
    """A text that says nothing is never too long."""
    return rule.only_blank and rule.only_longer_than_network
