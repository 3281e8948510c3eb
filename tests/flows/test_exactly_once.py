from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path

import pytest

from resonanz.core import clock
from tests.flows.product import Product, wait_until
from tests.networks.memory_process import MemoryProcess

ROOT = Path(__file__).resolve().parents[2]
WORKER_KILLS = int(os.environ.get("RESONANZ_TEST_KILLS", "8"))


@pytest.mark.slow
def test_reply_stands_once_though_its_sender_is_killed_200_times(product: Product, practice: MemoryProcess) -> None:
    asked = _prepare(product, practice, questions=250)
    practice.trouble("random", probability=1.0, modes=["slow"], seconds=0.02, method="POST", seed=5)

    done = subprocess.run(
        [sys.executable, "-m", "tests.flows.outbox_killing", "200", "11"],
        cwd=ROOT, env=product.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["states"] == ["SENT"]
    assert outcome["killed_sending"] >= 20, "the kills did not meet enough senders at work"
    assert _answers(practice) == Counter({f"Answer to {post_id}": 1 for post_id in asked})


@pytest.mark.slow
def test_reply_stands_once_though_the_worker_process_is_killed(product: Product, practice: MemoryProcess) -> None:
    chance = random.Random(3)
    asked = _prepare(product, practice, questions=WORKER_KILLS * 8)
    practice.trouble("random", probability=1.0, modes=["slow"], seconds=0.2, method="POST", seed=5)
    subprocess.run(
        [sys.executable, "-m", "tests.flows.outbox_killing", "0", "1"], cwd=ROOT,
        env=product.environment | {"RESONANZ_TEST_ONLY_QUEUE": "1"}, capture_output=True, check=True,
    )  # fmt: skip

    for _ in range(WORKER_KILLS):
        product.start("outbox", "worker", "--queue", "outbox", "--concurrency", "1")
        before = _sent(product)
        wait_until(lambda before=before: _sent(product) > before or not _moving(product), seconds=120)
        clock.sleep(chance.uniform(0.0, 0.5))
        product.kill("outbox")
    product.start("outbox", "worker", "--queue", "outbox")
    wait_until(lambda: not _moving(product), seconds=240)

    assert _answers(practice) == Counter({f"Answer to {post_id}": 1 for post_id in asked})


def _prepare(product: Product, practice: MemoryProcess, *, questions: int) -> list[str]:
    product.more["RESONANZ_OUTBOX_LEASE_SECONDS"] = "2"
    product.command("prepare-demo", "--small", "--memory-url", practice.url)
    stranger = practice.open_account("stranger")
    for number in range(questions):
        practice.say(stranger, f"@nordhain Do you deliver to house number {number}?")
    return [str(post["id"]) for post in _posts(practice) if "@nordhain" in post["text"]]


def _answers(practice: MemoryProcess) -> Counter[str]:
    """What stands on the network in reply to anything."""
    return Counter(post["text"] for post in _posts(practice) if post.get("parent_id"))


def _posts(practice: MemoryProcess) -> list[dict[str, str]]:
    """Everything that was said there, as a newcomer reads it, page by page."""
    reader = practice.open_account(f"reader{uuid.uuid4().hex[:8]}")
    found: list[dict[str, str]] = []
    after = 0
    while events := practice.call("GET", f"/events?after={after}&limit=500", reader.secret)["events"]:
        after = events[-1]["seq"]
        found += [event["post"] for event in events if event.get("post")]
    return found


def _sent(product: Product) -> int:
    return len(product.rows("SELECT 1 FROM service_outgoing WHERE state = 'SENT'"))


def _moving(product: Product) -> int:
    return len(product.rows("SELECT 1 FROM service_outgoing WHERE state IN ('QUEUED', 'SENDING', 'UNKNOWN')"))
