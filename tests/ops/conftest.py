"""Places on disk that the user PostgreSQL runs as can reach: pytest's own are closed to everybody else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ops.surroundings import Command, operator_environment


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder."""
    folder = Path(tempfile.mkdtemp(prefix="resonanz-ops-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def command(place: Path) -> Command:
    """Runs `python -m resonanz` on a data folder below `place`, as an operator would."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "resonanz", *arguments],
            env=operator_environment() | {"RESONANZ_DATA": str(place / "data")} | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run
