"""The ruling on a draft: may this be said, by this person, here? Plain Python over rules as data.

A rule applies when all its conditions do; a condition that is not set applies to everything. The strictest rule that
applies decides (FORBID over APPROVE over ALLOW), and where none applies the answer is no: what the guideline does not
speak of is not said in the company's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What the guideline says about a draft."""

    ALLOWED = "ALLOWED"
    NEEDS_APPROVAL = "NEEDS_APPROVAL"
    FORBIDDEN = "FORBIDDEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One clause. Empty tuples mean: everybody, everywhere, everything."""

    clause: str
    outcome: Outcome
    roles: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    visibilities: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    only_blank: bool = False
    only_longer_than_network: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the ruling needs to know of a reply, its writer and its place."""

    text: str
    role: str
    network: str
    visibility: str
    intent: str
    text_length_limit: int


@dataclass(frozen=True, slots=True)
class Ruling:
    """The outcome with the clause it rests on and the version of the guideline; `params` fill the clause's sentence."""

    outcome: Outcome
    clause: str
    version: int
    params: Mapping[str, object]

    def as_record(self) -> dict[str, object]:
        """As stored with the reply."""
        return {
            "outcome": self.outcome.value,
            "clause": self.clause,
            "version": self.version,
            "params": dict(self.params),
        }


NO_RULE = "guideline.no_rule"
_STRICTNESS = {Outcome.FORBIDDEN: 0, Outcome.NEEDS_APPROVAL: 1, Outcome.ALLOWED: 2}


def rule_on(draft: Draft, *, rules: Iterable[Rule], version: int) -> Ruling:
    """The ruling of this version of the guideline."""
    params = {"length": len(draft.text), "limit": draft.text_length_limit}
    applying = [rule for rule in rules if _applies(rule, draft)]
    if not applying:
        return Ruling(Outcome.FORBIDDEN, NO_RULE, version, params)
    strictest = min(applying, key=lambda rule: _STRICTNESS[rule.outcome])
    return Ruling(strictest.outcome, strictest.clause, version, params)


def _applies(rule: Rule, draft: Draft) -> bool:
    return (
        _speaks_of(rule.roles, draft.role)
        and _speaks_of(rule.networks, draft.network)
        and _speaks_of(rule.visibilities, draft.visibility)
        and _speaks_of(rule.intents, draft.intent)
        and (not rule.only_blank or not draft.text.strip())
        and (not rule.only_longer_than_network or len(draft.text) > draft.text_length_limit)
    )


def _speaks_of(allowed: tuple[str, ...], value: str) -> bool:
    return not allowed or value in allowed


def rule_from_record(record: Mapping[str, object]) -> Rule:
    """A rule as stored in a guideline; raises KeyError or ValueError on a record that is none."""
    return Rule(
        clause=str(record["clause"]),
        outcome=Outcome(str(record["outcome"])),
        roles=_words(record.get("roles")),
        networks=_words(record.get("networks")),
        visibilities=_words(record.get("visibilities")),
        intents=_words(record.get("intents")),
        only_blank=bool(record.get("only_blank", False)),
        only_longer_than_network=bool(record.get("only_longer_than_network", False)),
    )


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else ()
