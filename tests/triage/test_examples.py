"""The examples of our own: whole, without repeats, and apart from those that judges are measured on."""

from __future__ import annotations

import json
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from resonanz.triage.datasets import key_of
from resonanz.triage.judges import TASKS

FOLDER = Path(str(resources.files("resonanz.triage") / "examples"))
LABELS = {task.label for task in TASKS} - {"sentiment"}
FILES = sorted(FOLDER.rglob("*.jsonl"))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples_are_whole(path: Path) -> None:
    for line in _lines(path):
        assert line["lang"] in {"de", "en"}
        assert line["text"].strip()
        if "labels" in line:
            assert set(line["labels"]) <= LABELS
            assert line["sentiment"] in {"negative", "neutral", "positive"}
            assert line["looks_like"] not in line["labels"]


def test_nothing_that_is_measured_on_is_learnt_from() -> None:
    learnt = [key_of(line["text"]) for path in FOLDER.glob("*.jsonl") for line in _lines(path)]
    measured = {key_of(line["text"]) for path in (FOLDER / "kept_apart").glob("*.jsonl") for line in _lines(path)}

    assert not measured & set(learnt)


def test_no_example_stands_twice() -> None:
    keys = Counter(key_of(line["text"]) for path in FILES for line in _lines(path))

    assert [key for key, times in keys.items() if times > 1] == []


def test_half_of_the_examples_of_declarations_only_look_like_one() -> None:
    lines = [line for path in FOLDER.glob("declarations*_de.jsonl") for line in _lines(path)]

    holding = sum("declaration" in line["labels"] for line in lines)

    assert len(lines) >= 300
    assert 0.45 < holding / len(lines) < 0.55
    assert Counter(line["kind"] for line in lines if "declaration" in line["labels"]).keys() >= {
        "withdrawal",
        "termination",
        "deadline",
        "data_request",
        "objection",
        "accident",
    }
