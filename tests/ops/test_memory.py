"""Shared buffers follow the memory of the machine, and of the container where that is less."""

from __future__ import annotations

from pathlib import Path

import pytest

from resonanz.ops.database import memory

GIB = 1024**3


@pytest.mark.parametrize(
    ("machine", "container", "expected"),
    [
        (GIB // 2, "max", "128MB"),
        (4 * GIB, "max", "512MB"),
        (4 * GIB, str(2 * GIB), "256MB"),
        (64 * GIB, "max", "1024MB"),
        (64 * GIB, None, "1024MB"),
        (64 * GIB, "", "1024MB"),
    ],
)
def test_shared_buffers_are_an_eighth_of_what_there_is(
    machine: int, container: str | None, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    if container is not None:
        limit.write_text(container + "\n")
    monkeypatch.setattr(memory, "_LIMIT_OF_CONTAINER", limit)
    monkeypatch.setattr(memory, "_of_machine", lambda: machine)

    assert memory.shared_buffers() == expected
