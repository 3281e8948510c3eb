from __future__ import annotations

from datetime import timedelta

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.guidelines.acknowledging import acknowledge
from resonanz.guidelines.models import Acknowledgement
from resonanz.guidelines.retention import delete_old_acknowledgements
from resonanz.privacy.retention import today
from tests.guidelines.documents import AGENTS_MAY, rules
from tests.guidelines.published import publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_starter")]


def test_acknowledgement_leaves_three_years_after_its_version_was_replaced() -> None:
    milan = User.objects.create_user("milan@nordhain.example", created_at=clock.now())
    now = clock.now()
    old, new = (
        publish(rules(AGENTS_MAY), version=version, effective_at=now - timedelta(days=days))
        for version, days in ((2, 2000), (3, 1000))
    )
    for version in (old, new):
        acknowledge(guideline_id=version.pk, user=milan)

    assert delete_old_acknowledgements(today(), 10) == 0
    with clock.moved_to(now + timedelta(days=96)):
        assert delete_old_acknowledgements(today(), 10) == 1
    assert [one.guideline_id for one in Acknowledgement.objects.all()] == [new.pk]
