"""Every room says in its first lines what it is for, what it owns and what it may use."""

from __future__ import annotations

import ast
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "resonanz"
MOST_LINES = 6


def undocumented(rooms: dict[str, str]) -> list[str]:
    """What is missing in the `__init__.py` (room to text) of each room."""
    return [f"{room}: {fault}" for room, text in sorted(rooms.items()) for fault in _faults(text)]


def _faults(text: str) -> list[str]:
    told = (ast.get_docstring(ast.parse(text)) or "").strip()
    wanted = {
        "does not say what it is for": len(told.splitlines()[0] if told else "") > 20,
        "does not say what it owns": re.search(r"\b[Oo]wns\b", told),
        "does not say what it may use": re.search(r"\b[Mm]ay use\b", told),
        f"takes more than {MOST_LINES} lines": len(told.splitlines()) <= MOST_LINES,
    }
    return [fault for fault, is_fine in wanted.items() if not is_fine]


def test_every_room_says_what_it_is_for() -> None:
    rooms = {file.parent.name: file.read_text("utf-8") for file in SOURCE.glob("*/__init__.py")}

    assert undocumented(rooms) == []
    assert len(rooms) >= 12


def test_an_undocumented_room_is_noticed() -> None:
    rooms = {"empty": "", "half": '"""Half: tells a little about itself.\n\nOwns nothing.\n"""\n'}

    assert undocumented(rooms) == [
        "empty: does not say what it is for",
        "empty: does not say what it owns",
        "empty: does not say what it may use",
        "half: does not say what it may use",
    ]
