from __future__ import annotations

from typing import Any

from hypothesis import given

from resonanz.guidelines.compiling import Must, compile
from resonanz.guidelines.document import read
from resonanz.guidelines.fields import Words
from resonanz.guidelines.ruling import Approvers, CheckRule, Draft, Found, Outcome, Severity
from tests.guidelines.documents import AGENTS_MAY, any_document, clause, document, patiently, rules

DRAFT = Draft(
    text="Wir kümmern uns.", role="AGENT", network="memory", visibility="PUBLIC", intent="QUESTION",
    text_length_limit=500,
)  # fmt: skip


@patiently
@given(any_document())
def test_compiling_what_was_stored_gives_the_same(record: dict[str, Any]) -> None:
    read_once = read(record)

    assert compile(read(read_once.as_json()), 3) == compile(read_once, 3)


def test_each_rule_names_its_clause() -> None:
    compiled = compile(read(rules(AGENTS_MAY, {"outcome": "FORBIDDEN", "visibilities": ["PRIVATE"]})), 7, 42)

    ruling = compiled.ruling(DRAFT)

    assert [(rule.clause, rule.outcome) for rule in compiled.rules] == [
        ("1.1", Outcome.ALLOWED),
        ("1.2", Outcome.FORBIDDEN),
    ]
    assert (ruling.clause, ruling.version, ruling.guideline_id) == ("1.1", 7, 42)


def test_must_says_of_what_it_speaks() -> None:
    record = document(clause("3.1", must={"topics": [4], "intents": ["COMPLAINT"], "teams": [9], "within_minutes": 60}))

    (must,) = compile(read(record), 1).musts

    assert must == Must(clause="3.1", within_minutes=60, topics=(4,), intents=("COMPLAINT",), teams=(9,))
    about: dict[str, Any] = {"network": "memory", "visibility": "PUBLIC", "intent": "COMPLAINT"}
    assert must.covers(**about, topic_ids=frozenset({4, 5}))
    assert not must.covers(**about, topic_ids=frozenset({5}))


def test_finding_is_as_grave_as_the_clause_says() -> None:
    check = {"check": "escalation", "severity": "APPROVAL", "approvers": {"teams": [3], "within_minutes": 30}}
    record = document(clause("1.1", rule=AGENTS_MAY), clause("1.2", check=check))
    compiled = compile(read(record), 1)

    found = compiled.checks["escalation"]
    ruling = compiled.ruling(_with(Found("escalation", found.severity)))

    approvers = Approvers(teams=(3,), within_minutes=30)
    assert found == CheckRule(check="escalation", severity=Severity.APPROVAL, clause="1.2", approvers=approvers)
    assert (ruling.outcome, ruling.clause, ruling.approvers) == (Outcome.NEEDS_APPROVAL, "1.2", approvers)


def test_words_are_there_for_every_clause() -> None:
    compiled = compile(read(document(clause("2.1", text={"de": "Kurz.", "en": "Short."}))), 1)

    assert compiled.words == {"2.1": Words(de="Kurz.", en="Short.")}


def _with(*found: Found) -> Draft:
    return Draft(
        text="Der Anwalt", role="AGENT", network="memory", visibility="PUBLIC", intent="QUESTION",
        text_length_limit=500, findings=found,
    )  # fmt: skip
