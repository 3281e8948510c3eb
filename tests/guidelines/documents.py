"""Made-up documents for tests: the JSON that a page would send, and what hypothesis makes of it."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from resonanz.guidelines.document import INTENTS, ROLES, VISIBILITIES
from resonanz.guidelines.ruling import Outcome, Severity

patiently = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
"""For properties of whole documents: a busy machine makes them slow, and says nothing about them."""

AGENTS_MAY: dict[str, Any] = {"outcome": "ALLOWED", "roles": ["AGENT", "LEAD"]}


def clause(number: str = "1.1", **more: Any) -> dict[str, Any]:
    """A clause with words in both languages."""
    return {"number": number, "text": {"de": f"Satz {number}", "en": f"Sentence {number}"}} | more


def document(*clauses: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A document of one section."""
    section = {"key": "goals", "heading": {"de": "Ziele", "en": "Goals"}, "clauses": list(clauses)}
    return {"sections": [section]} | more


def rules(*found: dict[str, Any]) -> dict[str, Any]:
    """A document with these rules as clauses 1.1, 1.2 …"""
    return document(*(clause(f"1.{place}", rule=rule) for place, rule in enumerate(found, start=1)))


_text = st.text(max_size=8)
_ids = st.lists(st.integers(1, 5), max_size=3)
_scope: dict[str, st.SearchStrategy[Any]] = {
    "networks": st.lists(st.sampled_from(["memory", "mastodon"]), max_size=2),
    "visibilities": st.lists(st.sampled_from(VISIBILITIES), max_size=2),
    "intents": st.lists(st.sampled_from(INTENTS), max_size=2),
    "topics": _ids,
    "groups": _ids,
    "roles": st.lists(st.sampled_from(ROLES), max_size=2),
    "people": _ids,
}
any_rule = st.fixed_dictionaries(
    {"outcome": st.sampled_from([outcome.value for outcome in Outcome])},
    optional={
        **_scope,
        "acts": st.lists(st.sampled_from(["REPLY", "LIKE", "HIDE"]), max_size=2),
        "hours": st.sampled_from(["", "OPEN", "CLOSED"]),
        "only_blank": st.booleans(),
    },
)
any_must = st.fixed_dictionaries({"within_minutes": st.integers(1, 600)}, optional={**_scope, "teams": _ids})
any_check = st.fixed_dictionaries(
    {"severity": st.sampled_from([severity.value for severity in Severity])},
    optional={
        "options": st.dictionaries(
            st.sampled_from(["words", "most"]), st.integers(0, 9) | st.lists(_text, max_size=2), max_size=2
        )
    },
)
any_words = st.fixed_dictionaries({"de": _text}, optional={"en": _text}).map(
    lambda words: {name: f"a{value}" for name, value in words.items()}
)


@st.composite
def any_document(draw: st.DrawFn) -> dict[str, Any]:
    """A document that can be read, with clauses of every kind in any order."""
    found = []
    for place in range(draw(st.integers(0, 4))):
        more = {"rule": draw(any_rule), "must": draw(any_must), "check": draw(any_check) | {"check": "abcdefg"[place]}}
        kept = {name: more[name] for name in draw(st.sets(st.sampled_from(sorted(more))))}
        found.append({"number": f"1.{place + 1}", "text": draw(any_words), "conduct": draw(st.booleans())} | kept)
    return document(*draw(st.permutations(found)), address=draw(st.sampled_from(["", "DU", "SIE"])))
