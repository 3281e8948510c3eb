"""The budget of a channel: kept, shared where the network rations all channels together, and foreseen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError
from tests.networks.test_spending import CHARGED, NAME, RATIONED, Charging, Rationing

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.connections import budgets, channels, spending
from resonanz.networks.connections.spending import AT_THE_END, BUDGET
from resonanz.networks.errors import Unsupported
from resonanz.networks.models import Channel
from resonanz.privacy.models import AuditRecord

pytestmark = pytest.mark.django_db
MIDDLE = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._BY_NAME, NAME, Charging())
    monkeypatch.setitem(registry._BY_NAME, RATIONED, Rationing())


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())


def channel(network: str = NAME, name: str = "Wir") -> Channel:
    return channels.connect(network=network, name=name, settings={"words": "rad"}, is_live=True, actor=None)


def budget_of(found: Channel) -> int:
    found.refresh_from_db()
    tariff = spending.tariff_of(found.network)
    assert tariff is not None
    return spending.budget_of(found, tariff)


def spent(found: Channel) -> spending.Spent:
    known = spending.spent(channel=found)
    assert known is not None
    return known


def test_budget_is_kept_beside_the_other_settings_and_who_set_it_is_on_record(ada: User) -> None:
    found = channel()

    budgets.keep(channel_id=found.pk, amount=Decimal("12.50"), stops_all=True, actor=ada)

    assert budget_of(found) == 12_500_000
    assert found.settings == {"words": "rad", BUDGET: "12500000", AT_THE_END: "stop_all"}
    assert AuditRecord.objects.filter(act="channel.settings_changed").count() == 1
    budgets.keep(channel_id=found.pk, amount=Decimal(0), stops_all=False, actor=ada)
    assert (budget_of(found), found.settings[AT_THE_END]) == (0, "")


def test_shared_budget_is_changed_for_all_channels_or_for_none(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = channel(RATIONED, "Erster"), channel(RATIONED, "Zweiter")

    def stop_at_second(*, channel_id: int, **more: Any) -> None:
        if channel_id == second.pk:
            raise OperationalError
        channels.change_settings(channel_id=channel_id, **more)

    monkeypatch.setattr("resonanz.networks.connections.budgets.change_settings", stop_at_second)
    with pytest.raises(OperationalError):
        budgets.keep(channel_id=second.pk, amount=Decimal(5), stops_all=False, actor=ada)

    first.refresh_from_db()
    assert BUDGET not in first.settings


def test_shared_budget_is_that_of_all_channels_of_the_network_also_of_later_ones(ada: User) -> None:
    one, other, elsewhere = channel(RATIONED, "Eins"), channel(RATIONED, "Zwei"), channel()

    budgets.keep(channel_id=one.pk, amount=Decimal(60), stops_all=True, actor=ada)
    later = channel(RATIONED, "Drei")

    assert [budget_of(found) for found in (one, other, later, elsewhere)] == [60, 60, 60, CHARGED.budget]
    assert AT_THE_END not in other.settings
    channels.account_of(other).meter.count("list", 60)
    assert channels.account_of(later).meter.affords("list") == 0


def test_where_nothing_costs_there_is_no_budget(ada: User) -> None:
    with pytest.raises(Unsupported):
        budgets.keep(channel_id=channel("feeds").pk, amount=Decimal(1), stops_all=False, actor=ada)
    assert budgets.by_day(channel=Channel.objects.get()) == []


def test_days_on_which_nothing_was_spent_are_there_too() -> None:
    found = channel()
    for day in (1, 14, 16):
        with clock.moved_to(datetime(2026, 11, day, 9, tzinfo=UTC)):
            channels.account_of(found).meter.count("post_read", day)
    with clock.moved_to(MIDDLE):
        days = budgets.by_day(channel=found)

    assert (len(days), days[0][0], days[-1]) == (28, date(2026, 10, 20), (date(2026, 11, 16), 80_000))
    assert [cost for _day, cost in days if cost] == [5_000, 70_000, 80_000]


def test_pace_of_the_first_half_is_that_of_the_second() -> None:
    found = channel()
    with clock.moved_to(MIDDLE):
        channels.account_of(found).meter.count("post_read", 120)
        assert budgets.foreseen(spent(found), clock.now()) == 1_200_000
        assert budgets.ends_at(spent(found), clock.now()) == datetime(2026, 11, 26, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(("reads", "moment"), [(120, datetime(2026, 11, 2, 9, tzinfo=UTC)), (100, MIDDLE), (0, MIDDLE)])
def test_end_is_not_foreseen_where_it_is_too_early_or_the_budget_lasts(reads: int, moment: datetime) -> None:
    found = channel()
    with clock.moved_to(moment):
        channels.account_of(found).meter.count("post_read", reads)
        assert budgets.ends_at(spent(found), clock.now()) is None
        is_early = moment != MIDDLE
        assert (budgets.foreseen(spent(found), clock.now()) is None) is is_early


def test_budget_that_is_used_up_has_ended_already() -> None:
    found = channel()
    with clock.moved_to(MIDDLE):
        channels.account_of(found).meter.count("post_read", 300)
        assert budgets.ends_at(spent(found), clock.now()) is None
