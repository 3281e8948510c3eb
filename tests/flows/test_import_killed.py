from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from resonanz.core import clock
from tests.flows.product import Product

LINES = int(os.environ.get("RESONANZ_TEST_IMPORT_LINES", "6000"))
KILLS = int(os.environ.get("RESONANZ_TEST_KILLS", "8"))


@pytest.mark.slow
def test_import_killed_at_any_moment_and_started_again_stores_each_post_once(product: Product, tmp_path: Path) -> None:
    chance = random.Random(17)
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(_line(number) for number in range(LINES)), "utf-8")
    product.command("status")  # whatever is loaded once is loaded
    whole = LINES / 1500 + 5.0

    for _ in range(KILLS):
        process = _start(product, file)
        clock.sleep(chance.uniform(0.5, whole))
        process.kill()
        process.wait()
    assert _start(product, file).wait() == 0

    assert product.rows("SELECT count(*), count(DISTINCT native_id) FROM listening_post") == [(LINES, LINES)]
    assert product.rows("SELECT count(*) FROM triage_evaluation") == [(LINES,)]
    assert product.rows("SELECT count(*), count(DISTINCT root_native_id) FROM service_case") == [(LINES // 4,) * 2]
    assert product.rows("SELECT count(*) FROM people_identity") == [(min(LINES // 4, 250),)]


def _line(number: int) -> str:
    """Every post is addressed to us; three of four belong to the thread of the fourth."""
    root = f"p{number - number % 4}"
    said = {
        "type": "posted",
        "network": "files",
        "origin": "killed.example",
        "id": f"p{number}",
        "author": {"id": f"a{number // 4 % 250}", "handle": f"somebody{number // 4 % 250}"},
        "text": f"Wann kommt Paket {number} endlich an? Das ist doch kein Service.",
        "posted_at": "2026-11-01T10:00:00+01:00",
        "root_id": root,
        "addressed": True,
    }
    return json.dumps(said) + "\n"


def _start(product: Product, file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "resonanz", "import", str(file)], env=product.environment, stdout=subprocess.DEVNULL
    )
