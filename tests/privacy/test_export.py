"""Whoever asks gets everything that is held about the account, and nothing about others."""

from __future__ import annotations

import json

import pytest

from resonanz.core import clock
from resonanz.privacy import export, register
from resonanz.triage.models import Evaluation
from tests.privacy import holdings

pytestmark = pytest.mark.django_db


def test_export_hands_over_what_is_held_about_the_account_alone() -> None:
    question = holdings.post("p1", text="Wo bleibt mein Rad?")
    other = holdings.post("p2", author="bert", name="Bert Kahl", text="Meins auch")
    both = holdings.case(question, other)
    holdings.answer(question, both, "Es kommt, Frau Bolwieser")
    holdings.answer(other, both, "Ihres auch, Herr Kahl")
    holdings.wording(question, "Wo bleibt es?")
    holdings.answer(question, both, "Herr Kahl, wir prüfen. Und Frau Bolwieser: auch.", "DRAFT")
    holdings.note(both, "Kahl rief an")
    holdings.note(holdings.case(question, root_native_id="p3"), "Will ein Rad")
    Evaluation.objects.create(post=question, is_question=True, urgency=0.5, evaluated_at=clock.now())
    holdings.identity()

    held = export.export_account(network="memory", origin="", native_id="id-of-anna")

    text = json.dumps(held, ensure_ascii=False)
    for told in ("Wo bleibt mein Rad?", "Wo bleibt es?", "Es kommt, Frau Bolwieser", "Anna Bolwieser", "Will ein Rad"):
        assert told in text
    assert "Kahl" not in text
    assert "Meins auch" not in text
    assert held["tables"]["triage_evaluation"]["rows"][0]["urgency"] == 0.5


def test_export_covers_every_table_that_the_register_gives_out() -> None:
    exported = {table.name for table in register.tables() if table.exported}

    held = export.export_account(network="memory", origin="", native_id="nobody")

    assert set(held["tables"]) == exported
    assert all(table["rows"] == [] and table["purpose"] and table["kept"] for table in held["tables"].values())
    assert len(exported) > 8
