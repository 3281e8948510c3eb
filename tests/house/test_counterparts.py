"""docs/networks.md says against what each network is tested, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

from resonanz.networks import registry

ROOT = Path(__file__).parents[2]
_KINDS = {"real", "imitation by others", "own"}
_WHEN = {"always", "`--peers`"}


def counterparts() -> list[list[str]]:
    """Network, counterpart, kind, and when it runs, a row each."""
    part = (ROOT / "docs" / "networks.md").read_text("utf-8").split("## Tested against what\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_each_network_is_tested_against_something() -> None:
    assert {row[0] for row in counterparts()} == set(registry.names())
    assert {row[2] for row in counterparts()} <= _KINDS
    assert {row[3] for row in counterparts()} <= _WHEN


def test_servers_of_our_own_are_where_the_table_says() -> None:
    named = re.findall(r"`(tests/[^`]+)`", " ".join(row[1] for row in counterparts()))

    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []
