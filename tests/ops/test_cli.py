"""The command line: every command explains itself, none costs what another needs, errors are one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from resonanz.ops.cli import COMMANDS, resonanz
from tests.ops.surroundings import Command


@pytest.mark.parametrize("name", [name for name, entry in COMMANDS.items() if not entry.hidden])
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(resonanz, [name, "--help"])

    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: resonanz {name}")
    assert len(result.output.splitlines()) > 5


def test_overview_names_every_command_and_imports_none_of_them() -> None:
    code = """
import sys
from resonanz.ops.cli import resonanz
resonanz.main(["--help"], standalone_mode=False)
assert not {"django", "numpy", "psycopg", "cryptography"} & set(sys.modules), "the overview loads too much"
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    shown = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ") and line.split()}
    assert {name for name, entry in COMMANDS.items() if not entry.hidden} <= shown


def test_foreseen_error_is_one_sentence_with_the_way_out(command: Command, place: Path) -> None:
    (place / "data").write_text("a file where a folder should be")

    done = command("up")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"{place}/data is not a folder; name another one with --data DIR.\n"


def test_command_without_a_database_says_how_to_get_one(command: Command) -> None:
    done = command("status")

    assert done.returncode == 1
    assert "run ./resonanz up first" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_unknown_command_is_refused(command: Command) -> None:
    done = command("dance")

    assert done.returncode == 2
    assert "No such command 'dance'" in done.stderr
