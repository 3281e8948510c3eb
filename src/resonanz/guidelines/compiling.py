"""From a document to what is asked while somebody writes: rules, musts and checks, each naming its clause. Plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from resonanz.guidelines.document import CheckSpec, Document, MustSpec, RuleSpec
from resonanz.guidelines.fields import Words
from resonanz.guidelines.ruling import Approvers, CheckRule, Draft, Rule, Ruling, Scope, rule_on

__all__ = ["Approvers", "CheckRule", "Compiled", "Must", "compile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Must(Scope):
    """A clause that says who has to answer, and within how many minutes of business time."""

    clause: str
    within_minutes: int
    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """One version of a guideline, ready to be asked. `guideline_id` is None for one that is not stored.

    `netiquette`: the numbers of the clauses that visitors have to keep to.
    """

    version: int
    rules: tuple[Rule, ...] = ()
    musts: tuple[Must, ...] = ()
    checks: Mapping[str, CheckRule] = field(default_factory=dict)
    address: str = ""
    words: Mapping[str, Words] = field(default_factory=dict)
    netiquette: tuple[str, ...] = ()
    guideline_id: int | None = None

    def ruling(self, draft: Draft) -> Ruling:
        """What it says about a draft."""
        return rule_on(
            draft, rules=self.rules, version=self.version, checks=self.checks, guideline_id=self.guideline_id
        )


def compile(document: Document, version: int, guideline_id: int | None = None) -> Compiled:
    """What the clauses of a document say to a machine."""
    clauses = list(document.clauses)
    return Compiled(
        version=version,
        rules=tuple(_rule(clause.number, clause.rule) for clause in clauses if clause.rule),
        musts=tuple(_must(clause.number, clause.must) for clause in clauses if clause.must),
        checks={clause.check.check: _check(clause.number, clause.check) for clause in clauses if clause.check},
        address=document.address,
        words={clause.number: clause.text for clause in clauses},
        netiquette=tuple(clause.number for clause in document.netiquette),
        guideline_id=guideline_id,
    )


def _rule(clause: str, spec: RuleSpec) -> Rule:
    return Rule(
        clause=clause,
        outcome=spec.outcome,
        approvers=spec.approvers,
        acts=spec.acts,
        networks=spec.networks,
        visibilities=spec.visibilities,
        topics=spec.topics,
        intents=spec.intents,
        groups=spec.groups,
        roles=spec.roles,
        people=spec.people,
        hours=spec.hours,
        only_blank=spec.only_blank,
        only_longer_than_network=spec.only_longer_than_network,
    )


def _must(clause: str, spec: MustSpec) -> Must:
    return Must(
        clause=clause,
        within_minutes=spec.within_minutes,
        roles=spec.roles,
        people=spec.people,
        teams=spec.teams,
        networks=spec.networks,
        visibilities=spec.visibilities,
        topics=spec.topics,
        intents=spec.intents,
        groups=spec.groups,
    )


def _check(clause: str, spec: CheckSpec) -> CheckRule:
    return CheckRule(
        check=spec.check,
        severity=spec.severity,
        clause=clause,
        options=spec.options,
        approvers=spec.approvers,
    )
