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
_NOT_PLAIN = {"__init__", "apps", "models", "channels", "connecting", "personal_data", "migrations"}


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


def unlisted_plain_modules(root: Path) -> list[str]:
    """Files of the room of networks that the contract of plain rooms does not name."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    listed = {name for contract in contracts for name in contract.get("source_modules", [])}
    found = {
        path.stem for path in (root / "src/resonanz/networks").iterdir() if not path.name.startswith("__pycache__")
    }
    modules = {f"resonanz.networks.{name}" for name in found - _NOT_PLAIN}
    return [f"{name} is not in the contract of plain rooms" for name in sorted(modules - listed)]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources, to plant faults in."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "model", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_floors_are_kept() -> None:
    assert broken_contracts(ROOT) == []
    assert unlisted_plain_modules(ROOT) == []


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


def test_plain_rooms_notice_a_connector_that_is_not_listed(copy: Path) -> None:
    (copy / "src/resonanz/networks/newnetwork.py").touch()

    assert unlisted_plain_modules(copy) == ["resonanz.networks.newnetwork is not in the contract of plain rooms"]
