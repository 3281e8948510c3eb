"""What a connector declares about keeping reaches the day on which a post goes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.connections import terms
from resonanz.networks.contract import Capability, Entries, Limits
from resonanz.privacy import retention
from resonanz.privacy.models import Purpose

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


class Forgetful:
    name = "forgetful"
    title = "Forgetful"
    capabilities: frozenset[Capability] = frozenset()
    limits = Limits(keep_days=7, keep_source="forgetful.example/terms#4")
    asks_for = Entries()


def _day(network: str) -> date:
    with clock.moved_to(NOON):
        return retention.delete_on(purpose=Purpose.SERVICE, network=network, since=NOON)


def test_days_that_a_connector_declares_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_network_days", {})
    monkeypatch.setitem(registry._BY_NAME, "forgetful", Forgetful())
    assert _day("forgetful") == date(2028, 11, 15)

    terms.declare()

    assert _day("forgetful") == date(2026, 11, 23)
    assert _day("mastodon") == date(2028, 11, 15)


def test_of_two_declarations_the_fewest_days_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_network_days", {})
    for days in (30, 2, 10):
        retention.limit(network="forgetful", days=days)

    assert _day("forgetful") == date(2026, 11, 18)


def test_every_network_that_names_days_is_declared_at_the_start() -> None:
    named = {name for name in registry.names() if registry.connector(name).limits.keep_days}
    assert retention._network_days.keys() == named
