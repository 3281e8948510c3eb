"""How far the demo world was played, in the data folder, so that a restart goes on and never repeats itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_FILE = "demo-world.json"


@dataclass(slots=True)
class Progress:
    """`said` lines of the present were said; our answers up to the post `seen` were noticed; `waiting` reactions.

    A waiting one is {"answer", "key", "handle", "private", "at"}: ids and a moment, no words. `turns` counts by line
    how often its author has reacted.
    """

    prepared: bool = False
    said: int = 0
    seen: int = 0
    waiting: list[dict[str, Any]] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    turns: dict[str, int] = field(default_factory=dict)


def has_demo(folder: Path) -> bool:
    """Whether a demonstration was begun in this data folder."""
    return (folder / _FILE).exists()


def is_prepared(folder: Path) -> bool:
    """Whether its past was played to the end."""
    return load(folder).prepared


def load(folder: Path) -> Progress:
    """What was kept; nothing where the file is missing or broken, which repeats nothing: the network knows each key."""
    try:
        return Progress(**json.loads((folder / _FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return Progress()


def keep(folder: Path, progress: Progress) -> None:
    """Write it down, whole or not at all."""
    beside = folder / f"{_FILE}.new"
    beside.touch(mode=0o600)
    beside.write_text(json.dumps(asdict(progress)), "utf-8")
    beside.replace(folder / _FILE)
