"""Imports point down, and plain rooms know neither Django nor the database: import-linter, and that it would notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_LINTER = Path(sys.executable).with_name("lint-imports")
# In the room of networks everything is plain except what belongs to its tables.
_ROOM = "resonanz.networks"
_NOT_PLAIN = {"apps", "connections", "migrations", "models", "personal_data"}
# A process of its own, because the sources it reads are those that PYTHONPATH names.
_REACH = """
import sys, grimp
room, *listed = sys.argv[1:]
graph = grimp.build_graph("resonanz", cache_dir=None)
seen = set(listed).union(*(graph.find_descendants(one) for one in listed))
seen = seen.union(*(graph.find_upstream_modules(one) for one in seen))
print(*sorted(graph.find_descendants(room) - seen))
"""


def broken_contracts(root: Path) -> list[str]:
    """What import-linter finds in the sources below `root`, one line each."""
    done = subprocess.run(
        [_LINTER, "--config", str(root / "pyproject.toml"), "--no-cache"],
        cwd=root / "src",
        env=os.environ | {"PYTHONPATH": str(root / "src"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode == 0:
        return []
    told = (done.stdout + done.stderr).splitlines()
    return [line.strip() for line in told if "BROKEN" in line or " -> " in line or line.startswith("- ")] or told


def unseen_plain_modules(root: Path) -> list[str]:
    """Modules of the room of networks that the contract of plain rooms neither names nor reaches through imports."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    listed = [name for contract in contracts for name in contract.get("source_modules", []) if name.startswith(_ROOM)]
    done = subprocess.run(
        [sys.executable, "-c", _REACH, _ROOM, *listed],
        env=os.environ | {"PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = [name for name in done.stdout.split() if name.removeprefix(f"{_ROOM}.").partition(".")[0] not in _NOT_PLAIN]
    return [f"{name} is not in the contract of plain rooms" for name in found]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources, to plant faults in."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "model", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_floors_are_kept() -> None:
    assert broken_contracts(ROOT) == []
    assert unseen_plain_modules(ROOT) == []


def test_floors_notice_an_upward_import(copy: Path) -> None:
    planted = copy / "src/resonanz/people/queries.py"
    planted.write_text(planted.read_text("utf-8") + "\nimport resonanz.service.cases\n", "utf-8")

    faults = broken_contracts(copy)

    assert any("The floors" in fault and "BROKEN" in fault for fault in faults)
    assert any("resonanz.people.queries -> resonanz.service.cases" in fault for fault in faults)


def test_floors_notice_a_neighbour_and_an_unplaced_room(copy: Path) -> None:
    (copy / "src/resonanz/newroom").mkdir()
    (copy / "src/resonanz/newroom/__init__.py").touch()
    (copy / "src/resonanz/guidelines/planted.py").write_text("import resonanz.triage.feedback\n", "utf-8")

    faults = broken_contracts(copy)

    assert "- resonanz.newroom" in faults
    assert any("resonanz.guidelines.planted -> resonanz.triage.feedback" in fault for fault in faults)


def test_plain_rooms_notice_django_two_imports_away(copy: Path) -> None:
    (copy / "src/resonanz/core/planted.py").write_text("import django.db\n", "utf-8")
    text = copy / "src/resonanz/core/text.py"
    text.write_text(text.read_text("utf-8") + "\nimport resonanz.core.planted\n", "utf-8")

    faults = broken_contracts(copy)

    assert any("Plain rooms" in fault and "BROKEN" in fault for fault in faults)
    assert any("resonanz.core.planted -> django" in fault for fault in faults)


def test_plain_rooms_notice_django_in_a_connector_that_no_list_names(copy: Path) -> None:
    (copy / "src/resonanz/networks/newnetwork").mkdir()
    (copy / "src/resonanz/networks/newnetwork/__init__.py").write_text("from . import reading\n", "utf-8")
    (copy / "src/resonanz/networks/newnetwork/reading.py").write_text("import django.utils\n", "utf-8")
    registry = copy / "src/resonanz/networks/registry.py"
    registry.write_text("import resonanz.networks.newnetwork\n" + registry.read_text("utf-8"), "utf-8")

    assert unseen_plain_modules(copy) == []
    assert any("resonanz.networks.newnetwork.reading -> django" in fault for fault in broken_contracts(copy))


def test_plain_rooms_notice_a_module_that_no_connector_reaches(copy: Path) -> None:
    (copy / "src/resonanz/networks/newnetwork.py").touch()
    (copy / "src/resonanz/networks/newfolder").mkdir()
    (copy / "src/resonanz/networks/newfolder/__init__.py").touch()

    assert unseen_plain_modules(copy) == [
        "resonanz.networks.newfolder is not in the contract of plain rooms",
        "resonanz.networks.newnetwork is not in the contract of plain rooms",
    ]
