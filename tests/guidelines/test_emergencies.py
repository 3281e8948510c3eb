from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from resonanz.accounts.models import Brand, Role, User
from resonanz.core import clock
from resonanz.guidelines import in_force
from resonanz.guidelines.acknowledging import Why, acknowledge, may_send
from resonanz.guidelines.document import RuleSpec, read
from resonanz.guidelines.emergencies import rule_at_once
from resonanz.guidelines.fields import Words
from resonanz.guidelines.models import Guideline
from resonanz.guidelines.ruling import Outcome
from resonanz.guidelines.versions import BrandGone
from tests.guidelines.documents import AGENTS_MAY, rules
from tests.guidelines.published import publish
from tests.guidelines.test_ruling import DRAFT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_starter")]
RECALL = Words(de="Zum Rückruf antwortet nur die Presse.", en="Only the press team answers on the recall.")
FORBIDDEN = RuleSpec(outcome=Outcome.FORBIDDEN, topics=(7,))
ON_TOPIC = replace(DRAFT, topic_ids=frozenset({7}))
HOUR = timedelta(hours=1)


@pytest.fixture
def nele() -> User:
    return User.objects.create_user("nele@nordhain.example", name="Nele", role=Role.LEAD, created_at=clock.now())


def test_emergency_rule_bites_at_once_and_names_its_clause(nele: User) -> None:
    publish(rules(AGENTS_MAY), version=2, effective_at=clock.now() - HOUR)
    assert in_force.ruling(draft=ON_TOPIC).outcome is Outcome.ALLOWED

    (made,) = rule_at_once(text=RECALL, rule=FORBIDDEN, actor=nele)

    ruling = in_force.ruling(draft=ON_TOPIC)
    assert (ruling.outcome, ruling.clause, ruling.version) == (Outcome.FORBIDDEN, "2.1", 3)
    assert in_force.clause_words(guideline_id=ruling.guideline_id, clause="2.1", language="de") == RECALL.de
    assert in_force.ruling(draft=DRAFT).outcome is Outcome.ALLOWED
    assert (made.is_emergency, made.is_starter) == (True, False)


def test_version_published_for_tomorrow_does_not_take_it_away(nele: User) -> None:
    publish(rules(AGENTS_MAY), version=2, effective_at=clock.now() - HOUR)
    publish(rules(AGENTS_MAY, {"outcome": "ALLOWED"}), version=3, effective_at=clock.now() + 24 * HOUR)

    made = rule_at_once(text=RECALL, rule=FORBIDDEN, actor=nele)

    assert [one.version for one in made] == [4, 5]
    with clock.moved_to(clock.now() + 25 * HOUR):
        ruling = in_force.ruling(draft=ON_TOPIC)
        assert (ruling.outcome, ruling.version) == (Outcome.FORBIDDEN, 5)


def test_companys_emergency_holds_for_every_brand(nele: User) -> None:
    with_own, without, gone = (Brand.objects.create(name=name) for name in ("Nord", "Süd", "Alt"))
    for brand in (with_own, gone):
        publish(rules(AGENTS_MAY), brand=brand)
    gone.delete()

    made = rule_at_once(text=RECALL, rule=FORBIDDEN, actor=nele)

    assert len(made) == 2
    for brand in (with_own, without):
        assert in_force.ruling(draft=ON_TOPIC, brand_id=brand.pk).outcome is Outcome.FORBIDDEN


def test_brands_emergency_holds_for_that_brand_alone(nele: User) -> None:
    brand = Brand.objects.create(name="Nord")

    rule_at_once(text=RECALL, rule=FORBIDDEN, actor=nele, brand_id=brand.pk)
    with pytest.raises(BrandGone):
        rule_at_once(text=RECALL, rule=FORBIDDEN, actor=nele, brand_id=brand.pk + 1)

    assert in_force.ruling(draft=ON_TOPIC, brand_id=brand.pk).outcome is Outcome.FORBIDDEN
    assert in_force.ruling(draft=ON_TOPIC).outcome is Outcome.ALLOWED


def test_further_emergency_rule_gets_the_next_number(nele: User) -> None:
    publish(rules(AGENTS_MAY), version=2, effective_at=clock.now() - HOUR)

    for _ in range(2):
        rule_at_once(text=RECALL, rule=FORBIDDEN, actor=nele)

    newest = Guideline.objects.get(version=4)
    assert [clause.number for clause in read(newest.document).clauses] == ["1.1", "2.1", "2.2"]


def test_emergency_leaves_the_day_to_acknowledge(nele: User) -> None:
    milan = User.objects.create_user("milan@nordhain.example", name="Milan", created_at=clock.now())
    earlier = publish(rules(AGENTS_MAY), version=2, effective_at=clock.now() - 50 * HOUR)
    acknowledge(guideline_id=earlier.pk, user=milan)

    rule_at_once(text=RECALL, rule=FORBIDDEN, actor=nele)

    assert may_send(user=milan, brand_id=None).why == Why.DAY_LEFT
    assert may_send(user=nele, brand_id=None).why == Why.GIVEN
    with clock.moved_to(clock.now() + 25 * HOUR):
        assert may_send(user=milan, brand_id=None).why == Why.MISSING
