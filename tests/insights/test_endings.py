from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from resonanz.core import clock
from resonanz.insights import days, endings
from resonanz.networks.models import Channel
from resonanz.service.models import Aftermath, Case, Outcome

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Berlin")


def silent(native_id: str, *, ago: timedelta) -> Aftermath:
    channel, _ = Channel.objects.get_or_create(
        name="Nordhain", defaults={"network": "memory", "created_at": clock.now()}
    )
    case = Case.objects.create(
        channel=channel, network=channel.network, root_native_id=native_id, visibility="PUBLIC", intent="OTHER",
        opened_at=clock.now(),
        last_post_at=clock.now(),
    )  # fmt: skip
    return Aftermath.objects.create(case=case, outcome=Outcome.SILENT, at=clock.now() - ago)


def test_endings_counts_each_outcome_of_four_weeks_in_one_query(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    today = clock.now() - days.beginning(clock.today(ZONE), ZONE)
    first = silent("1", ago=today + timedelta(days=endings.SHOWN_DAYS - 1) - timedelta(minutes=1))
    silent("2", ago=today + timedelta(days=endings.SHOWN_DAYS))
    now = silent("3", ago=timedelta(0))

    with django_assert_num_queries(1):  # type: ignore[operator]
        found = endings.endings(zone=ZONE)

    assert found.counts == {Outcome.THANKED: 0, Outcome.TURNED: 0, Outcome.SILENT: 2, Outcome.LEFT: 0}
    assert found.total == 2
    assert list(endings.behind(outcome=Outcome.SILENT, zone=ZONE)) == [now, first]
