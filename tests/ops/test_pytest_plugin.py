"""With CI=true a skipped test fails the run; elsewhere it does not. Tests against peers are left out, unless wanted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_SKIPS = "import pytest\n\ndef test_it():\n    pytest.skip('no browser')\n\ndef test_other():\n    pass\n"
_EXPECTED_FAILURE = "import pytest\n\n@pytest.mark.xfail\ndef test_it():\n    assert 0\n\ndef test_other():\n    pass\n"


@pytest.mark.parametrize(
    ("tests", "ci", "expected"),
    [(_SKIPS, "true", 1), (_SKIPS, "", 0), (_EXPECTED_FAILURE, "true", 0)],
    ids=["skip in CI", "skip elsewhere", "expected failure in CI"],
)
def test_skip_counts_as_failure_in_ci_alone(tmp_path: Path, tests: str, ci: str, expected: int) -> None:
    (tmp_path / "test_planted.py").write_text(tests)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "resonanz.ops.pytest_plugin",
        "-p",
        "no:django",
        "-q",
        str(tmp_path),
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DJANGO_"))}

    done = subprocess.run(command, cwd=tmp_path, env=kept | {"CI": ci}, capture_output=True, text=True, check=False)

    assert done.returncode == expected, done.stdout
    assert ("counts as failed" in done.stdout) == bool(expected)


@pytest.mark.parametrize("wanted", [True, False])
def test_peers_are_left_out_unless_wanted(wanted: bool) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "resonanz.ops.pytest_plugin", "--collect-only", "-q"]
    command += ["--peers"] * wanted + ["tests/peers/test_atproto_network.py", "tests/ops/test_pytest_plugin.py"]

    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"CI": "true"}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
    assert ("tests/peers/" in done.stdout) == wanted
    assert "tests/ops/" in done.stdout
