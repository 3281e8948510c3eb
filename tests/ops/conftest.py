"""Places on disk that the user PostgreSQL runs as can reach: pytest's own are closed to everybody else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


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


def operator_environment() -> dict[str, str]:
    """Our environment without what the test run set for itself."""
    ours = ("RESONANZ_", "DATABASE_", "TEST_DATABASE_", "DJANGO_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
