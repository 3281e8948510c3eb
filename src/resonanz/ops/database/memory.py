"""How much of the machine's memory the embedded database may keep pages in."""

from __future__ import annotations

import os
from pathlib import Path

_MIB = 1024 * 1024
_LEAST, _MOST = 128, 1024
_SHARE = 8
_LIMIT_OF_CONTAINER = Path("/sys/fs/cgroup/memory.max")


def shared_buffers() -> str:
    """An eighth of the memory, from 128 MB to 1 GB, as PostgreSQL writes it; it is taken page by page, as needed.

    PostgreSQL's documentation names a quarter for a machine of its own; here it shares one with all the other parts.
    """
    megabytes = min(_of_machine(), _of_container(_LIMIT_OF_CONTAINER)) // _SHARE // _MIB
    return f"{max(_LEAST, min(megabytes, _MOST))}MB"


def _of_machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _of_container(limit: Path) -> int:
    """What a control group leaves its processes, in bytes; without a limit as much as there is."""
    try:
        return int(limit.read_text("ascii"))
    except (OSError, ValueError):  # no such file, or the word "max"
        return _of_machine()
