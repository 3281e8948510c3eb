"""What surrounds a command that a test runs as an operator would."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable

Command = Callable[..., subprocess.CompletedProcess[str]]


def operator_environment() -> dict[str, str]:
    """Our environment without what the test run set for itself."""
    ours = ("RESONANZ_", "DATABASE_", "TEST_DATABASE_", "DJANGO_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
