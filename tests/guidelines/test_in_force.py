from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from resonanz.accounts.models import Brand
from resonanz.core import clock
from resonanz.guidelines import in_force, starter
from resonanz.guidelines.compiling import compile
from resonanz.guidelines.document import read
from resonanz.guidelines.models import Guideline
from resonanz.guidelines.ruling import NO_RULE, Outcome
from tests.guidelines.documents import AGENTS_MAY, rules
from tests.guidelines.published import publish
from tests.guidelines.test_ruling import DRAFT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_starter")]


def test_version_in_force_is_the_one_whose_day_came_last() -> None:
    now = clock.now()
    publish(rules({"outcome": "FORBIDDEN"}), version=2, effective_at=now - timedelta(hours=1))
    publish(rules({"outcome": "ALLOWED"}), version=3, effective_at=now + timedelta(hours=1))

    before, after = (in_force.compiled(brand_id=None, at=now + timedelta(hours=hours)) for hours in (0, 2))

    assert before is not None
    assert after is not None
    assert (before.version, after.version) == (2, 3)
    assert in_force.ruling(draft=DRAFT).outcome is Outcome.FORBIDDEN


def test_brand_goes_by_its_own_guideline_and_else_by_the_companys() -> None:
    nord, sued = (Brand.objects.create(name=name) for name in ("Nord", "Süd"))
    publish(rules({"outcome": "NEEDS_APPROVAL"}), brand=nord)

    assert in_force.ruling(draft=DRAFT, brand_id=nord.pk).outcome is Outcome.NEEDS_APPROVAL
    assert in_force.ruling(draft=DRAFT, brand_id=sued.pk).outcome is Outcome.ALLOWED
    assert in_force.ruling(draft=DRAFT).outcome is Outcome.ALLOWED


def test_guideline_of_a_removed_brand_binds_nobody_and_can_still_be_read() -> None:
    brand = Brand.objects.create(name="Nord")
    version = publish(rules(AGENTS_MAY), brand=brand)
    brand_id = brand.pk

    brand.delete()

    assert in_force.ruling(draft=DRAFT).guideline_id != version.pk
    assert in_force.ruling(draft=DRAFT, brand_id=brand_id).guideline_id != version.pk
    assert in_force.clause_words(guideline_id=version.pk, clause="1.1", language="en") == "Sentence 1.1"
    version.refresh_from_db()
    assert (version.series, version.brand) == (brand_id, None)


def test_without_any_guideline_nothing_may_be_said() -> None:
    Guideline.objects.all().delete()

    ruling = in_force.ruling(draft=DRAFT)

    assert (ruling.outcome, ruling.clause, ruling.version) == (Outcome.FORBIDDEN, NO_RULE, 0)


def test_ruling_reads_the_guideline_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    in_force.ruling(draft=DRAFT)

    with django_assert_num_queries(1):
        in_force.ruling(draft=replace(DRAFT, text="Noch etwas."))


@pytest.mark.parametrize(("clause", "words"), [("1.1", "Satz 1.1"), ("9.9", "")])
def test_words_of_a_clause_are_found_by_version(clause: str, words: str) -> None:
    version = publish(rules(AGENTS_MAY), version=2)

    assert in_force.clause_words(guideline_id=version.pk, clause=clause, language="de") == words
    assert in_force.clause_words(guideline_id=None, clause=clause, language="de") == ""


def test_starter_is_put_in_place_once_and_stays() -> None:
    in_force.ensure_starter()
    in_force.ensure_starter()

    (only,) = Guideline.objects.filter(part="OFFICIAL")
    assert (only.version, only.is_starter, only.document) == (1, True, starter.OFFICIAL)


def test_newer_starter_becomes_the_next_version_only_where_nobody_wrote_their_own() -> None:
    Guideline.objects.all().delete()
    publish(rules(AGENTS_MAY), version=1, is_starter=True)

    in_force.ensure_starter()
    publish(rules(AGENTS_MAY), version=3)
    in_force.ensure_starter()

    found = Guideline.objects.filter(part="OFFICIAL").order_by("version")
    assert list(found.values_list("version", "is_starter")) == [(1, True), (2, True), (3, False)]


def test_published_version_never_changes() -> None:
    version = publish(rules(AGENTS_MAY), version=2)

    version.document = rules({"outcome": "FORBIDDEN"})
    with pytest.raises(ProgrammingError, match="never changes"), transaction.atomic():
        version.save()

    version.refresh_from_db()
    version.effective_at = clock.now()
    version.save()


def test_four_rules_of_earlier_releases_become_a_document() -> None:
    migration = import_module("resonanz.guidelines.migrations.0002_documents")
    earlier = [
        {"clause": "starter.nothing_said", "outcome": "FORBIDDEN", "only_blank": True},
        {"clause": "starter.colleagues_answer", "outcome": "ALLOWED", "roles": ["AGENT", "LEAD"]},
    ]

    compiled = compile(read(migration.as_document(earlier)), 1)

    assert [(rule.clause, rule.outcome, rule.roles, rule.only_blank) for rule in compiled.rules] == [
        ("1.1", Outcome.FORBIDDEN, (), True),
        ("1.2", Outcome.ALLOWED, ("AGENT", "LEAD"), False),
    ]
    assert compiled.words["1.2"].en == "Colleagues may answer."


def test_long_words_of_a_guideline_are_not_fetched_for_every_ruling() -> None:
    version = publish(rules(AGENTS_MAY), version=2)
    in_force.ruling(draft=DRAFT)

    with CaptureQueriesContext(connection) as asked:
        in_force.ruling(draft=DRAFT)
        in_force.clause_words(guideline_id=version.pk, clause="1.1", language="de")

    assert len(asked) == 2
    assert not [one["sql"] for one in asked if '"document"' in one["sql"] or '"earlier"' in one["sql"]]
