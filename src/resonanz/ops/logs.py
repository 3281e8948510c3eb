"""Log files of bounded size that the processes write themselves; full ones are set aside in place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LARGEST_BYTES = 5_000_000
KEPT = 2


def open_log(folder: Path, name: str) -> int:
    """A descriptor that appends to `name`.log; the caller closes it."""
    return os.open(folder / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def bound(folder: Path) -> None:
    """Set aside every log beyond its bound as .1 and drop the oldest.

    The content is copied and the file emptied, because the processes keep writing into the same open file.
    """
    for log in folder.glob("*.log"):
        if log.stat().st_size > LARGEST_BYTES:
            _set_aside(log)


def last_lines(folder: Path, name: str, most: int = 5) -> list[str]:
    """The last lines of `name`.log that say something."""
    try:
        with (folder / f"{name}.log").open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 16_384))
            told = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [line.strip() for line in told if line.strip()][-most:]


def _set_aside(log: Path) -> None:
    for number in range(KEPT, 1, -1):
        older = log.with_name(f"{log.name}.{number - 1}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number}"))
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    log.with_name(f"{log.name}.1").chmod(0o600)
    os.truncate(log, 0)
