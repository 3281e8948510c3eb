from __future__ import annotations

import urllib.error
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.networks.memory_process import MemoryProcess

from resonanz.core import clock
from resonanz.networks.memory.world import control_file, control_word


def play(practice: MemoryProcess, *acts: dict[str, Any]) -> list[dict[str, Any]]:
    """Acts of the demo world, with its permission."""
    word = control_file(practice.file).read_text("ascii")
    done: list[dict[str, Any]] = practice.call("POST", "/_world", word, acts=list(acts))["done"]
    return done


def say(key: str, text: str, **more: object) -> dict[str, Any]:
    return {"act": "say", "key": key, "by": "jonas", "name": "Jonas", "text": text, **more}


def test_world_without_the_control_word_is_refused(memory_network: MemoryProcess) -> None:
    token = memory_network.open_account("selin").secret

    with pytest.raises(urllib.error.HTTPError, match="403"):
        memory_network.call("POST", "/_world", token, acts=[say("a", "hello")])


def test_control_word_is_made_once_also_after_a_killed_beginning(tmp_path: Path) -> None:
    file = tmp_path / "practice.sqlite3"
    control_file(file).touch()
    made = control_word(file)
    assert len(made) >= 24
    assert control_word(file) == made


def test_world_says_each_key_once(memory_network: MemoryProcess) -> None:
    first = play(memory_network, say("a", "hello"), say("b", "again"))

    assert play(memory_network, say("a", "hello"), say("b", "again")) == first
    reader = memory_network.open_account("reader")
    assert len(memory_network.call("GET", "/events?after=0", reader.secret)["events"]) == 2


def test_world_speaks_in_the_past_but_never_in_the_future(memory_network: MemoryProcess) -> None:
    then = clock.now() - timedelta(days=3)

    play(memory_network, {"act": "clock", "at": then.isoformat()}, say("a", "hello"), {"act": "clock", "at": ""})

    reader = memory_network.open_account("reader")
    event = memory_network.call("GET", "/events?after=0", reader.secret)["events"][0]
    assert event["post"]["posted_at"] == event["at"] == then.isoformat(timespec="microseconds")
    for moment in (clock.now() + timedelta(hours=1), clock.now() - timedelta(days=90)):
        with pytest.raises(urllib.error.HTTPError, match="422"):
            play(memory_network, {"act": "clock", "at": moment.isoformat()})


def test_world_sees_our_answers_and_changes_its_words(memory_network: MemoryProcess) -> None:
    ours_too = {"act": "token", "handle": "nordhain", "name": "Nordhain"}
    (ours, said) = play(memory_network, ours_too, say("a", "@nordhain hi"))
    answer = memory_network.call("POST", "/posts", ours["token"], text="Good day.", parent_id=said["id"])

    (seen,) = play(memory_network, {"act": "answers", "by": "nordhain", "after": 0})
    play(memory_network, {"act": "edit", "key": "a", "text": "thanks"}, {"act": "delete", "key": "a"})
    play(memory_network, {"act": "edit", "key": "a", "text": "too late"})

    assert [(str(one["id"]), one["to_key"], one["to_handle"]) for one in seen["answers"]] == [
        (answer["id"], "a", "jonas")
    ]
    kinds = [event["type"] for event in memory_network.call("GET", "/events?after=0&limit=50", ours["token"])["events"]]
    assert kinds == ["withdrawn", "posted", "counted", "withdrawn", "deleted"]
