"""The ruling on a draft: may this be said, by this person, here? Plain Python over rules as data.

A rule speaks of answers unless it names other acts (like, hide, delete …): none of them follows from being allowed to
answer. It applies when all its conditions do; a condition that is not set applies to everything. The strictest rule
that applies decides (FORBIDDEN over NEEDS_APPROVAL over ALLOWED), and where none applies the answer is no: what the
guideline does not speak of is not done in the company's name. Of equally strict rules the one with more conditions
decides, because it speaks of this and not of everything; then the earlier clause. The order of rules never matters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Self


class Outcome(StrEnum):
    """What the guideline says about a draft."""

    ALLOWED = "ALLOWED"
    NEEDS_APPROVAL = "NEEDS_APPROVAL"
    FORBIDDEN = "FORBIDDEN"


class DraftAct(StrEnum):
    """What somebody wants to do; CORRECT and WITHDRAW are done to an answer of ours."""

    REPLY = "REPLY"
    LIKE = "LIKE"
    HIDE = "HIDE"
    DELETE = "DELETE"
    BLOCK = "BLOCK"
    REPORT = "REPORT"
    CORRECT = "CORRECT"
    WITHDRAW = "WITHDRAW"


class Severity(StrEnum):
    """How much a finding of a check weighs; the guideline sets it."""

    OFF = "OFF"
    HINT = "HINT"
    WARNING = "WARNING"
    APPROVAL = "APPROVAL"
    FORBIDDEN = "FORBIDDEN"


Hours = Literal["", "OPEN", "CLOSED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvers:
    """Who may sign, by role, person or team (ids). `within_minutes`: then `deputies` may, too; 0 sets no time."""

    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    deputies: tuple[int, ...] = ()
    within_minutes: int = 0

    @property
    def anybody(self) -> bool:
        """Whether somebody is named at all."""
        return bool(self.roles or self.people or self.teams)

    def as_record(self) -> dict[str, object]:
        """As stored; `from_record` reads it."""
        return {
            "roles": list(self.roles),
            "people": list(self.people),
            "teams": list(self.teams),
            "deputies": list(self.deputies),
            "within_minutes": self.within_minutes,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, object]) -> Self:
        """What `as_record` wrote."""
        return cls(
            roles=_words(record.get("roles")),
            people=_ids(record.get("people")),
            teams=_ids(record.get("teams")),
            deputies=_ids(record.get("deputies")),
            within_minutes=_whole(record.get("within_minutes")),
        )


LEADS = Approvers(roles=("ADMIN", "LEAD"))
"""Who signs where a clause asks for approval and names nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a clause speaks of. Empty tuples mean everything; `topics` and `groups` are ids."""

    networks: tuple[str, ...] = ()
    visibilities: tuple[str, ...] = ()
    topics: tuple[int, ...] = ()
    intents: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()

    def covers(
        self,
        *,
        network: str,
        visibility: str,
        intent: str,
        topic_ids: frozenset[int] = frozenset(),
        group_ids: frozenset[int] = frozenset(),
    ) -> bool:
        """Whether it speaks of this."""
        return (
            _speaks_of(self.networks, network)
            and _speaks_of(self.visibilities, visibility)
            and _speaks_of(self.intents, intent)
            and (not self.topics or not topic_ids.isdisjoint(self.topics))
            and (not self.groups or not group_ids.isdisjoint(self.groups))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions(Scope):
    """When a rule applies. `people` are ids of colleagues; `hours`: within business hours, or outside of them.

    `acts`: what it speaks of, answering where it names nothing.
    """

    acts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    hours: Hours = ""
    only_blank: bool = False
    only_longer_than_network: bool = False

    @property
    def speaks_of(self) -> frozenset[str]:
        """The acts it speaks of."""
        return frozenset(self.acts or (DraftAct.REPLY.value,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Conditions):
    """One clause that allows, wants approval by `approvers`, or forbids."""

    clause: str
    outcome: Outcome
    approvers: Approvers | None = None

    @property
    def specificity(self) -> int:
        """How many conditions it sets."""
        return len(set_conditions(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRule:
    """What the guideline says about one check on drafts: how much its findings weigh, by which clause."""

    check: str
    severity: Severity
    clause: str
    options: Mapping[str, object] = field(default_factory=dict)
    approvers: Approvers | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """That a check found something in a draft. `clause` is set where not the guideline but the product decides."""

    check: str
    severity: str
    clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the ruling needs to know of a reply, its writer and its place. `length`: as the network counts it."""

    text: str
    role: str
    network: str
    visibility: str
    intent: str
    text_length_limit: int
    act: str = DraftAct.REPLY.value
    length: int | None = None
    user_id: int | None = None
    topic_ids: frozenset[int] = frozenset()
    group_ids: frozenset[int] = frozenset()
    in_hours: bool = True
    findings: tuple[Found, ...] = ()

    @property
    def counted(self) -> int:
        """How long it is."""
        return len(self.text) if self.length is None else self.length


@dataclass(frozen=True, slots=True)
class Ruling:
    """The outcome with the clause it rests on and the version of the guideline; `params` fill the clause's sentence.

    `approvers` are set if and only if approval is needed; `guideline_id` names the document of the version, in `params`
    too, because an error or a page that carries those needs it to find the clause's words.
    """

    outcome: Outcome
    clause: str
    version: int
    params: Mapping[str, object]
    approvers: Approvers | None = None
    guideline_id: int | None = None

    def as_record(self) -> dict[str, object]:
        """As stored with the reply."""
        return {
            "outcome": self.outcome.value,
            "clause": self.clause,
            "version": self.version,
            "params": dict(self.params),
            "approvers": self.approvers.as_record() if self.approvers else None,
            "guideline": self.guideline_id,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, object]) -> Self:
        """What `as_record` wrote, also by earlier releases; raises KeyError or ValueError on a record that is none."""
        params, approvers, guideline = (record.get(name) for name in ("params", "approvers", "guideline"))
        return cls(
            Outcome(str(record["outcome"])),
            str(record["clause"]),
            _whole(record["version"]),
            dict(params) if isinstance(params, Mapping) else {},
            Approvers.from_record(approvers) if isinstance(approvers, Mapping) else None,
            guideline if isinstance(guideline, int) else None,
        )


NO_RULE = "guideline.no_rule"
NO_RULE_FOR_ACT = "guideline.no_rule_for_act"
STRICTNESS = {Outcome.FORBIDDEN: 0, Outcome.NEEDS_APPROVAL: 1, Outcome.ALLOWED: 2}
_BY_SEVERITY = {Severity.APPROVAL: Outcome.NEEDS_APPROVAL, Severity.FORBIDDEN: Outcome.FORBIDDEN}
_CONDITIONS = (
    "networks", "visibilities", "topics", "intents", "groups", "roles", "people", "hours", "only_blank",
    "only_longer_than_network",
)  # fmt: skip
_CHECKS: Mapping[str, CheckRule] = {}


def set_conditions(conditions: Conditions) -> tuple[str, ...]:
    """The names of the conditions that are set."""
    return tuple(name for name in _CONDITIONS if getattr(conditions, name))


def stricter(one: Ruling, other: Ruling) -> Ruling:
    """The one that lets less pass; the first of equals."""
    return min(one, other, key=lambda ruling: STRICTNESS[ruling.outcome])


def in_order(clause: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts clauses as people count: 3.2 before 3.10."""
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"\.", clause))


def rule_on(
    draft: Draft,
    *,
    rules: Iterable[Rule],
    version: int,
    checks: Mapping[str, CheckRule] = _CHECKS,
    guideline_id: int | None = None,
) -> Ruling:
    """The ruling of this version of the guideline. Findings can make it stricter, never milder."""
    params: dict[str, object] = {"length": draft.counted, "limit": draft.text_length_limit}
    if guideline_id is not None:
        params["guideline"] = guideline_id
    applying = [rule for rule in rules if applies(rule, draft)]
    if not applying:
        unspoken = {"network": draft.network, "role": draft.role, "visibility": draft.visibility, "act": draft.act}
        code = NO_RULE if draft.act == DraftAct.REPLY else NO_RULE_FOR_ACT
        return Ruling(Outcome.FORBIDDEN, code, version, params | unspoken, None, guideline_id)
    strictest = min([*applying, *_found(draft, checks)], key=_strictest_first)
    approvers = None
    if strictest.outcome is Outcome.NEEDS_APPROVAL:
        named = strictest.approvers
        approvers = named if named is not None and named.anybody else LEADS
    return Ruling(strictest.outcome, strictest.clause, version, params, approvers, guideline_id)


def applies(rule: Conditions, draft: Draft) -> bool:
    """Whether all conditions of a rule hold for a draft."""
    return (
        draft.act in rule.speaks_of
        and rule.covers(
            network=draft.network,
            visibility=draft.visibility,
            intent=draft.intent,
            topic_ids=draft.topic_ids,
            group_ids=draft.group_ids,
        )
        and _speaks_of(rule.roles, draft.role)
        and (not rule.people or draft.user_id in rule.people)
        and (not rule.hours or (rule.hours == "OPEN") is draft.in_hours)
        and (not rule.only_blank or _says_nothing(draft.text))
        and (not rule.only_longer_than_network or draft.counted > draft.text_length_limit)
    )


def _says_nothing(text: str) -> bool:
    """Whether nothing in it can be seen: zero-width characters and direction marks say nothing either."""
    return not any(unicodedata.category(letter)[0] not in "ZC" for letter in text)


def _found(draft: Draft, checks: Mapping[str, CheckRule]) -> list[Rule]:
    """The findings that weigh enough, as rules that apply."""
    found = []
    for one in draft.findings:
        outcome = _BY_SEVERITY.get(Severity(one.severity))
        rule = checks.get(one.check)
        if outcome is not None:
            clause = one.clause or (rule.clause if rule else f"checks.{one.check}")
            found.append(Rule(clause=clause, outcome=outcome, approvers=rule.approvers if rule else None))
    return found


def _strictest_first(rule: Rule) -> tuple[object, ...]:
    approvers = rule.approvers.as_record() if rule.approvers else {}
    return (STRICTNESS[rule.outcome], -rule.specificity, in_order(rule.clause), str(approvers))


def _speaks_of(allowed: tuple[str, ...], value: str) -> bool:
    return not allowed or value in allowed


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list | tuple) else ()


def _ids(value: object) -> tuple[int, ...]:
    return tuple(int(one) for one in value) if isinstance(value, list | tuple) else ()


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
