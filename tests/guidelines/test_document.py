from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from resonanz.accounts.models import Role
from resonanz.guidelines.document import INTENTS, ROLES, VISIBILITIES, read
from resonanz.guidelines.fields import DocumentInvalid, Words
from resonanz.listening.models import Intent, Visible
from tests.guidelines.documents import any_document, clause, document, patiently, rules


@patiently
@given(any_document())
def test_document_survives_being_stored(record: dict[str, Any]) -> None:
    once = read(record)

    stored = json.loads(json.dumps(once.as_json()))

    assert read(stored) == once
    assert read(stored).as_json() == stored


@pytest.mark.parametrize(
    ("record", "code", "where"),
    [
        ([], "document.not_an_object", ""),
        ({"sections": [7]}, "document.not_an_object", "1"),
        ({"sections": {}}, "document.not_a_list", ""),
        ({"format": 2}, "document.unknown_value", ""),
        (document(clause("1.1"), clause("1.2"), clause("1.1")), "document.number_twice", "1.1"),
        ({"sections": document()["sections"] * 2}, "document.section_twice", "goals"),
        (document(clause("1")), "document.unknown_value", "goals"),
        (document(clause("1.٣")), "document.unknown_value", "goals"),
        (document({"number": "1.1", "text": {}}), "document.missing", "1.1"),
        (document({"number": "1.1", "text": {"de": "\u200b\u202e"}}), "document.missing", "1.1"),
        (document(clause(text={"de": "x" * 100_000})), "document.too_long", "1.1"),
        (document(clause(text={"de": ["x"]})), "document.not_a_text", "1.1"),
        (rules({"outcome": "PERHAPS"}), "document.unknown_value", "1.1"),
        (rules({"outcome": "ALLOWED", "role": ["AGENT"]}), "document.unknown_field", "1.1"),
        (rules({"outcome": "ALLOWED", "roles": ["KING"]}), "document.unknown_value", "1.1"),
        (rules({"outcome": "ALLOWED", "roles": "AGENT"}), "document.not_a_list", "1.1"),
        (rules({"outcome": "ALLOWED", "topics": [True]}), "document.unknown_value", "1.1"),
        (rules({"outcome": "ALLOWED", "topics": [2**70]}), "document.unknown_value", "1.1"),
        (rules({"outcome": "ALLOWED", "only_blank": 1}), "document.unknown_value", "1.1"),
        (
            rules({"outcome": "FORBIDDEN", "approvers": {"roles": ["LEAD"]}}),
            "document.approvers_without_approval",
            "1.1",
        ),
        (rules({"outcome": "NEEDS_APPROVAL", "approvers": {"within_minutes": 5}}), "document.missing", "1.1"),
        (document(clause(must={"topics": [1]})), "document.missing", "1.1"),
        (document(clause(must={"within_minutes": -1})), "document.unknown_value", "1.1"),
        (document(clause(check={"check": "tone", "severity": "LOUD"})), "document.unknown_value", "1.1"),
        (
            document(clause(check={"check": "tone", "severity": "HINT", "options": {"deep": {"er": 1}}})),
            "document.unknown_value",
            "1.1",
        ),
        (
            document(*(clause(f"1.{n}", check={"check": "tone", "severity": "HINT"}) for n in (1, 2))),
            "document.check_twice",
            "1.2",
        ),
    ],
)
def test_malformed_document_is_refused_by_place(record: object, code: str, where: str) -> None:
    with pytest.raises(DocumentInvalid) as refused:
        read(record)

    assert (refused.value.code, refused.value.params["clause"]) == (code, where)


def test_document_of_too_many_characters_is_refused_as_a_whole() -> None:
    sections = [
        {"key": f"part_{'x' * place}", "heading": {"de": "Teil"}, "text": {"de": "x" * 19_000}} for place in range(1, 9)
    ]

    with pytest.raises(DocumentInvalid) as refused:
        read({"sections": sections})

    assert refused.value.code == "document.too_long"
    assert refused.value.params["limit"] == 150_000


def test_what_nobody_sees_does_not_stay_in_a_clause() -> None:
    record = document(clause(text={"de": "Alles ist \u202everboten\u202c\u200b.", "en": "کتاب\u200cها"}))

    found = read(record).clause("1.1")

    assert found is not None
    assert found.text == Words(de="Alles ist verboten.", en="کتاب\u200cها")


def test_clauses_stand_in_the_order_people_count() -> None:
    found = read(document(clause("1.10"), clause("1.2"), clause("1.1")))

    assert [one.number for one in found.clauses] == ["1.1", "1.2", "1.10"]


def test_document_names_what_lacks_a_language_and_what_is_conduct() -> None:
    found = read(document(clause("1.1", text={"de": "Nur deutsch."}), clause("1.2", conduct=True)))

    assert found.untranslated == ("1.1",)
    assert found.conduct == ("1.2",)
    assert found.clause("1.1") is not None
    assert Words(de="Nur deutsch.").said("en-gb") == "Nur deutsch."


def test_document_knows_the_codes_of_the_rooms_below() -> None:
    assert sorted(ROLES) == sorted(Role.values)
    assert sorted(INTENTS) == sorted(Intent.values)
    assert sorted(VISIBILITIES) == sorted(Visible.values)
