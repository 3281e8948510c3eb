"""What channels spend at networks that charge or ration, counted and held against a budget."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connections

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.connections import channels, spending
from resonanz.networks.contract import Capability, Entries, Limits
from resonanz.networks.metering import FREE, BudgetUsedUp, Period, Tariff, Unit, most_affordable
from resonanz.networks.models import Channel, Spending

NAME, RATIONED = "charging", "rationing"
CHARGED = Tariff(
    unit=Unit.MICRO_DOLLARS,
    period=Period.MONTH,
    budget=1_000_000,
    prices={"post_read": 5_000, "reply": 10_000, "nothing": 0},
    source="https://charging.example/prices",
    as_of=date(2026, 8, 22),
)
RATION = Tariff(
    unit=Unit.QUOTA,
    period=Period.DAY,
    budget=100,
    prices={"list": 1, "insert": 50},
    source="https://rationing.example/quota",
    as_of=date(2026, 8, 22),
    zone="America/Los_Angeles",
    is_shared=True,
)


class Charging:
    name = NAME
    title = "Charging"
    capabilities = frozenset({Capability.COSTS})
    limits = Limits()
    asks_for = Entries()
    tariff = CHARGED


class Rationing(Charging):
    name = RATIONED
    title = "Rationing"
    tariff = RATION


@pytest.fixture
def channel(db: None, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setitem(registry._BY_NAME, NAME, Charging())
    monkeypatch.setitem(registry._BY_NAME, RATIONED, Rationing())
    return channels.connect(network=NAME, name="Wir", is_live=True, actor=None)


def spent(channel: Channel) -> spending.Spent:
    found = spending.spent(channel=channel)
    assert found is not None
    return found


def test_uses_are_added_up_by_day_and_kind(channel: Channel) -> None:
    meter = channels.account_of(channel).meter
    with clock.moved_to(datetime(2026, 11, 16, 9, tzinfo=UTC)):
        meter.count("post_read", 3)
        meter.count("post_read", 2)
        meter.count("reply")
        meter.count("reply", 0)
    with clock.moved_to(datetime(2026, 11, 17, 9, tzinfo=UTC)):
        meter.count("post_read")
        found = spent(channel)

    assert found.cost == 3 * 5_000 + 2 * 5_000 + 10_000 + 5_000
    assert [(use.use, use.times, use.cost) for use in found.uses] == [("post_read", 6, 30_000), ("reply", 1, 10_000)]
    assert found.days == ((date(2026, 11, 16), 35_000), (date(2026, 11, 17), 5_000))
    assert (found.percent, found.is_low, found.is_used_up) == (4, False, False)


def test_budget_begins_anew_with_the_month(channel: Channel) -> None:
    meter = channels.account_of(channel).meter
    with clock.moved_to(datetime(2026, 11, 30, 23, 59, tzinfo=UTC)):
        meter.count("post_read", 200)
        assert meter.affords("post_read") == 0
        assert meter.until_anew() == timedelta(minutes=1)
    with clock.moved_to(datetime(2026, 12, 1, 0, 0, tzinfo=UTC)):
        assert meter.affords("post_read") == 200
        assert spent(channel).cost == 0


def test_reading_stops_before_the_budget_is_exceeded(channel: Channel) -> None:
    meter = channels.account_of(channel).meter
    with clock.moved_to(datetime(2026, 11, 16, 9, tzinfo=UTC)):
        meter.count("post_read", 193)
        assert most_affordable(meter, "post_read", most=100, least=5) == 7
        meter.count("post_read", 3)
        with pytest.raises(BudgetUsedUp) as used_up:
            most_affordable(meter, "post_read", most=100, least=5)
    assert used_up.value.seconds == timedelta(days=14, hours=15).total_seconds()
    assert most_affordable(meter, "nothing", most=100) == 100


def test_answers_go_on_unless_the_channel_stops_altogether(channel: Channel) -> None:
    channels.account_of(channel).meter.count("post_read", 200)
    assert channels.account_of(channel).meter.lets_answer()

    channel.settings = {spending.AT_THE_END: spending.STOP_ALL}

    assert not channels.account_of(channel).meter.lets_answer()
    channel.settings |= {spending.BUDGET: "1000001"}
    assert channels.account_of(channel).meter.lets_answer()


@pytest.mark.parametrize(("typed", "percent"), [("", 80), ("1600000", 50), ("-1", 80), ("many", 80), ("9" * 40, 80)])
def test_budget_is_what_somebody_set_and_else_the_usual_one(channel: Channel, typed: str, percent: int) -> None:
    channel.settings = {spending.BUDGET: typed}
    channels.account_of(channel).meter.count("post_read", 160)

    assert spent(channel).percent == percent
    assert spent(channel).is_low is (percent >= 80)


def test_budget_of_nothing_is_used_up(channel: Channel) -> None:
    channel.settings = {spending.BUDGET: "0"}

    assert spent(channel).is_used_up
    assert channels.account_of(channel).meter.affords("post_read") == 0


def test_day_of_the_network_is_not_ours_and_its_channels_share_the_budget(channel: Channel) -> None:
    one = channels.connect(network=RATIONED, name="Eins", is_live=True, actor=None)
    other = channels.connect(network=RATIONED, name="Zwei", is_live=True, actor=None)
    with clock.moved_to(datetime(2026, 11, 16, 7, 59, tzinfo=UTC)):  # 23:59 of the day before there
        channels.account_of(one).meter.count("insert")
        channels.account_of(other).meter.count("list", 10)
        assert channels.account_of(one).meter.affords("insert") == 0
        assert spent(other).cost == 60
        assert channels.account_of(one).meter.until_anew() == timedelta(minutes=1)
    with clock.moved_to(datetime(2026, 11, 16, 8, 0, tzinfo=UTC)):
        assert channels.account_of(other).meter.affords("insert") == 2
    assert set(Spending.objects.values_list("day", flat=True)) == {date(2026, 11, 15)}


def test_amounts_are_typed_and_read_in_dollars_or_units(channel: Channel) -> None:
    assert spending.typed_budget(Decimal("12.50"), CHARGED) == "12500000"
    assert spending.as_amount(12_500_000, CHARGED) == Decimal("12.5")
    assert spending.typed_budget(Decimal(9_000), RATION) == "9000"
    assert spending.as_amount(9_000, RATION) == Decimal(9_000)
    for wrong in (Decimal(-1), Decimal("1e30"), Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(ValueError):  # noqa: PT011
            spending.typed_budget(wrong, CHARGED)


def test_network_that_charges_nothing_has_no_meter(db: None) -> None:
    free = channels.connect(network="feeds", name="Forum", is_live=True, actor=None)

    assert channels.account_of(free).meter is FREE
    assert spending.spent(channel=free) is None
    FREE.count("anything")
    assert (FREE.affords("anything") > 10_000, FREE.lets_answer(), FREE.until_anew()) == (True, True, timedelta())


def test_old_counts_are_forgotten(channel: Channel) -> None:
    with clock.moved_to(datetime(2026, 11, 16, 9, tzinfo=UTC)):
        channels.account_of(channel).meter.count("post_read")

    assert spending.delete_due(date(2026, 11, 16) + timedelta(days=spending.KEEP_DAYS), 10) == 0
    assert spending.delete_due(date(2026, 11, 17) + timedelta(days=spending.KEEP_DAYS), 10) == 1


@pytest.mark.django_db(transaction=True)
def test_counts_of_many_at_once_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._BY_NAME, NAME, Charging())
    made = channels.connect(network=NAME, name="Wir", is_live=True, actor=None)
    meter = channels.account_of(made).meter

    def count() -> None:
        try:
            for _ in range(25):
                meter.count("post_read", 2)
        finally:
            connections.close_all()

    counting = [threading.Thread(target=count) for _ in range(4)]
    for one in counting:
        one.start()
    for one in counting:
        one.join()

    (row,) = Spending.objects.filter(channel=made)
    assert (row.times, row.cost) == (200, 1_000_000)
