"""The bench of webhooks measures a short run, and finds nothing lost in it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_bench_webhook_loses_nothing_in_a_short_run() -> None:
    command = [sys.executable, "-m", "resonanz", "bench", "webhook", "--json", "--rate", "30", "--seconds", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.stdout, done.stderr
    found = {figure["name"]: figure for figure in json.loads(done.stdout)["figures"]}
    assert found["deliveries sent"]["value"] == 30 * (3 + 2 + 10)
    losses = ("not answered with 200", "answered and not stored", "not taken in", "posts lost or doubled")
    assert {name: found[name]["value"] for name in losses} == dict.fromkeys(losses, 0)
    assert found["answer, p99"]["most"] > 0
