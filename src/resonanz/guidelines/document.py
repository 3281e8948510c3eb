"""A guideline as a document: sections with words in German and English, and numbered clauses. Plain Python.

A clause is words; beyond that it may carry a rule (allow, allow after approval, forbid), a must (who answers within
what time), or a check on drafts. `read` is the only way from JSON to a Document, and refuses what it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from resonanz.core.text import clean
from resonanz.guidelines.fields import MOST_IN_CLAUSE, MOST_IN_SECTION, DocumentInvalid, Fields, Words
from resonanz.guidelines.ruling import Approvers, Conditions, DraftAct, Hours, Outcome, Scope, Severity, in_order

FORMAT = 1
HEADINGS = (
    "goals", "channels", "content_classes", "target_groups", "roles", "tone", "response_times", "escalation",
    "forbidden", "examples",
)  # fmt: skip
"""The sections that a company's guideline is expected to have, in order; it may have others."""
ADDRESSES = ("", "DU", "SIE")
ROLES = ("ADMIN", "LEAD", "AGENT", "ANALYST")
VISIBILITIES = ("PUBLIC", "PRIVATE")
INTENTS = ("COMPLAINT", "QUESTION", "PRAISE", "OTHER")
HOURS = ("", "OPEN", "CLOSED")
NETIQUETTE = "netiquette"
"""The section whose clauses tell visitors what is not tolerated: the reasons for hiding, deleting and the like."""
MOST_CHARACTERS = 150_000
MOST_SECTIONS = 40
MOST_CLAUSES = 400
MOST_OPTIONS = 5_000
_NUMBER = re.compile(r"[1-9][0-9]{0,2}(\.[1-9][0-9]{0,2}){1,2}\Z")
_KEY = re.compile(r"[a-z][a-z_]{0,39}\Z")
_SCOPE = ("networks", "visibilities", "topics", "intents", "groups")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec(Conditions):
    """What a clause allows, wants approval for, or forbids."""

    outcome: Outcome
    approvers: Approvers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MustSpec(Scope):
    """Who has to answer this, within how many minutes of business time."""

    within_minutes: int
    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSpec:
    """A check on drafts that belongs to a clause, how much its findings weigh, and what it needs to know."""

    check: str
    severity: Severity
    options: Mapping[str, object] = field(default_factory=dict)
    approvers: Approvers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One numbered sentence. `conduct`: it rules how employees behave, so the works council has a say."""

    number: str
    text: Words
    conduct: bool = False
    rule: RuleSpec | None = None
    must: MustSpec | None = None
    check: CheckSpec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One heading with its words and clauses."""

    key: str
    heading: Words
    text: Words = field(default_factory=Words)
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one version of a guideline says. `address`: whether we say Du or Sie, or leave it open."""

    sections: tuple[Section, ...] = ()
    address: str = ""

    @property
    def clauses(self) -> Iterator[Clause]:
        """All clauses as they stand."""
        for section in self.sections:
            yield from section.clauses

    @property
    def conduct(self) -> tuple[str, ...]:
        """The numbers of the clauses that rule how employees behave."""
        return tuple(clause.number for clause in self.clauses if clause.conduct)

    @property
    def netiquette(self) -> tuple[Clause, ...]:
        """The clauses that visitors have to keep to."""
        return tuple(clause for one in self.sections if one.key == NETIQUETTE for clause in one.clauses)

    @property
    def untranslated(self) -> tuple[str, ...]:
        """Numbers of clauses and keys of sections that say something in one language only."""
        sections = [one.key for one in self.sections if not (one.heading.complete and one.text.complete)]
        return tuple(sections + [clause.number for clause in self.clauses if not clause.text.complete])

    def clause(self, number: str) -> Clause | None:
        """The clause of this number, if there is one."""
        return next((clause for clause in self.clauses if clause.number == number), None)

    def as_json(self) -> dict[str, object]:
        """As stored; `read` gives it back."""
        return {
            "format": FORMAT,
            "address": self.address,
            "sections": [_section_as_json(section) for section in self.sections],
        }


def read(record: object) -> Document:
    """The document that JSON holds; raises DocumentInvalid with the clause or section where it is wrong."""
    fields = Fields.of(record, clause="", known=("format", "address", "sections"))
    if fields.values.get("format", FORMAT) != FORMAT:
        raise fields.wrong("document.unknown_value", "format", value=str(fields.values.get("format"))[:20])
    sections = _many(fields, "sections", most=MOST_SECTIONS)
    document = Document(
        address=fields.choice("address", among=ADDRESSES) if "address" in fields.values else "",
        sections=tuple(_section(value, place) for place, value in enumerate(sections, start=1)),
    )
    _look_at_whole(document)
    return document


def conditions_as_json(scope: Scope) -> dict[str, object]:
    """The conditions that are set; those that are not say nothing."""
    names = ["acts", *_SCOPE, "roles", "people", "teams", "hours", "only_blank", "only_longer_than_network"]
    found = {name: getattr(scope, name, None) for name in names}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items() if value}


def _section(value: object, place: int) -> Section:
    fields = Fields.of(value, clause=str(place), known=("key", "heading", "text", "clauses"))
    key = fields.text("key", most=40)
    if not _KEY.match(key):
        raise fields.wrong("document.unknown_value", "key", value=key)
    fields = Fields(fields.values, key)
    heading = fields.words("heading", most=200)
    if heading == Words():
        raise fields.wrong("document.missing", "heading")
    clauses = [_clause(one, key) for one in _many(fields, "clauses", most=MOST_CLAUSES)]
    return Section(
        key=key,
        heading=heading,
        text=fields.words("text", most=MOST_IN_SECTION),
        clauses=tuple(sorted(clauses, key=lambda clause: in_order(clause.number))),
    )


def _clause(value: object, section: str) -> Clause:
    fields = Fields.of(value, clause=section, known=("number", "text", "conduct", "rule", "must", "check"))
    number = fields.text("number", most=20)
    if not _NUMBER.match(number):
        raise fields.wrong("document.unknown_value", "number", value=number)
    fields = Fields(fields.values, number)
    text = fields.words("text", most=MOST_IN_CLAUSE)
    if text == Words():
        raise fields.wrong("document.missing", "text")
    rule, must, check = (fields.values.get(name) for name in ("rule", "must", "check"))
    return Clause(
        number=number,
        text=text,
        conduct=fields.yes("conduct"),
        rule=_rule(rule, number) if rule is not None else None,
        must=_must(must, number) if must is not None else None,
        check=_check(check, number) if check is not None else None,
    )


def _rule(value: object, clause: str) -> RuleSpec:
    known = (
        "acts", *_SCOPE, "roles", "people", "hours", "only_blank", "only_longer_than_network", "outcome", "approvers",
    )  # fmt: skip
    fields = Fields.of(value, clause=clause, known=known, field="rule")
    outcome = Outcome(fields.choice("outcome", among=list(Outcome)))
    approvers = _approvers(fields)
    if approvers is not None and outcome is not Outcome.NEEDS_APPROVAL:
        raise fields.wrong("document.approvers_without_approval", "approvers")
    return RuleSpec(
        outcome=outcome,
        approvers=approvers,
        acts=fields.codes("acts", among=list(DraftAct)),
        networks=fields.codes("networks"),
        visibilities=fields.codes("visibilities", among=VISIBILITIES),
        topics=fields.ids("topics"),
        intents=fields.codes("intents", among=INTENTS),
        groups=fields.ids("groups"),
        roles=fields.codes("roles", among=ROLES),
        people=fields.ids("people"),
        hours=cast(Hours, fields.choice("hours", among=HOURS)),
        only_blank=fields.yes("only_blank"),
        only_longer_than_network=fields.yes("only_longer_than_network"),
    )


def _must(value: object, clause: str) -> MustSpec:
    known = (*_SCOPE, "roles", "people", "teams", "within_minutes")
    fields = Fields.of(value, clause=clause, known=known, field="must")
    must = MustSpec(
        within_minutes=fields.minutes("within_minutes"),
        networks=fields.codes("networks"),
        visibilities=fields.codes("visibilities", among=VISIBILITIES),
        topics=fields.ids("topics"),
        intents=fields.codes("intents", among=INTENTS),
        groups=fields.ids("groups"),
        roles=fields.codes("roles", among=ROLES),
        people=fields.ids("people"),
        teams=fields.ids("teams"),
    )
    if must.within_minutes == 0:
        raise fields.wrong("document.missing", "within_minutes")
    return must


def _check(value: object, clause: str) -> CheckSpec:
    fields = Fields.of(value, clause=clause, known=("check", "severity", "options", "approvers"), field="check")
    check = fields.text("check", most=40)
    if not _KEY.match(check):
        raise fields.wrong("document.unknown_value", "check", value=check)
    severity = Severity(fields.choice("severity", among=list(Severity)))
    approvers = _approvers(fields)
    if approvers is not None and severity is not Severity.APPROVAL:
        raise fields.wrong("document.approvers_without_approval", "approvers")
    options = fields.values.get("options") or {}
    if not isinstance(options, Mapping):
        raise fields.wrong("document.not_an_object", "options")
    return CheckSpec(check=check, severity=severity, options=_plain_options(options, fields), approvers=approvers)


def _plain_options(options: Mapping[object, object], fields: Fields) -> dict[str, object]:
    """Options are flat: a name, and a text, a number, yes or no, or a list of texts. The check knows which it wants."""
    if len(str(options)) > MOST_OPTIONS:
        raise fields.wrong("document.too_long", "options", length=len(str(options)), limit=MOST_OPTIONS)
    found: dict[str, object] = {}
    for name, value in options.items():
        listed = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
        if not isinstance(name, str) or not _KEY.match(name) or not (listed or isinstance(value, str | bool | int)):
            raise fields.wrong("document.unknown_value", "options", value=clean(str(name), most=60))
        found[name] = _plain(value)
    return found


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return clean(value, most=MOST_OPTIONS) if isinstance(value, str) else value


def _approvers(fields: Fields) -> Approvers | None:
    value = fields.values.get("approvers")
    if value is None:
        return None
    known = ("roles", "people", "teams", "deputies", "within_minutes")
    inner = Fields.of(value, clause=fields.clause, known=known, field="approvers")
    approvers = Approvers(
        roles=inner.codes("roles", among=ROLES),
        people=inner.ids("people"),
        teams=inner.ids("teams"),
        deputies=inner.ids("deputies"),
        within_minutes=inner.minutes("within_minutes"),
    )
    if not approvers.anybody:
        raise fields.wrong("document.missing", "approvers")
    return approvers


def _look_at_whole(document: Document) -> None:
    """What only the whole shows: the same number, section or check twice, and more words than anybody reads."""
    _once([section.key for section in document.sections], "document.section_twice")
    _once([clause.number for clause in document.clauses], "document.number_twice")
    checks = {clause.number: clause.check.check for clause in document.clauses if clause.check}
    for number, check in checks.items():
        first = next(other for other, name in checks.items() if name == check)
        if first != number:
            raise DocumentInvalid("document.check_twice", clause=number, field="check", value=check, first=first)
    length = len(str(document.as_json()))
    if length > MOST_CHARACTERS:
        raise DocumentInvalid("document.too_long", clause="", field="", length=length, limit=MOST_CHARACTERS)


def _once(names: list[str], code: str) -> None:
    seen = set()
    for name in names:
        if name in seen:
            raise DocumentInvalid(code, clause=name, field="number")
        seen.add(name)


def _many(fields: Fields, field: str, *, most: int) -> list[object]:
    value = fields.values.get(field, [])
    if not isinstance(value, list | tuple):
        raise fields.wrong("document.not_a_list", field)
    if len(value) > most:
        raise fields.wrong("document.too_long", field, length=len(value), limit=most)
    return list(value)


def _section_as_json(section: Section) -> dict[str, object]:
    return {
        "key": section.key,
        "heading": section.heading.as_json(),
        "text": section.text.as_json(),
        "clauses": [_clause_as_json(clause) for clause in section.clauses],
    }


def _clause_as_json(clause: Clause) -> dict[str, object]:
    found: dict[str, object] = {"number": clause.number, "text": clause.text.as_json(), "conduct": clause.conduct}
    if clause.rule:
        found["rule"] = _rule_as_json(clause.rule)
    if clause.must:
        found["must"] = {"within_minutes": clause.must.within_minutes, **conditions_as_json(clause.must)}
    if clause.check:
        found["check"] = _check_as_json(clause.check)
    return found


def _rule_as_json(rule: RuleSpec) -> dict[str, object]:
    found = {"outcome": rule.outcome.value, **conditions_as_json(rule)}
    return found | ({"approvers": rule.approvers.as_record()} if rule.approvers else {})


def _check_as_json(check: CheckSpec) -> dict[str, object]:
    found: dict[str, object] = {"check": check.check, "severity": check.severity.value, "options": dict(check.options)}
    return found | ({"approvers": check.approvers.as_record()} if check.approvers else {})
