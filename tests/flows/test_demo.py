"""The demo world on the real product: its past is played once, even when interrupted, and its present goes on."""

from __future__ import annotations

import shutil
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from resonanz.core import clock
from resonanz.ops.demo_world import progress
from resonanz.ops.demo_world.lines import lines
from resonanz.ops.demo_world.living import Living
from resonanz.ops.demo_world.practice import Practice
from tests.flows.product import Product
from tests.networks.memory_process import MemoryProcess

_CAPTURED = """
SELECT count(*), n.state, count(DISTINCT c.identity_id)
FROM service_case c JOIN networks_channel n ON n.id = c.channel_id
WHERE n.network = 'capture' AND c.state = 'OPEN' GROUP BY n.state
"""


class Clock:
    """Seconds as a test wants them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def prepare(product: Product, practice: MemoryProcess) -> list[str]:
    """The words of the command that plays the past."""
    return ["prepare-demo", "--memory-url", practice.url, "--network-file", str(practice.file)]


def said(practice: MemoryProcess) -> list[dict[str, Any]]:
    """Every public post on the network, oldest first."""
    reader = practice.open_account(f"reader{uuid.uuid4().hex[:8]}")
    found: list[dict[str, Any]] = []
    after = 0
    while events := practice.call("GET", f"/events?after={after}&limit=500", reader.secret)["events"]:
        after = events[-1]["seq"]
        found += [event["post"] for event in events if event.get("post")]
    return found


def living(practice: MemoryProcess, folder: Path, now: Clock) -> Living:
    return Living(Practice.at(url=practice.url, file=practice.file), folder, speed=1000.0, now=now)


@pytest.mark.slow
def test_past_is_played_once_though_it_was_interrupted(
    product: Product, practice: MemoryProcess, tmp_path: Path
) -> None:
    product.more["RESONANZ_DATA"] = str(_with_key(product, tmp_path))
    product.start("prepare", *prepare(product, practice))
    _wait_for_answers(product, 10)
    product.kill("prepare")

    product.command(*prepare(product, practice))
    product.command(*prepare(product, practice))

    late = product.rows("SELECT 1 FROM service_case WHERE state = 'OPEN' AND answer_due_at < now()")
    waiting = product.rows("SELECT 1 FROM service_case WHERE state = 'OPEN'")
    resolved = product.rows("SELECT 1 FROM service_case WHERE state = 'RESOLVED'")
    assert 3 <= len(late) <= 8  # those that are soon due go on while the past is played
    assert 25 <= len(waiting) <= 40
    assert len(resolved) > 100
    assert product.rows("SELECT DISTINCT state FROM service_outgoing") == [("SENT",)]
    assert product.rows("SELECT count(*) FROM accounts_user") == [(7,)]
    assert product.rows(_CAPTURED) == [(3, "ACTIVE", 3)]
    assert _holes(product) == [("Shop-Bewertungen",)]
    assert product.rows("SELECT 1 FROM service_case WHERE first_reply_at - opened_at > interval '5 hours'")
    texts = Counter((post["author"]["handle"], post["text"]) for post in said(practice))
    assert [text for text, times in texts.items() if times > 1] == []


def test_strangers_speak_in_order_and_never_twice(practice: MemoryProcess, tmp_path: Path) -> None:
    now = Clock()
    world = living(practice, tmp_path, now)
    world.look()
    assert said(practice) == []

    for _ in range(5):
        now.seconds += 100
        world.look()
    again = living(practice, tmp_path, now)
    now.seconds += 100
    again.look()

    told = [post["text"] for post in said(practice)]
    expected = sorted((line for line in lines() if line.live is not None), key=lambda line: (line.live or 0, line.id))
    assert told == [line.text for line in expected[:6]]


def test_stranger_reacts_to_an_answer_once(practice: MemoryProcess, tmp_path: Path) -> None:
    ours = Practice.at(url=practice.url, file=practice.file).play(
        [{"act": "token", "handle": "nordhain", "name": "Nordhain"}]
    )[0]
    now = Clock()
    world = living(practice, tmp_path, now)
    answered = _first_with_words(world, now, practice)
    answer = practice.call("POST", "/posts", ours["token"], text="We look into it.", parent_id=answered["id"])

    end = clock.monotonic() + 60
    while clock.monotonic() < end and not (
        found := [one for one in said(practice) if one["parent_id"] == answer["id"]]
    ):
        world.look()
        clock.sleep(0.1)
    living(practice, tmp_path, now).look()

    assert [one["author"]["handle"] for one in found] == [answered["author"]["handle"]]
    assert len([one for one in said(practice) if one["parent_id"] == answer["id"]]) == 1


def test_living_world_bears_a_network_that_is_away(practice: MemoryProcess, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "resonanz", "demo", "--speed", "100", "--memory-url", practice.url]
    command += ["--network-file", str(practice.file), "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        _until(lambda: len(said(practice)) > 2)
        before = len(said(practice))  # not later: on a slow machine all is said before anybody has counted
        practice.kill()
        clock.sleep(0.5)
        practice.start()
        _until(lambda: len(said(practice)) > before)
        process.terminate()
        assert process.wait(60) == 0
    assert progress.load(tmp_path / "data").said >= before


def _first_with_words(world: Living, now: Clock, practice: MemoryProcess) -> dict[str, Any]:
    """Let strangers speak until one has spoken who reacts with words."""
    by_text = {line.text: line for line in lines()}
    for _ in range(100):
        now.seconds += 100
        world.look()
        newest = said(practice)[-1]
        reaction = by_text[newest["text"]].reaction
        if reaction and isinstance(reaction[0], str) and reaction[0]:
            return newest
    raise AssertionError("nobody reacts with words")


def _holes(product: Product) -> list[tuple[object, ...]]:
    return product.rows(
        "SELECT name FROM networks_channel c WHERE NOT EXISTS (SELECT 1 FROM duties_responsibility r WHERE intent = ''"
        " AND topic_id IS NULL AND (channel_id = c.id OR (channel_id IS NULL AND r.network IN ('', c.network))))"
    )


def _wait_for_answers(product: Product, number: int) -> None:
    _until(lambda: len(product.rows("SELECT 1 FROM service_outgoing WHERE state = 'SENT'")) >= number, seconds=240)


def _with_key(product: Product, tmp_path: Path) -> Path:
    """A data folder of its own, which remembers how far the world was played, with the template's key."""
    folder = tmp_path / "data"
    shutil.copytree(product.data, folder)
    return folder


def _until(holds: Any, *, seconds: float = 60.0) -> None:
    end = clock.monotonic() + seconds
    while not holds():
        assert clock.monotonic() < end, f"not within {seconds} seconds"
        clock.sleep(0.2)
