"""`resonanz status` tells what channels spent, and warns before it is all."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from resonanz.core import clock
from resonanz.networks.connections import channels
from resonanz.networks.connections.channels import account_of
from resonanz.networks.models import Application
from resonanz.ops.health import status

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (100, "Spent on Wir: 0.1 of 20 USD, 0 %\n"),
        (16_000, "Spent on Wir: 16 of 20 USD, 80 %, nearly used up\n"),
        (20_000, "Spent on Wir: 20 of 20 USD, 100 %, used up\n"),
    ],
)
def test_spending_is_told_and_warned_of(
    times: int, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))
    channels.connect(network="feeds", name="Forum", actor=None)
    made = channels.connect(network="x", name="Wir", actor=None)
    account_of(made).meter.count("owned_read", times)

    assert told in CliRunner().invoke(status).output
    (found,) = json.loads(CliRunner().invoke(status, ["--json"]).output)["spending"]
    assert (found["channel"], found["percent"]) == ("Wir", times // 200)


def test_keys_that_a_network_refuses_are_told_as_stuck(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))
    now = clock.now()
    Application.objects.create(network="x", sealed=b"", registered_at=now, changed_at=now, refused_at=now)

    assert "Stuck: application at x: its keys are refused (1) since" in CliRunner().invoke(status).output
